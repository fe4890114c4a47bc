// Command size prints how much larger programs become with coredumpy, and how much of
// that the packages of the standard library that it needs cost alone. Run it in the
// project's root:
//
//	go run ./.ci/size
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// uses are pieces of programs, by what is measured.
var uses = []struct{ name, imports, code string }{
	{"debug/elf", "debug/elf",
		`f, _ := elf.Open(os.Args[0]); fmt.Println(f.Symbols()); fmt.Println(f.Sections[0].Data())`},
	{"debug/dwarf", "debug/dwarf",
		`d, _ := dwarf.New(nil, nil, nil, nil, nil, nil, nil, nil); ` +
			`r := d.Reader(); e, _ := r.Next(); fmt.Println(e); fmt.Println(d.LineReader(e))`},
	{"compress/gzip", "compress/gzip",
		`w := gzip.NewWriter(os.Stdout); w.Close(); r, _ := gzip.NewReader(os.Stdin); fmt.Println(r)`},
	{"encoding/json", "encoding/json",
		`var v map[string]any; json.NewDecoder(os.Stdin).Decode(&v); json.NewEncoder(os.Stdout).Encode(v)`},
	{"regexp", "regexp", `fmt.Println(regexp.MustCompile(os.Args[0]).FindAllString(os.Args[0], -1))`},
	{"os/exec", "os/exec", `fmt.Println(exec.Command(os.Args[0]).Run())`},
	{"os/signal", "os/signal", `signal.Ignore(os.Interrupt)`},
	{"go/scanner", "go/scanner go/token",
		`var s scanner.Scanner; s.Init(token.NewFileSet().AddFile("", 1, 0), nil, nil, 0); fmt.Println(s.Scan())`},
	{"net/url", "net/url", `fmt.Println(url.QueryEscape(os.Args[0]))`},
	{"all of these", "", ""},
}

const (
	hello  = `fmt.Println("hello", len(os.Args))`
	server = `fmt.Println(http.ListenAndServe(os.Args[0], nil))`
)

func main() {
	root, err := os.Getwd()
	check(err)
	dir, err := os.MkdirTemp("", "size-")
	check(err)
	defer os.RemoveAll(dir)
	check(os.WriteFile(filepath.Join(dir, "go.mod"),
		fmt.Appendf(nil, "module size\n\ngo 1.24\n\nrequire coredumpy v0.0.0\n\nreplace coredumpy => %s\n", root),
		0o600))
	m := measure{dir}
	version, err := exec.Command("go", "version").Output()
	check(err)
	fmt.Printf("%s\nMB more than without:\n\n| | as built | -ldflags='-s -w' |\n|---|---|---|\n",
		strings.TrimSpace(string(version)))
	base := m.sizes("", hello)
	row := func(name string, base, sizes [2]int64) {
		fmt.Printf("| %s | %.2f | %.2f |\n", name, float64(sizes[0]-base[0])/1e6, float64(sizes[1]-base[1])/1e6)
	}
	last := &uses[len(uses)-1]
	for _, u := range uses[:len(uses)-1] {
		row(u.name, base, m.sizes(u.imports, hello+"\n"+u.code))
		last.imports += " " + u.imports
		last.code += "\n{ " + u.code + " }"
	}
	row(last.name, base, m.sizes(last.imports, hello+last.code))
	const onPanic = "defer coredumpy.OnPanic()\n"
	row("hello world, OnPanic", base, m.sizes("coredumpy", onPanic+hello))
	served := m.sizes("net/http", server)
	row(fmt.Sprintf("HTTP server of %.1f MB, OnPanic", float64(served[0])/1e6), served,
		m.sizes("net/http coredumpy", onPanic+server))
}

type measure struct{ dir string }

// sizes builds a program and returns its sizes in bytes, with and without symbols and
// debug information.
func (m measure) sizes(imports, code string) (sizes [2]int64) {
	var text strings.Builder
	text.WriteString("package main\n\nimport (\n")
	for _, path := range append(strings.Fields(imports), "fmt", "os") {
		fmt.Fprintf(&text, "%q\n", path)
	}
	fmt.Fprintf(&text, ")\n\nfunc main() {\n%s\n}\n", code)
	check(os.WriteFile(filepath.Join(m.dir, "main.go"), []byte(text.String()), 0o600))
	for i, flags := range []string{"", "-s -w"} {
		exe := filepath.Join(m.dir, "program")
		c := exec.Command("go", "build", "-ldflags="+flags, "-o", exe, ".")
		c.Dir = m.dir
		if out, err := c.CombinedOutput(); err != nil {
			check(fmt.Errorf("%w\n%s\n%s", err, out, text.String()))
		}
		stat, err := os.Stat(exe)
		check(err)
		sizes[i] = stat.Size()
	}
	return sizes
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "size:", err)
		os.Exit(1)
	}
}
