package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

type stringer interface{ String() string }

type fatal struct{}

func (*fatal) Error() string { panic("code of the program ran") }

// The text of a panic value is what the value itself would say.
func TestPanicText(t *testing.T) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	p := Self()
	defer p.Close()
	var (
		list    = make([]int, 3, 5)
		n       = len(list) + 2
		neg     = -n
		u       = uint8(200)
		m       map[string]int
		none    any
		text    any = "text"
		nowhere *struct{ x int }
	)
	panics := map[string]func(){
		"index":          func() { list[n]++ },
		"index negative": func() { list[neg]++ },
		"index uint8":    func() { list[u]++ },
		"slice len":      func() { _ = "abc"[:n] },
		"slice cap":      func() { list = list[:n+5] },
		"slice low":      func() { list = list[n:4] },
		"slice negative": func() { list = list[neg:] },
		"slice3":         func() { list = list[: 2 : n+9] },
		"slice3 b":       func() { list = list[:n:4] },
		"slice3 c":       func() { list = list[n : 4 : n-1] },
		"convert":        func() { _ = [7]int(list) },
		"nil map":        func() { m["x"]++ },
		"division":       func() { n /= len(m) },
		"nil":            func() { nowhere.x++ },
		"assert nil":     func() { _ = none.(string) },
		"assert":         func() { _ = text.(int) },
		"assert method":  func() { _ = text.(stringer) },
		"assert from":    func() { var e error = io.EOF; _ = e.(fmt.Formatter) },
		"panic nil":      func() { panic(nil) },
		"closed":         func() { c := make(chan int); close(c); close(c) },
		"errors.New":     func() { panic(io.EOF) },
		"wrapped":        func() { panic(fmt.Errorf("read: %w", io.EOF)) },
		"joined":         func() { panic(errors.Join(io.EOF, errors.New("other"))) },
		"makeslice":      func() { _ = make([]byte, neg) },
		"path":           func() { _, err := os.Open("/no/such\xff file"); panic(err) },
		"link":           func() { panic(os.Rename("/no/such", "/no/such/b")) },
		"errno":          func() { panic(syscall.ENOSPC) },
		"unknown errno":  func() { panic(syscall.Errno(5000)) },
		"system call":    func() { panic(os.NewSyscallError("fork", syscall.EAGAIN)) },
		"number":         func() { _, err := strconv.Atoi("12\"x"); panic(err) },
		"range":          func() { _, err := strconv.ParseInt("99999999999999999999", 10, 64); panic(err) },
		"json":           func() { panic(json.Unmarshal([]byte("{"), new(int))) },
		"url":            func() { _, err := url.Parse("://a b/"); panic(err) },
		"exec":           func() { _, err := exec.LookPath("no such \"program\""); panic(err) },
		"deadline":       func() { panic(context.DeadlineExceeded) },
		"in a wrapped":   func() { panic(fmt.Errorf("a: %w", &fs.PathError{Op: "b", Path: "c", Err: io.EOF})) },
		"nested": func() {
			panic(&fs.PathError{Op: "a", Path: "b", Err: &url.Error{Op: "c", URL: "d", Err: errors.Join(io.EOF, syscall.EPERM)}})
		},
		"reflect":      func() { reflect.ValueOf(1).Elem() },
		"reflect zero": func() { reflect.Value{}.Type() },
		"float":        func() { panic(2.5) },
		"float32":      func() { panic(float32(0.1)) },
		"complex":      func() { panic(complex(1, -2)) },
		"complex64":    func() { panic(complex64(complex(0.1, 2))) },
	}
	for name, f := range panics {
		func() {
			defer func() {
				r := recover()
				typ, data := words(&r)
				got, _ := p.PanicText([2]uint64{typ, data})
				want := fmt.Sprint(r)
				if got != want {
					t.Errorf("%s: got %q, want %q", name, got, want)
				}
			}()
			f()
			t.Errorf("%s: no panic", name)
		}()
	}
	for _, tt := range []struct {
		v    any
		want string
	}{
		{"text", "text"}, {true, "true"}, {-5, "-5"}, {int8(-128), "-128"}, {uint16(65535), "65535"}, {^uint64(0), "18446744073709551615"},
		{nil, "nil"}, {halt(3), here + "halt"}, {&list, "*[]int"}, {reflect.Int, "reflect.Kind"},
		{strings.Repeat("x", maxText+1), "string"}, {strings.Repeat("words ", maxText), strings.Repeat("words ", maxText/6) + fmt.Sprintf("...+%d more", 6*maxText-maxText/6*6)},
		{&fs.PathError{Op: "a", Path: "b"}, "*io/fs.PathError"}, {&fs.PathError{Op: "a", Path: "b", Err: &fatal{}}, "a b: *" + here + "fatal"}, {runtime.Error(nil), "nil"},
	} {
		typ, data := words(&tt.v)
		if got, _ := p.PanicText([2]uint64{typ, data}); got != tt.want {
			t.Errorf("got %.50q for %.50v, want %q", got, tt.v, tt.want)
		}
	}
	for _, bad := range [][2]uint64{{1, 1}, {8, 8}, {1 << 62, 1 << 62}} {
		if got, _ := p.PanicText(bad); got != "" {
			t.Errorf("got %q for words %#x, want nothing", got, bad)
		}
	}
}

type halt int

func TestShortName(t *testing.T) {
	for name, want := range map[string]string{
		"int": "int", "net/http.Header": "http.Header", "map[a/b.K]*c/d/e.V": "map[b.K]*e.V",
		"a.T[b/c.X,d/e.Y]": "a.T[c.X,e.Y]", "func(gopkg.in/yaml.v3.Node) error": "func(yaml.v3.Node) error",
	} {
		if got := shortName(name); got != want {
			t.Errorf("got %q of %q, want %q", got, name, want)
		}
	}
}

// A text that is too long doesn't end in half a word.
func TestTextCut(t *testing.T) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	p := Self()
	defer p.Close()
	const words = maxText / len("word ")
	for after, want := range map[string]int{"": words * 5, "w": words*5 + 1, "word word": words * 5} {
		text := any(strings.Repeat("word ", words) + after)
		header, err := p.pointerAt(AddrOf(&text) + word)
		if err != nil {
			t.Fatal(err)
		}
		addr, err := p.pointerAt(header)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Text(addr, uint64(len(text.(string)))); len(got) != want {
			t.Errorf("got %d bytes of %d, want %d", len(got), len(text.(string)), want)
		}
	}
}
