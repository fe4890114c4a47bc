package readtest

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"coredumpy"
	"coredumpy/internal/longtest"
)

const (
	headLine = `{"coredumpy":{"version":1,"reason":"panic","goroutine":1,"goroutines":1}}` + "\n"
	typeLine = `{"type":{"id":1,"name":"int","kind":"int","size":8}}` + "\n" +
		`{"type":{"id":2,"name":"[]int","kind":"slice","size":24,"elem":1}}` + "\n" +
		`{"type":{"id":3,"name":"interface {}","kind":"interface","size":16}}` + "\n" +
		`{"type":{"id":4,"name":"main.R","kind":"struct","size":16,"fields":[{"name":"r","type":4},{"name":"s","type":4}]}}` + "\n"
)

// newFormat returns a dump of format 1 as one of format 2; references in it aren't converted.
func newFormat(dump string) string { return strings.Replace(dump, `"version":1`, `"version":2`, 1) }

// withVariable returns a dump with a variable x.
func withVariable(typ int, value string, lines ...string) string {
	return headLine + typeLine + fmt.Sprintf(`{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","file":"x.go","line":1,"vars":[{"name":"x","type":%d,"value":%s}]}]}}`, typ, value) +
		"\n" + strings.Join(lines, "\n") + "\n"
}

// repeat returns about size bytes of s, between before and after.
func repeat(before, s, after string, size int) string {
	return before + strings.Repeat(s, size/len(s)) + after
}

