package guard

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"
	"time"
)

func TestApart(t *testing.T) {
	errOwn := errors.New("own")
	blocked := make(chan bool)
	defer close(blocked)
	for _, tt := range []struct {
		name  string
		limit time.Duration
		f     func() (int, error)
		want  int
		err   string
	}{
		{"value", time.Minute, func() (int, error) { return 1, nil }, 1, ""},
		{"both", time.Minute, func() (int, error) { return 1, errOwn }, 1, "own"},
		{"exit", time.Minute, func() (int, error) { runtime.Goexit(); return 1, nil }, 0, "f called runtime.Goexit"},
		{"late", 20 * time.Millisecond, func() (int, error) { <-blocked; return 1, nil }, 0,
			"f hasn't returned for 20ms"},
		{"no time", 0, func() (int, error) { <-blocked; return 1, nil }, 0, "f hasn't returned for 0s"},
	} {
		got, err := Apart("f", tt.limit, tt.f)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if got != tt.want || text != tt.err {
			t.Errorf("%s: got %d, %q, want %d, %q", tt.name, got, text, tt.want, tt.err)
		}
		if late := tt.name == "late" || tt.name == "no time"; errors.Is(err, ErrLate) != late {
			t.Errorf("%s: got %v, want it to be late: %t", tt.name, err, late)
		}
	}
}

func TestCall(t *testing.T) {
	if err := Call("f", func() {}); err != nil {
		t.Errorf("got %v, want none", err)
	}
	if err := Call("f", func() { panic(3) }); err == nil || err.Error() != "f panicked: 3" {
		t.Errorf("got %v, want the panic", err)
	}
}

// writerFunc writes by calling itself.
type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func TestWriter(t *testing.T) {
	errOwn := errors.New("own")
	for _, tt := range []struct {
		name string
		w    writerFunc
		n    int
		err  string
	}{
		{"all", func(b []byte) (int, error) { return len(b), nil }, 3, ""},
		{"short", func(b []byte) (int, error) { return 1, nil }, 1, "w: short write"},
		{"own", func(b []byte) (int, error) { return 1, errOwn }, 1, "own"},
		{"negative", func(b []byte) (int, error) { return -1, nil }, 0, "w says that it wrote -1 of 3 bytes"},
		{"too much", func(b []byte) (int, error) { return 4, errOwn }, 0, "own"},
		{"panic", func(b []byte) (int, error) { panic("no") }, 0, "w panicked: no"},
	} {
		n, err := Writer{"w", tt.w}.Write([]byte("abc"))
		text := ""
		if err != nil {
			text = err.Error()
		}
		if n != tt.n || text != tt.err {
			t.Errorf("%s: got %d, %q, want %d, %q", tt.name, n, text, tt.n, tt.err)
		}
	}
	var b bytes.Buffer
	if _, err := io.WriteString(Writer{"w", &b}, "abc"); err != nil || b.String() != "abc" {
		t.Errorf("got %q, %v, want abc", b.String(), err)
	}
}

func TestPanicked(t *testing.T) {
	err := Call("f", func() { panic("its text") })
	var p *Panicked
	if !errors.As(err, &p) || err.Error() != "f panicked: its text" || p.WithoutValue() != "f panicked" {
		t.Errorf("got %v", err)
	}
}
