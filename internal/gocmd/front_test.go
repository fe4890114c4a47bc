package gocmd

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestBefore has go run start programs through another one, and that through the user's
// -exec.
func TestBefore(t *testing.T) {
	for _, test := range []struct{ line, goflags, exec, want string }{
		{line: "go run . x", want: "-exec=first 'its argument'"},
		{line: "go run -exec=mine .", want: "-exec=first 'its argument' mine"},
		{line: "go run -exec 'sudo -E' .", want: "-exec=first 'its argument' sudo -E"},
		{line: "go run .", goflags: "-exec=mine", want: "-exec=first 'its argument' mine"},
		{line: "go run .", exec: "tracer", want: "-exec=first 'its argument' tracer"},
		{line: "go run -exec \"'\" .", want: "-exec '"},
		{line: "go run -n .", want: ""},
		{line: "go test .", want: ""},
		{line: "go test -exec=mine .", want: "-exec=mine"},
		{line: "go build .", want: ""},
	} {
		e := testEnv("m")
		e.GOFLAGS = test.goflags
		o := Options{Before: []string{"first", "its argument"}, Exec: words(t, test.exec)}
		c, err := Instrument(e, words(t, test.line), nil, o)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if at := slices.IndexFunc(c.Args, func(arg string) bool { return strings.HasPrefix(arg, "-exec") }); at >= 0 {
			got = c.Args[at]
			if got == "-exec" {
				got += " " + c.Args[at+1]
			}
		}
		if got != test.want || len(c.Warnings) > 0 {
			t.Errorf("%s: got %q, warnings %q, want %q", test.line, got, c.Warnings, test.want)
		}
	}
}

// TestDebug keeps the debug information of a test that will be run later.
func TestDebug(t *testing.T) {
	for _, debug := range []bool{false, true} {
		c, err := Instrument(testEnv("m"), words(t, "go test -c '-ldflags=-w -s' ."), nil, Options{Debug: debug})
		if err != nil {
			t.Fatal(err)
		}
		kept := slices.Contains(c.Args, "-ldflags=-w -s "+keepSymbols)
		if kept != debug || len(c.Warnings) > 0 == debug {
			t.Errorf("%v: got %q, warnings %q", debug, c.Args, c.Warnings)
		}
	}
}

func TestVerb(t *testing.T) {
	for _, test := range []struct{ line, verb, rest string }{
		{"go", "", ""},
		{"go version", "version", ""},
		{"go tool pprof -h", "tool", "pprof -h"},
		{"go generate ./...", "generate", "./..."},
		{"go -C dir test .", "test", "."},
		{"go tool -C=dir x", "tool", "x"},
		{"go tool -C dir x -C y", "tool", "x -C y"},
		{"go -C dir tool -C x", "tool", "-C x"},
		{"go tool", "tool", ""},
		{"go -h", "-h", ""},
		{"go -C dir", "", ""},
	} {
		verb, rest := Verb(words(t, test.line))
		if verb != test.verb || !slices.Equal(rest, words(t, test.rest)) {
			t.Errorf("%s: got %q, %q, want %q, %q", test.line, verb, rest, test.verb, test.rest)
		}
	}
}

// TestPrograms wants the files that a go command writes.
func TestPrograms(t *testing.T) {
	r := newRig(t, `
-- go.mod --
module example.com/m/v2

go 1.24
-- lib/lib.go --
package lib
-- lib/lib_test.go --
package lib
-- main.go --
package main

func main() {}
-- cmd/other/other.go --
package main

func main() {}
`)
	bin := t.TempDir()
	r.env = Setenv(r.env, "GOBIN", bin)
	for _, kv := range r.env {
		if name, value, _ := strings.Cut(kv, "="); name == "GOBIN" || name == "GOFLAGS" || name == "GOPROXY" {
			t.Setenv(name, value)
		}
	}
	in := strings.NewReplacer("{exe}", exeSuffix(), "{bin}", bin, "{dir}", r.dir)
	for _, test := range []struct{ line, want string }{
		{"go build", "{dir}/m{exe}"},
		{"go build .", "{dir}/m{exe}"},
		{"go build main.go", "{dir}/main{exe}"},
		{"go build -C lib ../cmd/other", "{dir}/lib/other{exe}"},
		{"go build -o x{exe} .", "{dir}/x{exe}"},
		{"go build -o {bin} ./...", "{bin}/m{exe} {bin}/other{exe}"},
		{"go build -o {dir}/new/ .", "{dir}/new/m{exe}"},
		{"go build ./...", ""},
		{"go build . ./lib", ""},
		{"go build ./lib", ""},
		{"go build -n .", ""},
		{"go build ./nowhere", ""},
		{"go install ./...", "{bin}/m{exe} {bin}/other{exe}"},
		{"go install example.com/x/v3@latest example.com/none@v1.0.0", "{bin}/x{exe} {bin}/none{exe}"},
		{"go run .", ""},
		{"go test -c .", "{dir}/m.test{exe}"},
		{"go test -c=false ./...", ""},
		{"go test -o {bin} ./...", "{bin}/m.test{exe} {bin}/other.test{exe} {bin}/lib.test{exe}"},
		{"go test -C lib -cpuprofile=x -outputdir {bin}", "{dir}/lib/lib.test{exe}"},
		{"go test -test.memprofile=x -n ./lib", ""},
		{"go test -test.memprofile=x ./lib", "{dir}/lib.test{exe}"},
		{"go test -c -o x lib/lib_test.go", "{dir}/x"},
		{"go test -c lib/lib_test.go", "{dir}/lib.test{exe}"},
		{"go test -trace=x .", ""},
	} {
		args := strings.Fields(in.Replace(test.line))
		got := Programs(r.query(t, args...), args)
		if want := strings.Fields(filepath.FromSlash(in.Replace(test.want))); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", test.line, got, want)
		}
	}
}
