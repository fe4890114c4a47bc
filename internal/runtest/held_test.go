package runtest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"coredumpy"
)

// testdata/held holds secrets, and ordinary values beside them, in the ways in which programs
// and well-known libraries do.

var buildHeld = sync.OnceValue(func() error {
	return goBuild("-gcflags=coredumpy/testdata/...=-N -l", "-o", filepath.Join(work, "held"), "../../testdata/held")
})

// unreachable is what no dump shows: it is behind an unsafe.Pointer or a *byte, or hashed.
var unreachable = []string{"aws2: HMAC key", "method: deferred", "pool: Pass", "pool: stale", "slog: password",
	"slog: session_token", "slog: Group"}

// A heldValue is a value that the program noted.
type heldValue struct{ where, value string }

// noted reads the file in which the program notes its values.
func noted(t *testing.T, path string) (planted, ordinary []heldValue) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		value, err := hex.DecodeString(parts[2])
		if err != nil {
			t.Fatal(err)
		}
		for i := range value {
			value[i] ^= 0x55
		}
		if v := (heldValue{parts[1], string(value)}); parts[0] == "planted" {
			planted = append(planted, v)
		} else {
			ordinary = append(ordinary, v)
		}
	}
	return planted, ordinary
}

// textsOf returns the texts of a dump without its source files, one after the other: as they
// are, decoded from base64, and lists of numbers as bytes of each size.
func textsOf(t *testing.T, path string) string {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	records, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range bytes.Lines(records) {
		if bytes.HasPrefix(line, []byte(`{"source":`)) {
			continue
		}
		var v any
		dec := json.NewDecoder(bytes.NewReader(line))
		dec.UseNumber()
		if err := dec.Decode(&v); err != nil {
			t.Fatal(err)
		}
		addTexts(&out, v)
	}
	return out.String()
}

func addTexts(out *strings.Builder, v any) {
	switch v := v.(type) {
	case string:
		out.WriteString(v + "\n")
		if b, err := base64.StdEncoding.DecodeString(v); err == nil {
			out.WriteString(string(b) + "\n")
		}
	case map[string]any:
		for name, elem := range v {
			out.WriteString(name + "\n")
			addTexts(out, elem)
		}
	case []any:
		var small, big []byte
		for _, elem := range v {
			number, ok := elem.(json.Number)
			if !ok {
				addTexts(out, elem)
				continue
			}
			n, err := strconv.ParseUint(string(number), 10, 64)
			if err != nil {
				continue
			}
			small = append(small, byte(n))
			for shift := range 8 { // the words of a big number, in both orders
				big = append(big, byte(n>>(8*shift)))
			}
		}
		out.Write(small)
		out.WriteByte('\n')
		out.Write(big)
		slices.Reverse(big)
		out.WriteByte('\n')
		out.Write(big)
		out.WriteByte('\n')
	}
}

// left reports how a planted value is still in the texts.
func left(texts, lower, value string) string {
	half := value
	if n := len(value); n > 16 {
		half = value[n/4 : n-n/4]
	}
	for _, form := range []struct{ name, value string }{
		{"as it is", value}, {"in part", half}, {"in hexadecimal", hex.EncodeToString([]byte(value))},
		{"in base64", base64.RawStdEncoding.EncodeToString([]byte(value))},
	} {
		if i := strings.Index(texts, form.value); i >= 0 {
			return form.name + ": " + strconv.Quote(texts[max(0, i-50):min(len(texts), i+len(form.value)+20)])
		}
	}
	if strings.Contains(lower, strings.ToLower(value)) {
		return "in another case"
	}
	return ""
}

// checkHeld checks that a dump has none of the planted values, and all ordinary ones, but for
// 1 of 100 of each: a few random keys look like words.
func checkHeld(t *testing.T, dump, manifest string) {
	t.Helper()
	planted, ordinary := noted(t, manifest)
	if len(planted) < 250 || len(ordinary) < 240 {
		t.Fatalf("got %d planted and %d ordinary values", len(planted), len(ordinary))
	}
	texts := textsOf(t, dump)
	lower := strings.ToLower(texts)
	leaks, hidden := 0, 0
	for _, v := range planted {
		if how := left(texts, lower, v.value); how != "" {
			leaks++
			t.Logf("%s: got %q in the dump, %s", v.where, v.value, how)
		}
	}
	for _, v := range ordinary {
		if !strings.Contains(texts, v.value) {
			hidden++
			t.Logf("%q isn't in the dump", v.value)
		}
	}
	t.Logf("of %d planted %d are in the dump, of %d ordinary %d aren't", len(planted), leaks, len(ordinary), hidden)
	if 100*leaks > len(planted) || 100*hidden > len(ordinary) {
		t.Error("want 1 of 100 at most")
	}
}

// TestHeld dumps the program in each way.
func TestHeld(t *testing.T) {
	needLinux(t)
	if err := buildHeld(); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(work, "held")
	t.Run("plain", func(t *testing.T) {
		dir := t.TempDir()
		manifest, dump := filepath.Join(dir, "manifest"), filepath.Join(dir, "x.dump")
		execute(t, dir, nil, program, manifest, "plain", dump)
		planted, ordinary := noted(t, manifest)
		texts := textsOf(t, dump)
		for _, v := range slices.Concat(planted, ordinary) {
			if left(texts, "", v.value) == "" && !slices.Contains(unreachable, v.where) {
				t.Errorf("%s: %q isn't in a dump without rules: it was never there", v.where, v.value)
			}
		}
	})
	t.Run("OnPanic", func(t *testing.T) {
		dir := t.TempDir()
		manifest, dump := filepath.Join(dir, "manifest"), filepath.Join(dir, "x.dump")
		execute(t, dir, nil, program, manifest, "panic", dump)
		checkHeld(t, dump, manifest)
	})
	t.Run("run", func(t *testing.T) {
		manifest := filepath.Join(t.TempDir(), "manifest")
		got, dumps := watch(t, nil, program, manifest, "crash")
		if len(dumps) != 1 {
			t.Fatalf("got %d dumps, want 1: %+v", len(dumps), got)
		}
		checkHeld(t, dumps[0], manifest)
	})
	t.Run("hide", func(t *testing.T) { // as the program's own Config says
		manifest := filepath.Join(t.TempDir(), "manifest")
		got, dumps := watch(t, nil, program, manifest, "hide")
		if len(dumps) != 1 {
			t.Fatalf("got %d dumps, want 1: %+v", len(dumps), got)
		}
		_, ordinary := noted(t, manifest)
		texts := textsOf(t, dumps[0])
		for _, v := range ordinary {
			if shown := v.value == "root-of-etcd19" || v.value == "https://etcd19.shop.internal:2379"; strings.Contains(texts, v.value) != shown {
				t.Errorf("got %q in the dump: %v, want %v", v.value, !shown, shown)
			}
		}
		if want := "the program's own Config.HideText"; !strings.Contains(texts, want) {
			t.Errorf("got no note with %q", want)
		}
	})
	t.Run("attach", func(t *testing.T) {
		dir := t.TempDir()
		manifest, dump := filepath.Join(dir, "manifest"), filepath.Join(dir, "x.dump")
		cmd := exec.Command(program, manifest, "wait")
		if _, err := cmd.StdinPipe(); err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
			t.Fatalf("got %q, %v from the program", line, err)
		}
		if _, err := coredumpy.DumpProcess(cmd.Process.Pid, coredumpy.Path(dump)); err != nil {
			t.Fatal(err)
		}
		checkHeld(t, dump, manifest)
	})
}
