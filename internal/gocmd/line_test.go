package gocmd

import (
	"slices"
	"strings"
	"testing"
)

// words splits a command line of a test; a part in quotes is one argument.
func words(t *testing.T, s string) []string {
	t.Helper()
	list, err := split(s)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// parsed are command lines and what is in them.
var parsed = []struct {
	line     string // ' and " enclose an argument
	goflags  string
	flags    string // name=value, separated by |
	packages string
	rest     string // run: the program's arguments
}{
	{line: "go run .", packages: "."},
	{line: "go run . -race", packages: ".", rest: "-race"},
	{line: "go run -race . -race x", flags: "race=true", packages: ".", rest: "-race x"},
	{line: "go run -race=false --p 4 . a", flags: "race=false|p=4", packages: ".", rest: "a"},
	{line: "go run -p . .", flags: "p=.", packages: "."},
	{line: "go run main.go", packages: "main.go"},
	{line: "go run a.go b.go c d.go", packages: "a.go b.go", rest: "c d.go"},
	{line: "go run a.go -x b.go", packages: "a.go", rest: "-x b.go"},
	{line: "go run . b.go", packages: ".", rest: "b.go"},
	{line: "go run -- . -x", packages: ".", rest: "-x"},
	{line: "go run -x -- a.go -- -x", flags: "x=true", packages: "a.go", rest: "-- -x"},
	{line: "go run x.y/z@latest -h", packages: "x.y/z@latest", rest: "-h"},
	{line: "go run -exec 'qemu -cpu max' ./cmd/x -exec y", flags: "exec=qemu -cpu max",
		packages: "./cmd/x", rest: "-exec y"},
	{line: "go run -tags a,b -mod=mod -modfile alt.mod .", flags: "tags=a,b|mod=mod|modfile=alt.mod", packages: "."},
	{line: "go run", packages: ""},
	{line: "go run -gcflags", packages: ""},
	{line: "go run -unknown .", packages: "."},
	{line: "go run - x", packages: "-", rest: "x"},
	{line: "go run -C sub -v . -C z", flags: "v=true", packages: ".", rest: "-C z"},
	{line: "go -C sub run -v .", flags: "v=true", packages: "."},
	{line: "go -C=sub run -v .", flags: "v=true", packages: "."},
	{line: "go --C sub test ./...", packages: "./..."},
	{line: "go test --C=sub -v", flags: "v=true"},
	{line: "go build -o x ./a ./b", flags: "o=x", packages: "./a ./b"},
	{line: "go build ./a -v", packages: "./a -v"},
	{line: "go build -ldflags '-s -w' -ldflags=-X=a=b .", flags: "ldflags=-s -w|ldflags=-X=a=b", packages: "."},
	{line: "go build -buildvcs .", flags: "buildvcs=true", packages: "."},
	{line: "go build -cover -coverpkg a/... -covermode=count .",
		flags: "cover=true|coverpkg=a/...|covermode=count", packages: "."},
	{line: "go install x.y/z@v1.2.3", packages: "x.y/z@v1.2.3"},
	{line: "go install -pgo off -trimpath .", flags: "pgo=off|trimpath=true", packages: "."},
	{line: "go install -o x .", packages: "x ."},

	{line: "go test"},
	{line: "go test ./... -run Login -race", flags: "run=Login|race=true", packages: "./..."},
	{line: "go test -run Login ./... -v", flags: "run=Login|v=true", packages: "./..."},
	{line: "go test a b -v c", flags: "v=true", packages: "a b"},
	{line: "go test -v a -count=1 b -race", flags: "v=true|count=1", packages: "a"},
	{line: "go test . -custom val -v", flags: "v=true", packages: "."},
	{line: "go test . -custom=1 val -v", packages: "."},
	{line: "go test -custom val -v x -race", flags: "v=true"},
	{line: "go test -custom=1 ./x", packages: ""},
	{line: "go test . -args -v -race", packages: "."},
	{line: "go test . --args -v", packages: "."},
	{line: "go test -args ./x", packages: ""},
	{line: "go test . -- -v", packages: "."},
	{line: "go test -- ./x", packages: ""},
	{line: "go test -test.run=X -test.v . -test.count 2", flags: "test.run=X|test.v=true|test.count=2", packages: "."},
	{line: "go test -c -o x.test ./a", flags: "c=true|o=x.test", packages: "./a"},
	{line: "go test -exec 'sudo -E' -vet off -json .", flags: "exec=sudo -E|vet=off|json=true", packages: "."},
	{line: "go test -bench . -benchmem -benchtime 2x", flags: "bench=.|benchmem=true|benchtime=2x"},
	{line: "go test -fuzz FuzzX -fuzztime 3s .", flags: "fuzz=FuzzX|fuzztime=3s", packages: "."},
	{line: "go test -shuffle on -p 1 -parallel 3 -cpu 1,2", flags: "shuffle=on|p=1|parallel=3|cpu=1,2"},
	{line: "go test -v=test2json -short", flags: "v=test2json|short=true"},
	{line: "go test -coverprofile c.out -coverpkg ./... ./a",
		flags: "coverprofile=c.out|coverpkg=./...", packages: "./a"},
	{line: "go test -race -gcflags=-N -- -gcflags=-l", flags: "race=true|gcflags=-N"},
	{line: "go test . '' -v", flags: "v=true", packages: ". "},
	{line: "go test x_test.go x.go -run A", flags: "run=A", packages: "x_test.go x.go"},
	{line: "go test -timeout"},
	{line: "go test -run -v ./x", flags: "run=-v", packages: "./x"},
	{line: "go test -=x -v", packages: "-=x", flags: "v=true"},

	{line: "go test .", goflags: "-v -mod=mod '-ldflags=-s -w'", flags: "v=true|mod=mod|ldflags=-s -w", packages: "."},
	{line: "go test -v=false", goflags: "-v", flags: "v=true|v=false"},
	{line: "go run .", goflags: "-run=X -count=1 -race", flags: "race=true", packages: "."},
	{line: "go build .", goflags: "--tags=a -nonsense -p", flags: "tags=a", packages: "."},
	{line: "go build .", goflags: "'-tags=a", packages: "."},

	{line: "go"},
	{line: "go vet -race ./..."},
	{line: "go -C x generate ./..."},
	{line: "go mod tidy"},
	{line: "go help test"},
	{line: "go -C"},
}

// TestParse wants flags, packages and the rest distinguished as by cmd/go.
func TestParse(t *testing.T) {
	for _, test := range parsed {
		l := parse(words(t, test.line), test.goflags)
		var flags []string
		if l.sub != "" {
			for _, f := range l.flags {
				flags = append(flags, f.name+"="+f.value)
			}
		}
		if got := strings.Join(flags, "|"); got != test.flags {
			t.Errorf("%s (GOFLAGS %s): got flags %q, want %q", test.line, test.goflags, got, test.flags)
		}
		if got := strings.Join(l.packages, " "); got != test.packages {
			t.Errorf("%s: got packages %q, want %q", test.line, got, test.packages)
		}
		if l.sub == "run" {
			if got := strings.Join(l.args[l.program:], " "); got != test.rest {
				t.Errorf("%s: got program arguments %q, want %q", test.line, got, test.rest)
			}
		}
		if got := l.apply(edit{}); !slices.Equal(got, l.args) {
			t.Errorf("%s: got %q without an edit", test.line, got)
		}
	}
}

func TestParseWhere(t *testing.T) {
	for _, test := range []struct {
		line, sub, dir string
		start          int
	}{
		{"go test ./...", "test", "", 2},
		{"go test -C d ./...", "test", "d", 4},
		{"go test -C=d ./...", "test", "d", 3},
		{"go -C d build", "build", "d", 4},
		{"go --C=d run .", "run", "d", 3},
		{"go -C d test -C e", "test", "d", 4},
		{"go test -v -C e", "test", "", 2},
		{"go vet -C d", "", "d", 4},
		{"go -x test", "", "", 2},
		{"go test -C", "test", "", 2},
	} {
		l := parse(words(t, test.line), "")
		if l.sub != test.sub || l.dir != test.dir || l.start != test.start {
			t.Errorf("%s: got %q, directory %q, flags from %d, want %q, %q, %d",
				test.line, l.sub, l.dir, l.start, test.sub, test.dir, test.start)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", ""},
		{" -a  -b\t\n-c ", "-a|-b|-c"},
		{`-X 'main.v=a b' "c'd"`, `-X|main.v=a b|c'd`},
		{`-X=main.v='a b'`, `-X=main.v='a|b'`},
		{`'a''b'c`, "a|b|c"},
	} {
		got, err := split(test.in)
		if err != nil || strings.Join(got, "|") != test.want {
			t.Errorf("%q: got %q, %v, want %q", test.in, got, err, test.want)
		}
	}
	if got, err := split(`-a 'b`); err == nil {
		t.Errorf("unterminated quote: got %q, want an error", got)
	}
}
