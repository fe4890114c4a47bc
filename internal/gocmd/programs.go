package gocmd

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// listed are the flags on which it depends what packages there are, and where they are
// installed.
var listed = names("asan cover installsuffix mod modfile msan overlay race tags")

// Programs returns the files that go build or go install with these arguments has written
// for programs, as far as they are there.
func Programs(e Env, args []string) []string {
	l := parse(args, e.GOFLAGS)
	if l.sub != "build" && l.sub != "install" || l.set("n") {
		return nil
	}
	if slices.ContainsFunc(l.packages, hasVersion) {
		return existing(l.installed(e))
	}
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
	var files []string
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for _, line := range lines {
		fields := strings.Split(line, "\t")
		if len(fields) != 3 || fields[0] != "main" {
			continue
		}
		name, file := executable(fields[1]), fields[2]
		if fields[1] == "command-line-arguments" {
			name = strings.TrimSuffix(l.firstFile(e), ".go")
		}
		if l.sub == "build" {
			file = l.builtAs(e, name+exeSuffix(), len(lines))
		}
		files = append(files, file)
	}
	return existing(files)
}

// existing are those of the names that are regular files.
func existing(names []string) (files []string) {
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			files = append(files, name)
		}
	}
	return files
}

// installed are the files that go install writes for packages with a version.
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
	out := l.value("o")
	switch info, err := os.Stat(absolute(out, e.Dir)); {
	case out == "" && packages > 1:
		return "" // it only checks that they can be built
	case out == "":
		out = name
	case err == nil && info.IsDir():
		out = filepath.Join(out, name)
	}
	return absolute(out, e.Dir)
}
