package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// coredumpy understands each command line that README, a help text or a comment shows: its
// command, its flags, and load's commands after -c.
func TestDocumentedCommands(t *testing.T) {
	shown := 0
	for where, code := range documentedCode(t) {
		for _, snippet := range code {
			for _, args := range commandLines(snippet) {
				shown++
				checkCommandLine(t, where, args)
			}
		}
	}
	if shown < 20 {
		t.Errorf("got %d command lines, want 20 or more: the test doesn't see them", shown)
	}
}

// The flags that a help text lists are those of its command.
func TestDocumentedFlags(t *testing.T) {
	listed := regexp.MustCompile(`(?m)^  -(\w+) `)
	for _, c := range commands {
		for _, m := range listed.FindAllStringSubmatch(c.help, -1) {
			if known, _ := knownFlag(c.name, m[1]); !known {
				t.Errorf("coredumpy help %s: got a flag -%s, which isn't known", c.name, m[1])
			}
		}
	}
}

// The scripts, programs and packages of this module that README or a comment names exist.
func TestDocumentedPaths(t *testing.T) {
	path := regexp.MustCompile(`(?:\bcoredumpy/((?:internal|cmd)/[\w/]+)|(\.ci/[\w/-]+(?:\.\w+)?))`)
	seen := 0
	for where, text := range documentation(t) {
		for _, m := range path.FindAllStringSubmatch(text, -1) {
			seen++
			if _, err := os.Stat(filepath.Join(root, m[1]+m[2])); err != nil {
				t.Errorf("%s: got %s, which isn't there", where, m[1]+m[2])
			}
		}
	}
	if seen < 5 {
		t.Errorf("got %d paths, want 5 or more: the test doesn't see them", seen)
	}
}

// documentation returns README and the comments, by file.
func documentation(t *testing.T) map[string]string {
	texts := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git"):
			return filepath.SkipDir
		case d.Name() != "README.md" && (filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go")):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		texts[rel] = string(text)
		if filepath.Ext(path) == ".go" {
			texts[rel] = strings.Join(comment.FindAllString(string(text), -1), "\n")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

var (
	comment  = regexp.MustCompile(`(?m)(^|\s)//( |\t).*$`)
	fenced   = regexp.MustCompile("(?ms)^```.*?^```$")
	span     = regexp.MustCompile("`[^`]+`")
	indented = regexp.MustCompile(`(?m)^(?:\s*//\t|  ).*$`)
	quoted   = regexp.MustCompile(`"coredumpy [^"\n]+"`)
)

// documentedCode returns the code in the documentation and the help texts.
func documentedCode(t *testing.T) map[string][]string {
	code := map[string][]string{}
	for where, text := range documentation(t) {
		if filepath.Ext(where) == ".go" {
			code[where] = slices.Concat(indented.FindAllString(text, -1), quoted.FindAllString(text, -1))
			continue
		}
		for _, block := range fenced.FindAllString(text, -1) {
			code[where] = append(code[where], strings.Split(block, "\n")...)
		}
		code[where] = append(code[where], span.FindAllString(fenced.ReplaceAllString(text, ""), -1)...)
	}
	for _, c := range commands {
		code["coredumpy help "+c.name] = slices.Concat(indented.FindAllString(c.help, -1), quoted.FindAllString(c.help, -1))
	}
	return code
}

var (
	commandLine = regexp.MustCompile("(?:^|[\\s\"`/])coredumpy ((?:'[^']*'|[^|;\"`'])*)")
	argument    = regexp.MustCompile(`'[^']*'|\S+`)
)

// commandLines returns the arguments of each call of coredumpy in a line of code.
func commandLines(code string) (all [][]string) {
	code, _, _ = strings.Cut(code, " #")
	for _, m := range commandLine.FindAllStringSubmatch(code, -1) {
		line, _, _ := strings.Cut(m[1], "   ") // a description follows
		if args := argument.FindAllString(line, -1); len(args) > 0 {
			all = append(all, args)
		}
	}
	return all
}

func checkCommandLine(t *testing.T, where string, args []string) {
	line := "coredumpy " + strings.Join(args, " ")
	name := args[0]
	if name == "help" {
		if len(args) > 1 && placeholder(args[1]) {
			return
		}
		if out, status := printed(args...); status != statusOK {
			t.Errorf("%s: %s: got %q, want help", where, line, out)
		}
		return
	}
	if find(name) == nil {
		t.Errorf("%s: %s: there is no command %s", where, line, name)
		return
	}
	for i := 1; i < len(args); i++ {
		flag, isFlag := strings.CutPrefix(args[i], "-")
		if !isFlag {
			if name == "run" || name == "test" {
				return // the rest is another command's
			}
			continue
		}
		flag, _, joined := strings.Cut(flag, "=")
		known, valued := knownFlag(name, flag)
		if !known {
			t.Errorf("%s: %s: there is no flag -%s", where, line, flag)
		}
		if !valued || joined || i+1 == len(args) {
			continue
		}
		i++
		if name == "load" && flag == "c" {
			checkSessionCommand(t, where, strings.Trim(args[i], "'"))
		}
	}
}

// placeholder reports whether a word such as COMMAND stands for others.
func placeholder(word string) bool { return word == strings.ToUpper(word) }

// checkSessionCommand wants the prompt of load to know a command.
func checkSessionCommand(t *testing.T, where, line string) {
	name, _, _ := strings.Cut(line, " ")
	if placeholder(name) {
		return
	}
	dumps, err := filepath.Glob(filepath.Join(root, "testdata", "recorded", "*.dump"))
	if err != nil || len(dumps) == 0 {
		t.Fatalf("got %d dumps, %v", len(dumps), err)
	}
	if out, status := printed("load", "-c", "help "+name, dumps[0]); status != statusOK {
		t.Errorf("%s: load -c %q: got %q, want a command that it knows", where, line, out)
	}
}

// knownFlag reports whether a command has a flag, and whether the flag takes a value.
func knownFlag(name, flag string) (known, valued bool) {
	if name == "test" {
		name = "run" // test has the same flags, and passes others to go test
	}
	out, _ := printed(name, "-"+flag+"=?", "-h")
	return !strings.Contains(out, "not defined"), !strings.Contains(out, "invalid boolean")
}

// printed runs coredumpy with these arguments, and returns its output.
func printed(args ...string) (out string, status int) {
	var b bytes.Buffer
	status = run(strings.NewReader(""), &b, &b, args)
	return b.String(), status
}