// hostile are dumps of about size bytes, by what they hold. Their size is in many small
// parts or in one large part, or a size in them is wrong.
var hostile = map[string]func(size int) string{
	"elements": func(size int) string {
		return withVariable(2, fmt.Sprintf(`{"p":16,"len":%d,"cap":%d,"o":1}`, size/2, size/2),
			repeat(`[1,2,[`, "0,", "0]]", size))
	},
	"elements in place": func(size int) string { return withVariable(2, repeat(`[`, "0,", "0]", size)) },
	"lists":             func(size int) string { return withVariable(4, repeat(`[`, "[],", "[]]", size)) },
	"frames":            func(size int) string { return withFrames(repeat("", "{},", "{}", size)) },
	"variables": func(size int) string {
		return withFrames(repeat(`{"vars":[`, "{},", "{}]}", size))
	},
	"variables that have values": func(size int) string {
		return withFrames(repeat(`{"vars":[`, `{"name":"x","type":3,"value":[1,1]},`, "{}]}", size))
	},
	"labels": func(size int) string {
		return headLine + repeat(`{"goroutine":{"id":1,"labels":[`, `"",`, `""]}}`+"\n", size)
	},
	"fields": func(size int) string {
		return withVariable(5, "[]", repeat(`{"type":{"id":5,"kind":"struct","fields":[`, "{},", "{}]}}", size))
	},
	"cuts in the head": func(size int) string {
		return repeat(`{"coredumpy":{"version":1,"cut":[`, "{},", "{}]}}\n",
			size)
	},
	"dependencies in the head": func(size int) string {
		return repeat(`{"coredumpy":{"version":1,"build":{"deps":[`, "[],", "[]]}}}\n", size)
	},
	"objects": func(size int) string {
		var b strings.Builder
		b.WriteString(withVariable(1, "1"))
		for id := 1; b.Len() < size; id++ {
			fmt.Fprintf(&b, "[%d,1,0]\n", id)
		}
		return b.String()
	},
	"objects without ids": func(size int) string {
		return repeat(newFormat(withVariable(1, "1")+`{"objects":{"id":1}}`+"\n"), "[1,0]\n", "", size)
	},
	"runs of objects": func(size int) string {
		var b strings.Builder
		b.WriteString(newFormat(withVariable(1, "1")))
		for id := 1; b.Len() < size; id++ {
			fmt.Fprintf(&b, `{"objects":{"id":%d}}`+"\n[1,0]\n", id)
		}
		return b.String()
	},
	"runs of the same objects": func(size int) string {
		return repeat(newFormat(withVariable(1, "1")), `{"objects":{"id":1}}`+"\n[1,0]\n", "", size)
	},
	"doubts": func(size int) string {
		return newFormat(withFrames(repeat(`{"vars":[{"name":"x","type":1,"value":1,"note":[`, `["x"],`, `["x"]]}]}`, size)))
	},
	"details": func(size int) string {
		return newFormat(withVariable(2, repeat(`{"p":16,"x":["limit","depth"`, ",1", "]}", size)))
	},
	"notes of variables": func(size int) string {
		return newFormat(withFrames(repeat(`{"vars":[`, `{"note":[["x"]]},`, "{}]}", size)))
	},
	"unknown records": func(size int) string {
		var b strings.Builder
		b.WriteString(newFormat(headLine))
		for id := 1; b.Len() < size; id++ {
			fmt.Fprintf(&b, `{"k%x":{"id":1}}`+"\n", id)
		}
		return b.String()
	},
	"unknown members": func(size int) string {
		var b strings.Builder
		for id := 1; b.Len() < size; id++ {
			fmt.Fprintf(&b, `{"k%x":1},`, id)
		}
		return newFormat(withFrames(b.String() + "{}"))
	},
	"goroutines": func(size int) string {
		var b strings.Builder
		b.WriteString(headLine)
		for id := 1; b.Len() < size; id++ {
			fmt.Fprintf(&b, `{"goroutine":{"id":%d,"status":"%x"}}`+"\n", id, id)
		}
		return b.String()
	},
	"goroutines that have frames": func(size int) string {
		var b strings.Builder
		b.WriteString(headLine)
		for id := 1; b.Len() < size; id++ {
			fmt.Fprintf(&b, `{"goroutine":{"id":%d,"status":"%x","frames":[%s{}]}}`+"\n", id, id,
				strings.Repeat("{},", 1000))
		}
		return b.String()
	},
	"globals": func(size int) string {
		var b strings.Builder
		b.WriteString(headLine + typeLine)
		for id := 1; b.Len() < size; id++ {
			fmt.Fprintf(&b, `{"global":{"id":%d,"name":"main.x%d","type":1,"value":1}}`+"\n", id, id)
		}
		return b.String()
	},
	"blank lines":   func(size int) string { return repeat(headLine, "\n", "", size) },
	"strange lines": func(size int) string { return repeat(headLine, "{\n", "", size) },
	"a string":      func(size int) string { return withVariable(3, repeat(`[1,"`, "a", `"]`, size)) },
	"escapes":       func(size int) string { return withVariable(3, repeat(`[1,"`, `\u001b`, `"]`, size)) },
	"a number":      func(size int) string { return withVariable(2, repeat(`{"len":`, "9", `}`, size)) },
	"an id":         func(size int) string { return headLine + repeat("[", "9", ",1,0]\n", size) },
	"a key":         func(size int) string { return withVariable(2, repeat(`{"`, "k", `":1}`, size)) },
	"equal keys":    func(size int) string { return withVariable(2, repeat(`{`, `"e":[1],`, `"len":3}`, size)) },
	"equal keys in head": func(size int) string {
		return repeat(`{"coredumpy":{`, `"args":["x"],`, `"version":1}}`+
			"\n", size)
	},
	"nesting": func(size int) string {
		return withVariable(4,
			repeat("", "[", strings.Repeat("]", size/2), size/2))
	},
	"nested interfaces": func(size int) string {
		n := min(size/16, 9_000)
		return withVariable(3, strings.Repeat("[3,", n)+"1"+strings.Repeat("]", n))
	},
	"a reference of many parts": func(size int) string { return withVariable(2, repeat("[16,1", ",2", "]", size)) },
	"nested structs": func(size int) string {
		return withVariable(4,
			strings.Repeat("[", 9_000)+strings.Repeat("]", 9_000))
	},
	"lines of source": func(size int) string {
		return withVariable(1, "1", repeat(`{"source":{"id":1,"path":"x.go","text":"`, `\n`, `"}}`, size))
	},
	"nested source": func(size int) string {
		return withVariable(1, "1",
			repeat(`{"source":{"id":1,"path":"x.go","text":"package x; var x = `, "(", `"}}`, size))
	},
	"statements": func(size int) string {
		return withVariable(1, "1",
			repeat(`{"source":{"id":1,"path":"x.go","text":"package x; func f() {`, "x:=x;", `}"}}`, size))
	},
	"a type name": func(size int) string {
		var vars strings.Builder
		for vars.Len() < size/2 {
			vars.WriteString(`{"name":"x","type":5,"value":null},`)
		}
		return withFrames(`{"vars":[`+vars.String()+`{}]}`) + repeat(`{"type":{"id":5,"kind":"ptr","name":"`, "main.",
			`"}}`+"\n", size/2)
	},
	"a struct that all variables point to": func(size int) string {
		fields := size / 10
		return withFrames(repeat(`{"vars":[`, `{"name":"x","type":5,"value":{"p":1,"o":1}},`, "{}]}", size/2)) +
			`{"type":{"id":5,"kind":"ptr","name":"*T","elem":6}}` + "\n" +
			`{"type":{"id":6,"kind":"struct","name":"T","fields":[` +
			strings.Repeat(`{"name":"f","type":1},`, fields) + `{"type":1}]}}` + "\n" +
			"[1,6,[" + strings.Repeat("1,", fields) + "1]]\n"
	},
	"a list in a struct that all variables point to": func(size int) string {
		return withFrames(repeat(`{"vars":[`, `{"name":"x","type":5,"value":{"p":1,"o":1}},`, "{}]}", size/2)) +
			`{"type":{"id":5,"kind":"ptr","name":"*T","elem":6}}` + "\n" +
			`{"type":{"id":6,"kind":"struct","name":"T","fields":[{"name":"f","type":7}]}}` + "\n" +
			`{"type":{"id":7,"kind":"array","name":"[9]int","elem":1,"len":9}}` + "\n" +
			"[1,6,[[" + strings.Repeat("1,", size/4) + "1]]]\n"
	},
	"structs embedded in each other": func(size int) string {
		var b strings.Builder
		b.WriteString(withVariable(5, "[]"))
		for id := 5; b.Len() < size; id++ {
			fmt.Fprintf(&b,
				`{"type":{"id":%d,"kind":"struct","fields":[{"name":"f","embedded":true,"type":%d}]}}`+"\n", id, id+1)
		}
		return b.String()
	},
}

