package page

import (
	"io"
	"os"
	"testing"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
)

func BenchmarkWrite(b *testing.B) {
	for b.Loop() {
		core, err := dump.Open(os.Getenv("DUMP"))
		if err != nil {
			b.Fatal(err)
		}
		in, _ := inspector.New(core)
		if err := Write(io.Discard, in, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
