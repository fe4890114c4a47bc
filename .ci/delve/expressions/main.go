// Command expressions records what Delve prints for the expressions that
// internal/delvetest evaluates in dumps: it runs each program there under Delve up to the
// line where it dumps itself, and prints each. It needs the dlv command and isn't part of
// any build or test.
//
//	go run ./.ci/delve/expressions
//
// With arguments it does so for another program: its directory, the file of the expressions, and
// the file for the answers.
//
//	go run ./.ci/delve/expressions DIR EXPRESSIONS ANSWERS
package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const dir = "internal/delvetest/testdata"

// program is the directory of a program, the file of the expressions for it, and the one of what
// Delve prints for them.
type program struct{ source, expressions, answers string }

var programs = []program{
	{dir + "/fixture", dir + "/expressions.txt", dir + "/delve.txt"},
	{dir + "/shop", dir + "/shop.txt", dir + "/shop_delve.txt"},
	{dir + "/kinds", dir + "/kinds.txt", dir + "/kinds_delve.txt"},
	{dir + "/named", dir + "/named.txt", dir + "/named_delve.txt"},
}

// mark is printed after each expression, so that it is known where an answer ends.
const mark = "end of an answer"

func main() {
	asked := programs
	if len(os.Args) == 4 {
		asked = []program{{os.Args[1], os.Args[2], os.Args[3]}}
	}
	for _, p := range asked {
		if err := record(p.source, p.expressions, p.answers); err != nil {
			fmt.Fprintln(os.Stderr, "expressions:", err)
			os.Exit(1)
		}
	}
}

// record writes what Delve prints for the expressions in a file.
func record(source, expressions, answers string) error {
	tmp, err := os.MkdirTemp("", "expressions")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	program := filepath.Join(tmp, "program")
	build := exec.Command("go", "build", "-gcflags=-N -l", "-o", program, ".")
	build.Dir = source // which may be a module
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w: %s", source, err, out)
	}
	text, err := os.ReadFile(expressions)
	if err != nil {
		return err
	}
	list := strings.Split(strings.TrimSpace(string(text)), "\n")
	line, err := stopLine(source)
	if err != nil {
		return err
	}
	out, err := ask(program, fmt.Sprintf("main.go:%d", line), list)
	if err != nil {
		return err
	}
	printed := strings.Split(out, fmt.Sprintf("%q\n", mark))
	if len(printed) != len(list)+2 { // what comes before the first, and after the last
		return fmt.Errorf("%d answers to %d expressions", len(printed)-2, len(list))
	}
	var b strings.Builder
	for i, expr := range list {
		answer := strings.TrimPrefix(strings.TrimRight(printed[i+1], "\n"), "Command failed: ")
		// An error inside Delve comes with its stack, which names directories of this machine.
		answer, _, _ = strings.Cut(answer, "\ngoroutine ")
		fmt.Fprintf(&b, "%s\t%s\n", expr, strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\t", `\t`).Replace(answer))
	}
	return os.WriteFile(answers, []byte(b.String()), 0o644)
}

// stopLine returns the line of a program that is marked.
func stopLine(source string) (int, error) {
	text, err := os.ReadFile(source + "/main.go")
	if err != nil {
		return 0, err
	}
	before, _, ok := strings.Cut(string(text), "// here")
	if !ok {
		return 0, fmt.Errorf("no line of %s is marked", source)
	}
	return 1 + strings.Count(before, "\n"), nil
}

// ask returns all that Delve prints for the expressions in the stopped program, and marks
// between the answers.
func ask(program, where string, list []string) (string, error) {
	path, err := exec.LookPath("dlv")
	if err != nil {
		return "", fmt.Errorf("%w: go install github.com/go-delve/delve/cmd/dlv@v1.27.2", err)
	}
	var in strings.Builder
	fmt.Fprintf(&in, "break %s\ncontinue\nprint %q\n", where, mark)
	for _, expr := range list {
		fmt.Fprintf(&in, "print %s\nprint %q\n", expr, mark)
	}
	in.WriteString("exit\n")
	cmd := exec.Command(path, "exec", "--allow-non-terminal-interactive=true", "--check-go-version=false", program)
	cmd.Env = append(os.Environ(), "TERM=dumb")
	cmd.Stdin = strings.NewReader(in.String())
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = io.Writer(&out), &out
	err = cmd.Run()
	return strings.ReplaceAll(out.String(), "(dlv) ", ""), err
}
