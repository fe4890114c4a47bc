//go:build amd64 || arm64

package capture

import (
	"os"
	"testing"

	"coredumpy/internal/target"
)

// The program is opened once for dumps that follow each other, kept while one needs it,
// and not after that.
func TestProgramKept(t *testing.T) {
	mem, err := target.OpenRemote(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close()
	var g program
	first, err := g.open(os.Getpid(), mem)
	if err != nil {
		t.Fatal(err)
	}
	g.drop() // of an earlier dump
	if _, ok := first.Info.FuncByName("runtime.main"); !ok {
		t.Error("got no runtime.main while a dump is made, want it")
	}
	g.close()
	second, err := g.open(os.Getpid(), mem)
	if err != nil || second != first {
		t.Errorf("got program %p and error %v for the next dump, want %p", second, err, first)
	}
	g.close()
	g.drop()
	if g.is != nil {
		t.Error("got a program that is kept, want it dropped")
	}
	third, err := g.open(os.Getpid(), mem)
	if err != nil || third == first {
		t.Errorf("got the program that was dropped, and error %v, want another", err)
	}
	g.close()
	g.idle.Stop()
	g.drop()
}
