package runclient

import (
	"testing"
	"unsafe"
)

// TestLayout compares the type with the layout that readers in other processes know.
func TestLayout(t *testing.T) {
	var r Request
	for _, tt := range []struct {
		name      string
		got, want uintptr
	}{
		{"Texts", unsafe.Offsetof(r.Texts), 0},
		{"Values", unsafe.Offsetof(r.Values), 24},
		{"Numbers", unsafe.Offsetof(r.Numbers), NumbersOffset},
		{"done", unsafe.Offsetof(r.done), DoneOffset},
	} {
		if unsafe.Sizeof(uintptr(0)) == 8 && tt.got != tt.want {
			t.Errorf("got %s at %d, want %d", tt.name, tt.got, tt.want)
		}
	}
}

// TestNobody asks where no process watches.
func TestNobody(t *testing.T) {
	if hooked != nil {
		t.Skip("built by coredumpy run")
	}
	if Dump(&Request{}) {
		t.Error("got an answer, want none")
	}
	Forget()
}
