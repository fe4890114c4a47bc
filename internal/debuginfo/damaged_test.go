package debuginfo

import (
	"bytes"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"testing"
	"time"

	"coredumpy/internal/longtest"
)

// soakVariable is the environment variable that sets how many damaged
// executables of each format are read.
const soakVariable = "COREDUMPY_SOAK"

// damagedFiles returns how many executables of a format to damage.
func damagedFiles(t *testing.T) int {
	if soak := os.Getenv(soakVariable); soak != "" {
		n, err := strconv.Atoi(soak)
		if err != nil {
			t.Fatalf("%s is %q, want a number", soakVariable, soak)
		}
		return n
	}
	return longtest.Rounds(10, 20)
}

// TestDamagedFile cuts executables, and damages the parts that say where things are:
// headers, load commands, the tables of sections and symbols. Any answer will do that
// comes without a panic, soon, and with no more memory than a few times the file.
func TestDamagedFile(t *testing.T) {
	for _, name := range []string{"plain", "noopt", "darwin", "windows"} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(build(t, name).path)
			if err != nil {
				t.Fatal(err)
			}
			rnd := rand.New(rand.NewPCG(7, 7))
			opened, answers := 0, 0
			for i := range damagedFiles(t) {
				damaged := damageFile(data, i, rnd)
				watch := time.AfterFunc(time.Minute, func() { panic("no end: see below which file") })
				peak := peakHeap(func() {
					if f, err := newFile(bytes.NewReader(damaged)); err == nil {
						opened++
						answers += askFile(f)
					}
				})
				watch.Stop()
				if most := int64(256<<20 + 8*len(data)); peak > most {
					t.Errorf("file %d: got %d bytes in use for an executable of %d", i, peak, len(data))
				}
			}
			t.Logf("%d opened, %d answers", opened, answers)
			if opened == 0 || answers == 0 {
				t.Error("got no answer from any file, want some files to open and answer")
			}
		})
	}
}

// damageFile returns a damaged copy of an executable; every third one is cut.
func damageFile(data []byte, i int, rnd *rand.Rand) []byte {
	if i%3 == 0 {
		n := rnd.IntN(len(data))
		if i%2 == 0 {
			n = rnd.IntN(4096)
		}
		return data[:n]
	}
	damaged := bytes.Clone(data)
	for range 1 + rnd.IntN(6) {
		at := rnd.IntN(len(data))
		switch rnd.IntN(4) {
		case 0, 1: // file header, program headers, load commands, sections of PE and Mach-O
			at = rnd.IntN(2048)
		case 2: // sections of ELF, symbols, strings
			at = len(data) - 1 - rnd.IntN(min(len(data), 256<<10))
		}
		if at < 8 {
			continue // another format
		}
		for range 1 + rnd.IntN(8) {
			value := [...]byte{0, 1, 0x7f, 0x80, 0xff, byte(rnd.Uint32()), byte(rnd.Uint32())}[rnd.IntN(7)]
			damaged[min(at+rnd.IntN(16), len(data)-1)] = value
		}
	}
	return damaged
}

// askFile asks for what the headers say, and then for everything else.
func askFile(f *File) (answers int) {
	f.GOARCH()
	f.Base()
	return askEverything(f)
}

// peakHeap returns by how much the heap in use grew at most while f ran, as far as
// occasional looks show.
func peakHeap(f func()) int64 {
	defer debug.SetGCPercent(debug.SetGCPercent(30))
	runtime.GC()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	inUse := func() int64 {
		metrics.Read(sample)
		return int64(sample[0].Value.Uint64())
	}
	before := inUse()
	done, peak := make(chan bool), make(chan int64)
	go func() {
		most := before
		for {
			select {
			case <-done:
				peak <- most - before
				return
			case <-time.After(2 * time.Millisecond):
				most = max(most, inUse())
			}
		}
	}()
	f()
	close(done)
	return <-peak
}
