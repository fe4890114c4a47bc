package crashtest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// These tests crash programs whose coredumpy looks for the runtime as it might
// be in a later version of Go: an overlay makes package target add an underscore
// to the names in a list, and take 8 from the offsets. To the reader that is a
// runtime with other names, and with fields elsewhere. layoutEnv is the list, or
// its number in layouts: longer texts of the environment are redacted in dumps.

const layoutEnv = "COREDUMPY_LAYOUT"

// layoutCode is added to package target.
const layoutCode = `package target

import ("os"; "slices"; "strconv"; "strings")

var layoutChanges = func() []string {
	changes := os.Getenv("` + layoutEnv + `")
	if i, err := strconv.Atoi(changes); err == nil {
		changes = layouts[i]
	}
	return strings.Split(changes, ",")
}()

func layoutName(name string) string {
	if slices.Contains(layoutChanges, name) {
		return name + "_"
	}
	return name
}

func layoutNumber(name string, n int) int {
	if slices.Contains(layoutChanges, name) {
		return n - 8
	}
	return n
}
`

var (
	layoutField  = regexp.MustCompile(`\.StructField\(([^,]+), (.+?)\)(; |\n)`)
	layoutGlobal = regexp.MustCompile(`\.Global\(([^()]+)\)`)
	layoutConst  = regexp.MustCompile(`(?m)^\t(rtypeStr|structFields|mapKey|chanBuf|chanRecvX|mapDirLen|mapDirPtr|lastMinor) +(?:int = |= )(\d+).*\n`)
)

// layoutOverlay returns the flag that builds programs so.
func layoutOverlay(t *testing.T) string {
	t.Helper()
	target, err := filepath.Abs("../target")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(target, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	dir, replace := t.TempDir(), map[string]string{}
	put := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[filepath.Join(target, name)] = path
	}
	added, names, places := layoutCode+"\nvar layouts = []string{\n", 0, 0
	for _, l := range layouts {
		added += strconv.Quote(l.changes) + ",\n"
	}
	added += "}\n"
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text := string(b)
		names += len(layoutField.FindAllString(text, -1)) + len(layoutGlobal.FindAllString(text, -1))
		text = layoutField.ReplaceAllString(text, ".StructField($1, layoutName($2))$3")
		text = layoutGlobal.ReplaceAllString(text, ".Global(layoutName($1))")
		for _, m := range layoutConst.FindAllStringSubmatch(text, -1) {
			places++
			added += "\nvar " + m[1] + " = " + layoutType(m[1]) + `(layoutNumber("` + m[1] + `", ` + m[2] + "))\n"
		}
		text = layoutConst.ReplaceAllString(text, "")
		put(filepath.Base(f), text)
	}
	if names < 16 || places != 8 {
		t.Fatalf("got %d names and %d places to change, want at least 16 and 8", names, places)
	}
	put("layout.go", added)
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return "-overlay=" + path
}

func layoutType(name string) string {
	if name == "lastMinor" {
		return "int"
	}
	return "uint64"
}

// layouts are the changes, with what the dump must note and the reason that
// values may give instead of being there.
var layouts = []struct {
	changes, note string
	reason        string // "" if every value must be there
	bare          bool   // no variables at all
}{
	{changes: "none"},

	{changes: "runtime.allgs", note: "no local variables: goroutines: no variable runtime.allgs", bare: true},
	{changes: "goid", note: "no local variables: goroutines: runtime.g not recognised: no field goid", bare: true},
	{changes: "sched", note: "no local variables: goroutines: runtime.g not recognised: no field sched", bare: true},
	{changes: "runtime.mheap_", note: "no local variables: goroutines: no variable runtime.mheap_", bare: true},
	{changes: "elemsize", note: "no local variables: goroutines: runtime.mspan not recognised: no field elemsize", bare: true},

	{changes: "waitreason,waitsince", note: "runtime.g not recognised: no field waitreason", reason: "^got .*waiting"},
	{changes: "parentGoid,gopc,startpc,labels,m,lr", note: "runtime.g not recognised: no field labels"},
	{changes: "gofunc", note: "which variables are still used isn't known: runtime.moduledata not recognised: no field gofunc"},
	{changes: "runtime.firstmoduledata", note: "which variables are still used isn't known: no variable runtime.firstmoduledata"},
	{changes: "runtime.memstats,runtime.sched,runtime.waitReasonStrings,runtime.runtimeInitTime", reason: "^got .*waiting"},

	{changes: "chanBuf", note: "channel layout not recognised", reason: "channel layout not recognised"},
	{changes: "chanRecvX", note: "channel layout not recognised", reason: "channel layout not recognised"},
	{changes: "mapDirLen", note: "map layout not recognised", reason: "map layout not recognised"},
	{changes: "mapDirPtr", note: "map layout not recognised", reason: "map layout not recognised"},
	{changes: "rtypeStr", note: "type descriptors not recognised", reason: `type descriptors not recognised|sync\.Map \[\] \(unreadable type not known`},
	{changes: "structFields", note: "type descriptors not recognised", reason: `type descriptors not recognised|sync\.Map \[\] \(unreadable type not known`},
	{changes: "mapKey", note: "type descriptors not recognised", reason: `type descriptors not recognised|sync\.Map \[\] \(unreadable type not known`},

	{changes: "lastMinor", note: "who waits for a channel aren't known in", reason: "0 receivers|0 senders"},
}

func TestUnknownLayout(t *testing.T) {
	longtest.Skip(t)
	var programs []*program
	for _, name := range []string{"states", "zoo"} {
		p, err := readProgram(name)
		if err != nil {
			t.Fatal(err)
		}
		programs = append(programs, p)
	}
	m := &mode{flags: []string{debugInfo}}
	dir := buildAll(t, m, programs, layoutOverlay(t))
	for i, l := range layouts {
		t.Run(l.changes, func(t *testing.T) {
			t.Setenv(layoutEnv, strconv.Itoa(i))
			for _, p := range programs {
				o := runProgram(t, filepath.Join(dir, p.name))
				checkOutcome(t, p, o)
				for _, path := range o.dumps {
					core, err := coredumpy.Open(path)
					if err != nil {
						t.Fatal(err)
					}
					notes := strings.Join(slices.DeleteFunc(core.Head().Notes, func(s string) bool { return strings.HasPrefix(s, "goroutines that ran") }), "\n")
					if !strings.Contains(notes, l.note) || l.note == "" && notes != "" {
						t.Errorf("%s: got notes %q, want %q", p.name, notes, l.note)
					}
					if l.bare {
						p = withoutVariables(p)
					}
					checkDegraded(t, p, core, l.reason)
				}
			}
		})
	}
}

// checkDegraded holds a dump against the facts of a program. Values may be
// missing for the given reason, but none may be wrong.
func checkDegraded(t *testing.T, p *program, core *coredumpy.Core, reason string) {
	t.Helper()
	c, err := newChecker(core, true)
	if err != nil {
		t.Fatal(err)
	}
	right, missing := 0, 0
	for _, f := range p.facts {
		switch err := c.fact(&f); {
		case err == nil:
			right++
		case reason != "" && regexp.MustCompile(reason).MatchString(err.Error()):
			missing++
		default:
			t.Errorf("%s: want%s %s %s: %v", f.pos, dash(f.kind), f.fn, f.expr, err)
		}
	}
	t.Logf("%s: %d facts right, %d without a value", p.name, right, missing)
	if right == 0 {
		t.Errorf("%s: got nothing right", p.name)
	}
}
