package cause

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
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"coredumpy/internal/gotypes"
	"coredumpy/internal/unsafely"
)

type stringer interface{ String() string }

type fatal struct{}

func (*fatal) Error() string { panic("code of the program ran") }

// The text of a panic value is the text that the value itself would give.
func TestPanicText(t *testing.T) {
	p := self(t)
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
				typ, data := unsafely.Words(&r)
				got := Text(p, [2]uint64{typ, data}).Text
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
		{nil, "nil"}, {halt(3), "3"}, {&list, "*[]int"}, {reflect.Int, "reflect.Kind"},
		{&fs.PathError{Op: "a", Path: "b"}, "*fs.PathError"}, {&fs.PathError{Op: "a", Path: "b", Err: &fatal{}}, "a b: *cause.fatal"}, {runtime.Error(nil), "nil"},
	} {
		typ, data := unsafely.Words(&tt.v)
		if got := Text(p, [2]uint64{typ, data}).Text; got != tt.want {
			t.Errorf("got %.50q for %.50v, want %q", got, tt.v, tt.want)
		}
	}
	for _, bad := range [][2]uint64{{1, 1}, {8, 8}, {1 << 62, 1 << 62}} {
		if got := Text(p, bad).Text; got != "" {
			t.Errorf("got %q for words %#x, want nothing", got, bad)
		}
	}
}

type halt int

func (*halt) Error() string { panic("code of the program ran") }

type (
	coded  int
	spoken string
	speaks struct{ error }
	quiet  struct{ n int }
	hidden int
	other  int
)

func (coded) Error() string            { panic("code of the program ran") }
func (*spoken) String() string         { panic("code of the program ran") }
func (quiet) GoString() string         { panic("code of the program ran") }
func (hidden) String() (string, error) { panic("code of the program ran") }
func (other) Error(int) string         { panic("code of the program ran") }

// We don't know what a method would say, unless the value has none, whether its type or
// its descriptor shows that.
func TestPanicKnown(t *testing.T) {
	p := self(t)
	pointed := halt(1)
	words1, words2 := spoken("x"), strings.Repeat("words ", MaxMessage)
	for _, tt := range []struct {
		v      any
		text   string
		around string
		more   int
		known  bool
	}{
		{nil, "nil", "", 0, true},
		{"text", "text", "", 0, true},
		{words2, words2[:MaxMessage], "", len(words2) - MaxMessage, true},
		{errors.New(words2), words2[:MaxMessage], "", len(words2) - MaxMessage, true},
		{3, "3", "", 0, true},
		{halt(3), "3", "cause.halt()", 0, true},
		{&pointed, "*cause.halt", "", 0, false},
		{coded(4), "cause.coded", "", 0, false},
		{spoken("x"), "x", `cause.spoken("")`, 0, true},
		{&words1, "*cause.spoken", "", 0, false},
		{complex64(1), "(1+0i)", "", 0, true},
		{speaks{io.EOF}, "cause.speaks", "", 0, false},
		{&speaks{io.EOF}, "*cause.speaks", "", 0, false},
		{quiet{1}, "cause.quiet", "", 0, true},
		{hidden(5), "5", "cause.hidden()", 0, true},
		{other(6), "6", "cause.other()", 0, true},
		{option[quiet](7), "7", "cause.option[coredumpy/internal/cause.quiet]()", 0, true},
		{io.EOF, "EOF", "", 0, true},
		{&fs.PathError{Op: "a", Path: "b", Err: io.EOF}, "a b: EOF", "", 0, true},
		{&fs.PathError{Op: "a", Path: "b", Err: coded(1)}, "a b: cause.coded", "", 0, false},
		{errors.Join(io.EOF, coded(1)), "EOF\ncause.coded", "", 0, false},
		{errors.Join(slices.Repeat([]error{io.EOF}, 150)...), strings.Repeat("EOF\n", 149) + "EOF", "", 0, true},
		{errors.Join(slices.Repeat([]error{io.EOF}, maxJoined+1)...), strings.Repeat("EOF\n", maxJoined) + "...", "", 0, true},
		{&fs.PathError{Op: "a", Path: words2, Err: io.EOF}, "a " + words2[:gotypes.MaxText/6*6] + fmt.Sprintf("...+%d more: EOF", len(words2)-gotypes.MaxText/6*6), "", 0, true},
		{&exec.ExitError{}, "*exec.ExitError", "", 0, false},
		{reflect.Int, "reflect.Kind", "", 0, false},
		{errno, errno.Error(), "", 0, true},
	} {
		want := Message{Text: tt.text, More: uint64(tt.more), Known: tt.known}
		if tt.around != "" {
			i := strings.LastIndexByte(tt.around, ')')
			i = strings.LastIndexByte(tt.around[:i], '(') + 1
			if tt.around[i:] == `"")` {
				i++
			}
			want.Around = [2]string{tt.around[:i], tt.around[i:]}
		}
		typ, data := unsafely.Words(&tt.v)
		for _, own := range []bool{true, false} {
			p.Own = own
			got := Text(p, [2]uint64{typ, data})
			if got.Bare != (got.Text == strings.ReplaceAll(fmt.Sprintf("%T", tt.v), "option[cause", "option[coredumpy/internal/cause") && got.Around == [2]string{}) {
				t.Errorf("%#v: got Bare %t for %q", tt.v, got.Bare, got.Text)
			}
			if got.Bare = false; got != want {
				t.Errorf("own %v: got %.300q for %.50v, want %.300q", own, fmt.Sprint(got), tt.v, fmt.Sprint(want))
			}
		}
		p.Own = true
	}
	runtime.KeepAlive(&pointed)
}

type option[T any] int

var errno = syscall.ENOSPC
