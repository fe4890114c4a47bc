package runtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const (
	suiteDir  = "../../testdata/suite"
	suitePath = "coredumpy/testdata/suite/"
)

// wanted is a dump that a test of testdata/suite must leave. It is written after the line
// of the frame on which the dump opens:
//
//	// want [REASON] TEST: "TEXT" [in FUNC] [via FUNC,...] EXPR = VALUE
//
// The reason is "test failure" if none is given. TEXT is in the message; in names the
// frame's function, if that isn't there but in package testing; via names functions above
// it.
type wanted struct {
	line         int
	fn           string // as declared; closures add to it
	elsewhere    bool   // fn isn't where the comment is
	reason, test string
	text         string
	via          []string
	expr, value  string
}

var wantComment = regexp.MustCompile(`^// want (panic |exit )?(\S*): ("(?:[^"\\]|\\.)*")(?: in (\S+))?(?: via (\S+))? (\S.*?) = (.+)$`)

// readWanted reads the comments of a package of testdata/suite; pkg is the path under
// which it is built.
func readWanted(t *testing.T, dir, pkg string) []wanted {
	t.Helper()
	path := filepath.Join(suiteDir, dir, "x_test.go")
	if _, err := os.Stat(path); os.IsNotExist(err) {
		return nil // a library
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var all []wanted
	for _, group := range f.Comments {
		for _, c := range group.List {
			if !strings.HasPrefix(c.Text, "// want ") {
				continue
			}
			w, err := parseWanted(c.Text)
			if err != nil {
				t.Fatalf("%s: %v", fset.Position(c.Pos()), err)
			}
			w.line = fset.Position(c.Pos()).Line
			if !w.elsewhere {
				w.fn = pkg + "." + enclosing(f, c.Pos())
			}
			all = append(all, w)
		}
	}
	return all
}

func parseWanted(comment string) (w wanted, err error) {
	m := wantComment.FindStringSubmatch(comment)
	if m == nil {
		return w, fmt.Errorf("%q isn't %s", comment, wantComment)
	}
	if w.text, err = strconv.Unquote(m[3]); err != nil {
		return w, fmt.Errorf("%s: %w", m[3], err)
	}
	w.reason, w.test, w.fn, w.expr, w.value = strings.TrimSpace(m[1]), m[2], m[4], m[6], m[7]
	w.elsewhere = w.fn != ""
	if w.reason == "" {
		w.reason = "test failure"
	}
	if m[5] != "" {
		w.via = strings.Split(m[5], ",")
	}
	return w, nil
}

// enclosing returns the name of the function declared around pos, as in a stack trace.
func enclosing(f *ast.File, pos token.Pos) string {
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || pos < fn.Pos() || fn.End() < pos {
			continue
		}
		if fn.Recv == nil {
			return fn.Name.Name
		}
		switch recv := fn.Recv.List[0].Type.(type) {
		case *ast.StarExpr:
			return fmt.Sprintf("(*%s).%s", recv.X, fn.Name.Name)
		default:
			return fmt.Sprintf("%s.%s", recv, fn.Name.Name)
		}
	}
	return ""
}

// is reports whether name is the function of w, or a closure or an instance of it.
func (w *wanted) is(name string) bool {
	rest, ok := strings.CutPrefix(name, w.fn)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
