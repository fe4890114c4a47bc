package readtest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// soakVariable is the environment variable that sets how many damaged dumps the
// tests read: a million takes hours.
const soakVariable = "COREDUMPY_SOAK"

// count returns how many dumps to read: few in the ordinary tests.
func count(t *testing.T, few int) int {
	if soak := os.Getenv(soakVariable); soak != "" {
		n, err := strconv.Atoi(soak)
		if err != nil {
			t.Fatalf("%s is %q, want a number", soakVariable, soak)
		}
		return n
	}
	return longtest.Rounds(few/4, few)
}

// progress logs how far a soak is.
func progress(t *testing.T, done int) {
	if done > 0 && done%50_000 == 0 {
		t.Logf("%d so far", done)
	}
}

// TestTruncated checks that a dump that ends anywhere opens once its head is there, holds
// what comes before the end, and says that something is missing.
func TestTruncated(t *testing.T) {
	for i, dump := range append(transcripts(t), ownDump()) {
		if !bytes.HasSuffix(dump, []byte("}}\n")) {
			continue // not complete to begin with
		}
		for _, data := range [][]byte{dump, pack(dump)} {
			t.Run(fmt.Sprintf("%d of %d bytes", i, len(data)), func(t *testing.T) { testTruncated(t, data) })
		}
	}
}

func testTruncated(t *testing.T, data []byte) {
	d := newDriver(t, 2)
	d.few = true
	step := max(1, len(data)/count(t, 30))
	opened, goroutines := false, 0
	positions := []int{len(data) - 1}
	for n := 0; n < len(data)-1; n += 1 + d.rnd.IntN(2*step-1) {
		positions = slices.Insert(positions, len(positions)-1, n)
	}
	for _, n := range positions {
		if !d.drive(data[:n]) {
			if opened {
				t.Errorf("%d bytes don't open, fewer did", n)
			}
			continue
		}
		opened = true
		core, err := coredumpy.Read(bytes.NewReader(data[:n]))
		if err != nil {
			t.Fatal(err)
		}
		onlyNewlineLost := n == len(data)-1 && data[n] == '\n'
		if core.Missing() == "" && !onlyNewlineLost {
			t.Errorf("%d bytes of %d: nothing is missing", n, len(data))
		}
		if now := readable(core); now < goroutines {
			t.Errorf("%d bytes: got %d goroutines, with fewer bytes %d", n, now, goroutines)
		} else {
			goroutines = now
		}
	}
	if whole, err := coredumpy.Read(bytes.NewReader(data)); err == nil && goroutines < readable(whole)-1 {
		t.Errorf("got at most %d goroutines of %d", goroutines, readable(whole))
	}
	if !opened && len(data) > 1000 {
		t.Error("no dump opened")
	}
}

// readable returns how many goroutines of a dump can be read.
func readable(core *coredumpy.Core) (n int) {
	for _, id := range core.Goroutines() {
		if _, err := core.Goroutine(id); err == nil {
			n++
		}
	}
	return n
}

// TestDamaged changes bytes of dumps at random.
func TestDamaged(t *testing.T) {
	dumps := append(transcripts(t), ownDump())
	d := newDriver(t, 3)
	d.few = true
	opened := 0
	n := count(t, 400)
	for i := range n {
		progress(t, i)
		data := bytes.Clone(dumps[d.rnd.IntN(len(dumps))])
		compressed := d.rnd.IntN(4) == 0
		if compressed && d.rnd.IntN(2) == 0 {
			data = pack(data)
		}
		for range 1 + d.rnd.IntN(20) {
			data = damage(data, d.rnd)
		}
		if compressed {
			data = pack(data)
		}
		if d.drive(data) {
			opened++
		}
	}
	t.Logf("%d of %d opened", opened, n)
	if opened < n/4 {
		t.Errorf("got %d of %d damaged dumps opened, want more to look into", opened, n)
	}
}

// damage changes something in data, mostly after the first line.
func damage(data []byte, rnd *rand.Rand) []byte {
	from := bytes.IndexByte(data, '\n') + 1
	if len(data) < 2 || rnd.IntN(20) == 0 {
		from = 0
	}
	if from >= len(data) {
		return data
	}
	at := from + rnd.IntN(len(data)-from)
	end := min(at+1+rnd.IntN(8), len(data))
	switch rnd.IntN(6) {
	case 0:
		data[at] ^= 1 << rnd.IntN(8)
	case 1:
		data[at] = byte(rnd.Uint32())
	case 2:
		data = append(data[:at], data[end:]...)
	case 3:
		data = append(data[:end:end], data[at:]...)
	case 4: // digits and structure, which matter more
		data[at] = `0123456789{}[]",:-`[rnd.IntN(18)]
	case 5:
		number := edges[rnd.IntN(len(edges))]
		if digits := bytes.IndexAny(data[at:], "0123456789"); digits >= 0 {
			at += digits
			end = at + len(data[at:]) - len(bytes.TrimLeft(data[at:], "0123456789"))
			data = append(append(data[:at:at], number...), data[end:]...)
		}
	}
	return data
}

// TestForged changes the records of dumps: ids, types, lengths, kinds, nesting.
func TestForged(t *testing.T) {
	d := newDriver(t, 4)
	var forgers []*forger
	for _, dump := range append(transcripts(t), ownDump()) {
		if f, err := newForger(dump, d.rnd); err == nil { // one has nothing but a head
			forgers = append(forgers, f)
		}
	}
	opened := 0
	n := count(t, 600)
	for i := range n {
		progress(t, i)
		d.few = i%100 != 0
		if d.drive(forgers[d.rnd.IntN(len(forgers))].forge()) {
			opened++
		}
	}
	t.Logf("%d of %d opened", opened, n)
	if opened < n/2 {
		t.Errorf("got %d of %d forged dumps opened, want more to look into", opened, n)
	}
}
