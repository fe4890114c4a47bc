package crashtest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// othersLayouts are changes with which another process is read.
var othersLayouts = []struct {
	changes, note string
	reason        string // "" if every value must be there
	frames        bool
}{
	{changes: "none", frames: true},
	{changes: "goid", note: "no local variables: goroutines: runtime.g not recognised: no field goid"},
	{changes: "runtime.allgs", note: "no local variables: goroutines: no variable runtime.allgs"},
	{changes: "m", note: "runtime.g not recognised: no field m", frames: true},
	{changes: "types", note: "runtime.moduledata not recognised: no field types", reason: "no value", frames: true},
	{changes: "dirLen", note: "internal/runtime/maps.Map not recognised: no field dirLen",
		reason: "maps.Map not recognised", frames: true},
	{changes: "runtime.mheap_", note: "which memory is in use isn't known: no variable runtime.mheap_", frames: true},
	{changes: "Maps.dirLen,Type.str,Type.mapped,Chan.buf", frames: true}, // debug information has the numbers
	{changes: "runtime.firstmoduledata", note: "no variable runtime.firstmoduledata", frames: true},
}

func TestUnknownLayoutOfAnother(t *testing.T) {
	longtest.Skip(t)
	dir := t.TempDir()
	cmd := exec.Command("go", "build", debugInfo, "-ldflags="+laterVersion, layoutOverlay(t), "-o", dir,
		"./cmd/coredumpy", "./testdata/attach")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	server := exec.Command(filepath.Join(dir, "attach"), "1")
	in, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer server.Wait()
	defer in.Close()
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("got %q, %v from the server", line, err)
	}
	for _, l := range othersLayouts {
		t.Run(l.changes, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.dump")
			attach := exec.Command(filepath.Join(dir, "coredumpy"), "attach", "-path", path,
				strconv.Itoa(server.Process.Pid))
			attach.Env = append(os.Environ(), layoutEnv+"="+l.changes)
			if out, err := attach.CombinedOutput(); err != nil {
				t.Fatalf("attach: %v\n%s", err, out)
			}
			core, err := coredumpy.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			if notes := strings.Join(core.Head().Notes, "\n"); !strings.Contains(notes, l.note) ||
				l.note == "" && notes != "" {
				t.Errorf("got notes %q, want %q", notes, l.note)
			}
			checkOther(t, core, l.reason, l.frames)
		})
	}
}

// checkOther looks at the waiting goroutines of testdata/attach. If there are no frames,
// there must be none of the reading process either.
func checkOther(t *testing.T, core *coredumpy.Core, reason string, frames bool) {
	t.Helper()
	c, err := newChecker(core, true)
	if err != nil {
		t.Fatal(err)
	}
	parked := 0
	for _, g := range c.all {
		if !frames && (len(g.Frames) > 0 || g.Note == "") {
			t.Errorf("goroutine %d: got %d frames and note %q, want none and a reason", g.ID, len(g.Frames), g.Note)
		}
		for i := range g.Frames {
			f := &g.Frames[i]
			if f.Func != "main.park" {
				continue
			}
			parked++
			n, err := c.show(c.scope(f), "w.N")
			if err != nil {
				t.Fatal(err)
			}
			k, _ := strconv.Atoi(n)
			for expr, want := range map[string]string{"square": fmt.Sprint(k * k),
				"w.Name": strconv.Quote("worker " + n), `w.Tags["n"]`: n, "len(list)": "3"} {
				got, err := c.show(c.scope(f), expr)
				if err != nil && reason != "" && regexp.MustCompile(reason).MatchString(err.Error()) {
					continue
				}
				if err != nil || got != want {
					t.Errorf("got %s = %s and error %v, want %s", expr, got, err, want)
				}
			}
		}
	}
	if frames && parked != 100 {
		t.Errorf("got %d goroutines that wait, want 100", parked)
	}
	if got, err := c.show(c.scope(&coredumpy.Frame{Package: "main"}), "len(heap)"); err != nil || got != "1024" {
		t.Errorf("got len(heap) = %s and error %v, want 1024", got, err)
	}
}
