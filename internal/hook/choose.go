package hook

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Left is something that can't be seen with a toolchain.
type Left struct {
	Lost string // in words, such as "failures of tests"
	Why  string // what the toolchain lacks
}

// choice is the parts that fit a toolchain.
type choice struct {
	sources map[string]string // of replaced and added files by their paths below GOROOT/src, with slashes
	has     map[string]bool   // names of parts
	left    []Left
	edited  map[string]string // names of parts by "FILE:LINE"
}

// choose returns the parts that fit the sources of a toolchain, without those in out,
// which maps names of parts to the reasons for leaving them out.
func choose(goroot string, out map[string]string) *choice {
	c := &choice{sources: make(map[string]string), has: make(map[string]bool), edited: make(map[string]string)}
	tree := filepath.Join(goroot, "src")
	why := make(map[string]string)
	for i := range parts {
		p := &parts[i]
		reason, ok := out[p.name]
		for _, need := range p.needs {
			if !ok && !c.has[need] {
				reason, ok = why[need], true
			}
		}
		if !ok {
			if err := c.add(p, tree); err != nil {
				reason, ok = err.Error(), true
			}
		}
		if !ok {
			c.has[p.name] = true
			continue
		}
		why[p.name] = reason
		if p.lost != "" {
			c.left = append(c.left, Left{Lost: p.lost, Why: reason})
		}
	}
	return c
}

// empty reports whether the parts would show nothing.
func (c *choice) empty() bool {
	for i := range parts {
		if parts[i].lost != "" && c.has[parts[i].name] {
			return false
		}
	}
	return true
}

// add puts p into the sources. If it can't, it leaves them as they are.
func (c *choice) add(p *part, tree string) error {
	changed, edited := make(map[string]string), make(map[string]string)
	for i := range p.edits {
		e := &p.edits[i]
		text, ok := changed[e.file]
		if !ok {
			text, ok = c.sources[e.file]
		}
		if !ok {
			b, err := os.ReadFile(filepath.Join(tree, filepath.FromSlash(e.file)))
			if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
				err = pathErr.Err
			}
			if err != nil {
				return fmt.Errorf("%s: %w", e.file, err)
			}
			text = string(b)
		}
		text, line, err := e.apply(text)
		if err != nil {
			return err
		}
		changed[e.file] = text
		edited[e.file+":"+strconv.Itoa(line)] = p.name
	}
	for _, name := range p.adds {
		file, text := added(name)
		changed[file] = forSyscalls(tree, text)
	}
	for file, text := range changed {
		c.sources[file] = text
	}
	for place, name := range edited {
		c.edited[place] = name
	}
	return nil
}

// forSyscalls returns the text of an added file for a toolchain, which up to Go 1.25
// has the package of the runtime's system calls one directory further up.
func forSyscalls(tree, text string) string {
	const now, before = `"internal/runtime/syscall/linux"`, `linux "internal/runtime/syscall"`
	_, err := os.Stat(filepath.Join(tree, "internal", "runtime", "syscall", "linux"))
	if errors.Is(err, fs.ErrNotExist) {
		return strings.Replace(text, now, before, 1)
	}
	return text
}

var (
	// placeInMessage is a place in a message of the compiler, such as
	// "../go/src/runtime/panic.go:870:3: undefined: x".
	placeInMessage = regexp.MustCompile(`(?:^|[/\s])((?:runtime|testing)/\w+\.go):(\d+)\b.*`)
	// ownName is one of our functions, in a message of the linker.
	ownName = regexp.MustCompile(`\bcoredumpy[A-Z]\w*`)
)

// blame returns the parts to which the messages of a compiler or linker belong,
// with the first message about each.
func (c *choice) blame(output string) map[string]string {
	guilty := make(map[string]string)
	accuse := func(name, message string) {
		if _, ok := guilty[name]; !ok && c.has[name] {
			guilty[name] = strings.TrimSpace(message)
		}
	}
	for line := range strings.SplitSeq(output, "\n") {
		c.blameCompiled(line, accuse)
	}
	if len(guilty) > 0 {
		return guilty // the linker hasn't run
	}
	for line := range strings.SplitSeq(output, "\n") {
		blameLinked(line, accuse)
	}
	return guilty
}

// blameCompiled accuses the parts to which the place in a message of the compiler belongs.
func (c *choice) blameCompiled(line string, accuse func(name, message string)) {
	m := placeInMessage.FindStringSubmatchIndex(line)
	if m == nil {
		return
	}
	file, number, message := line[m[2]:m[3]], line[m[4]:m[5]], line[m[2]:]
	accuse(c.edited[file+":"+number], message)
	for i := range parts {
		if parts[i].addsFile(file) {
			accuse(parts[i].name, message)
		}
	}
}

// blameLinked accuses the parts that declare the functions in a message of the linker.
func blameLinked(line string, accuse func(name, message string)) {
	for _, function := range ownName.FindAllString(line, -1) {
		for i := range parts {
			if parts[i].declares(function) {
				accuse(parts[i].name, line)
			}
		}
	}
}

// addsFile reports whether a part adds a file to the standard library.
func (p *part) addsFile(file string) bool {
	return slices.ContainsFunc(p.adds, func(name string) bool {
		own, _ := added(name)
		return own == file
	})
}