func withFrames(frames string) string {
	return headLine + typeLine + `{"goroutine":{"id":1,"status":"running","frames":[` + frames + `]}}` + "\n"
}

// commands are commands that show everything in a hostile dump.
var commands = []string{"info", "bt -full 3", "goroutines", "goroutines -v", "vars", "p x", "p x[1]", "p x.x",
	"p len(x)", "ll", "list 5"}

// TestSizes reads hostile dumps. Memory in use stays in proportion to the size whatever
// the records are, except for the frames and variables of a goroutine, which have a limit
// of their own.
func TestSizes(t *testing.T) {
	size := 1 << 17
	switch {
	case os.Getenv(soakVariable) != "":
		size = 16 << 20
	case !longtest.All():
		size = 1 << 15
	}
	const (
		most    = 128 << 20
		perByte = 20
		written = 100 // bytes for each: variables that share what they refer to are cut
	)
	for name, generate := range hostile {
		t.Run(name, func(t *testing.T) {
			data := []byte(generate(size))
			var out counter
			peak := peakHeap(func() {
				core, err := coredumpy.Read(bytes.NewReader(data))
				if err != nil {
					newDriver(t, 5).checkError(err)
					return
				}
				coredumpy.Load(core, coredumpy.LoadOptions{Commands: commands, Out: &out, Err: &out})
			})
			t.Logf("%s: %d bytes, %d kB in use, %d bytes written", name, len(data), peak>>10, out)
			if got := peak - perByte*int64(len(data)); got > most {
				t.Errorf("got %d bytes in use for a dump of %d", peak, len(data))
			}
			if int(out) > 1<<20+written*len(data) {
				t.Errorf("got %d bytes written for a dump of %d", out, len(data))
			}
		})
	}
}

// TestEmbedding checks that a field is found in structs embedded as deeply as in any
// program, and not looked for in a chain of thousands.
func TestEmbedding(t *testing.T) {
	const deep = 150
	var types, value strings.Builder
	for id := 5; id < 5+deep; id++ {
		fmt.Fprintf(&types,
			`{"type":{"id":%d,"name":"T%d","kind":"struct","fields":[{"name":"T%d","embedded":true,"type":%d},{"name":"f%d","type":1}]}}`+"\n", id, id, id+1, id+1, id)
		value.WriteString("[")
	}
	for id := 5 + deep; id > 5; id-- {
		fmt.Fprintf(&value, ",%d]", id-1)
	}
	dump := strings.ReplaceAll(withVariable(5, value.String(), types.String()), "[,", "[null,")
	for command, want := range map[string]string{"p x.f50": "50\n", "p x.f150": "x has no member f150: did you mean f10?\n"} {
		core, err := coredumpy.Read(strings.NewReader(dump))
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		coredumpy.Load(core, coredumpy.LoadOptions{Commands: []string{command}, Out: &out, Err: &out})
		if out.String() != want {
			t.Errorf("%s: got %.300q, want %q", command, out.String(), want)
		}
	}
}

// TestLongNames checks that a name that many values may share is cut where it is shown.
func TestLongNames(t *testing.T) {
	dump := withVariable(5, "null", repeat(`{"type":{"id":5,"kind":"ptr","name":"`, "a", `"}}`, 10_000))
	for command, want := range map[string]string{
		"p x": "*? nil\n", "whatis x": strings.Repeat("a", 2000) + "...+8000 more\n", "locals": "x = *? nil\n",
	} {
		core, err := coredumpy.Read(strings.NewReader(dump))
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		coredumpy.Load(core, coredumpy.LoadOptions{Commands: []string{command}, Out: &out, Err: &out})
		if out.String() != want {
			t.Errorf("%s: got %.3000q, want %q", command, out.String(), want)
		}
	}
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

// counter counts the bytes written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
