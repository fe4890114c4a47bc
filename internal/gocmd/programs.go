package gocmd

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// listed are the flags that decide which packages there are, and where they are
// installed.
var listed = names("asan cover installsuffix mod modfile msan overlay race tags")

// keepers are the flags with which go test keeps the binary, besides -c (testNeedBinary in
// cmd/go/internal/test/test.go).
var keepers = strings.Fields("o blockprofile cpuprofile memprofile mutexprofile")

// keepsTest reports whether go test leaves its binaries in files.
func (l *line) keepsTest() bool {
	return l.set("c") || slices.ContainsFunc(keepers, func(name string) bool {
		return l.value(name) != "" || l.value("test."+name) != ""
	})
}

// Programs returns the files that go build, go install or go test with these arguments
// writes for programs, to stay there. It may write fewer: a package may have no tests.
func Programs(e Env, args []string) []string {
	l := parse(args, e.GOFLAGS)
	switch {
	case l.set("n"):
		return nil
	case l.sub == "test" && !l.keepsTest():
		return nil
	case l.sub != "test" && l.sub != "build" && l.sub != "install":
		return nil
	case slices.ContainsFunc(l.packages, hasVersion):
		return l.installed(e)
	}
	var files []string
	lines := l.listPackages(e)
	for _, line := range lines {
		fields := strings.Split(line, "\t")
		if len(fields) != 3 || fields[0] != "main" && l.sub != "test" {
			continue
		}
		if file := l.programOf(e, fields[0], fields[1], fields[2], len(lines)); file != "" {
			files = append(files, file)
		}
	}
	return files
}

// listPackages returns a line for each package that the command is about: its name, its import
// path, and the file that go install writes.
func (l *line) listPackages(e Env) (lines []string) {
	list := []string{"list", "-f", "{{.Name}}\t{{.ImportPath}}\t{{.Target}}"}
	for _, use := range l.flags {
		if use.at != fromGOFLAGS && listed[use.name] {
			list = append(list, "-"+use.name+"="+use.value)
		}
	}
	out, err := output(e.Go, e.Dir, nil, slices.Concat(list, []string{"--"}, l.packages)...)
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimRight(string(out), "\n"), "\n")
}

// programOf returns the file that the command writes for one of so many packages. target is
// the one that go install writes.
func (l *line) programOf(e Env, pkg, path, target string, packages int) string {
	name := executable(path)
	switch {
	case path != "command-line-arguments":
	case l.sub == "test":
		name = pkg
	default:
		name = strings.TrimSuffix(l.firstFile(e), ".go")
	}
	switch l.sub {
	case "test":
		return l.writtenTo(e, name+".test"+exeSuffix())
	case "build":
		return l.builtAs(e, name+exeSuffix(), packages)
	}
	return target
}

// installed returns the files that go install writes for packages with a version.
func (l *line) installed(e Env) (files []string) {
	out, err := output(e.Go, e.Dir, nil, "env", "GOBIN", "GOPATH")
	bin, gopath, _ := strings.Cut(strings.TrimRight(string(out), "\n"), "\n")
	if err != nil {
		return nil
	}
	if bin == "" {
		bin = filepath.Join(filepath.SplitList(gopath + string(filepath.ListSeparator))[0], "bin")
	}
	for _, pkg := range l.packages {
		path, _, _ := strings.Cut(pkg, "@")
		files = append(files, filepath.Join(bin, executable(path)+exeSuffix()))
	}
	return files
}

// builtAs returns the file that go build writes for a program of that name, "" for none.
func (l *line) builtAs(e Env, name string, packages int) string {
	if l.value("o") == "" && packages > 1 {
		return "" // go build only checks that they can be built
	}
	return l.writtenTo(e, name)
}

// writtenTo returns the file for a program of that name: the file that -o names, or one in
// the directory that -o names, or else in the current one.
func (l *line) writtenTo(e Env, name string) string {
	out := l.value("o")
	info, err := os.Stat(absolute(out, e.Dir))
	switch {
	case out == "":
		out = name
	case err == nil && info.IsDir(), os.IsPathSeparator(out[len(out)-1]):
		out = filepath.Join(out, name)
	}
	return absolute(out, e.Dir)
}
