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

// These tests crash programs whose coredumpy looks for the runtime as it might be in a
// later version of Go: an overlay makes packages gotypes and target add an underscore to the names in
// a list, and 8 to the numbers. To the reader that is a runtime with other names, and
// with fields in other places than it expects without debug information. layoutEnv is the
// list, or its index in layouts: longer texts in the environment are redacted in dumps.

const layoutEnv = "COREDUMPY_LAYOUT"

// laterVersion is a flag of the linker that makes programs of an unknown version of Go.
// It turns nothing off.
const laterVersion = "-X=runtime.buildVersion=go1.99"

// layoutRooms are the packages that read the runtime's structs.
var layoutRooms = []string{"gotypes", "target"}

// layoutCode is added to these packages.
const layoutCode = `
import ("os"; "slices"; "strconv"; "strings")

var layoutChanges = func() []string {
	changes := os.Getenv("` + layoutEnv + `")
	if i, err := strconv.Atoi(changes); err == nil {
		changes = layoutLists[i]
	}
	return strings.Split(changes, ",")
}()

func layoutName(name string) string {
	if slices.Contains(layoutChanges, name) {
		return name + "_"
	}
	return name
}

func layoutNumber(name string, n uint64) uint64 {
	if slices.Contains(layoutChanges, name) {
		return n + 8
	}
	return n
}
`

var (
	layoutField  = regexp.MustCompile(`\.StructField\(([^,]+), (.+?)\)(; |\n)`)
	layoutGlobal = regexp.MustCompile(`\.Global\(([^()]+)\)`)
	layoutKnown  = regexp.MustCompile(`(?s)func new(\w+)Layout\(\).*?\n}\n`)
	layoutNumber = regexp.MustCompile(`(\w+): (\d+)\b`)
)

// layoutOverlay returns the flag that builds programs with layoutCode.
func layoutOverlay(t *testing.T) string {
	t.Helper()
	added, names, places := layoutCode+"\nvar layoutLists = []string{\n", 0, 0
	for _, l := range slices.Concat(layouts, strippedLayouts) {
		added += strconv.Quote(l.changes) + ",\n"
	}
	added += "}\n"
	dir, replace := t.TempDir(), map[string]string{}
	for _, room := range layoutRooms {
		source, err := filepath.Abs("../" + room)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(dir, room), 0o700); err != nil {
			t.Fatal(err)
		}
		put := func(name, text string) {
			path := filepath.Join(dir, room, name)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			replace[filepath.Join(source, name)] = path
		}
		files, err := filepath.Glob(filepath.Join(source, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			text, inNames, inPlaces := changeable(string(b))
			names, places = names+inNames, places+inPlaces
			put(filepath.Base(f), text)
		}
		put("zlayout.go", "package "+room+"\n"+added)
	}
	if names < 16 || places < 60 {
		t.Fatalf("got %d names and %d numbers to change, want at least 16 and 60", names, places)
	}
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

// changeable returns the text of a file in which layoutCode changes names and numbers, and
// how many of both there are.
func changeable(text string) (changed string, names, places int) {
	names = len(layoutField.FindAllString(text, -1)) + len(layoutGlobal.FindAllString(text, -1))
	text = layoutField.ReplaceAllString(text, ".StructField($1, layoutName($2))$3")
	text = layoutGlobal.ReplaceAllString(text, ".Global(layoutName($1))")
	text = layoutKnown.ReplaceAllStringFunc(text, func(function string) string {
		subject := layoutKnown.FindStringSubmatch(function)[1]
		places += len(layoutNumber.FindAllString(function, -1))
		return layoutNumber.ReplaceAllString(function, `$1: layoutNumber("`+subject+`.$1", $2)`)
	})
	return text, names, places
}

// layout is a list of changes, with what the dump must note and the reason that values
// may give instead of being there.
type layout struct {
	changes, note string
	reason        string // "" if every value must be there
	bare          bool   // no variables at all
}

var layouts = []layout{
	{changes: "none"},

	{changes: "runtime.allgs", note: "no local variables: goroutines: no variable runtime.allgs", bare: true},
	{changes: "goid", note: "no local variables: goroutines: runtime.g not recognised: no field goid", bare: true},
	{changes: "sched", note: "no local variables: goroutines: runtime.g not recognised: no field sched", bare: true},

	{changes: "syscallsp", note: "runtime.g not recognised: no field syscallsp",
		reason: "want syscall|no frame of this function"},
	{changes: "waitreason,waitsince", note: "runtime.g not recognised: no field waitreason", reason: "^got .*waiting"},
	{changes: "parentGoid,gopc,startpc,labels,m,lr", note: "runtime.g not recognised: no field labels"},
	{changes: "gofunc",
		note: "which variables are still used isn't known: runtime.moduledata not recognised: no field gofunc"},
	{changes: "runtime.firstmoduledata",
		note: "which variables are still used isn't known: no variable runtime.firstmoduledata"},
	{changes: "nfuncdata",
		note: "which variables are still used isn't known: runtime._func not recognised: no field nfuncdata"},
	{changes: "bytedata",
		note: "which variables are still used isn't known: runtime.stackmap not recognised: no field bytedata"},
	{changes: "runtime.memstats,runtime.sched,runtime.waitReasonStrings,runtime.runtimeInitTime",
		reason: "^got .*waiting"},
	{changes: "runtime.mheap_", note: "which memory is in use isn't known: no variable runtime.mheap_"},
	{changes: "npages", note: "which memory is in use isn't known: runtime.mspan not recognised: no field npages"},

	{changes: "dataqsiz", note: "runtime.hchan not recognised: no field dataqsiz",
		reason: "runtime.hchan not recognised"},
	{changes: "next", note: "who waits for a channel isn't known: runtime.sudog not recognised: no field next",
		reason: "0 receivers|0 senders"},
	{changes: "dirLen", note: "internal/runtime/maps.Map not recognised: no field dirLen",
		reason: "maps.Map not recognised"},
	{changes: "lengthMask", note: "internal/runtime/maps.groupsReference not recognised: no field lengthMask",
		reason: "maps.groupsReference not recognised"},
	{changes: "Str", note: "internal/abi.Type not recognised: no field Str",
		reason: `abi.Type not recognised|sync\.Map \[\] \(unreadable type not known`},
	{changes: "PkgPath", note: "not recognised: no field PkgPath",
		reason: `not recognised: no field PkgPath|sync\.Map \[\] \(unreadable type not known`},
	{changes: "Group", note: "internal/abi.MapType not recognised: no field Group",
		reason: `abi.MapType not recognised|sync\.Map \[\] \(unreadable type not known`},

	// Debug information has the numbers.
	{changes: "Chan.buf,Chan.recvx,Maps.dirLen,Maps.dirPtr,Type.str,Type.structFields,Type.mapKey,Type.mapped,Table.nFuncData,Table.fdLocals,State.waiting"},
}

// strippedLayouts are changes for reading a program without debug information. Only
// values of our own show that they are wrong.
var strippedLayouts = []layout{
	{changes: "none"},
	{changes: "Type.mapped,Type.structure,Type.function"}, // found by looking
	{changes: "Chan.buf", note: "channel layout not recognised", reason: "channel layout not recognised"},
	{changes: "Chan.recvx", note: "channel layout not recognised", reason: "channel layout not recognised"},
	{changes: "Maps.dirLen", note: "map layout not recognised", reason: "map layout not recognised"},
	{changes: "Maps.dirPtr", note: "map layout not recognised", reason: "map layout not recognised"},
	{changes: "Type.str", note: "type descriptors not recognised", reason: "type descriptors not recognised"},
	{changes: "Type.structFields", note: "type descriptors not recognised", reason: "type descriptors not recognised"},
	{changes: "Type.mapKey", note: "type descriptors not recognised", reason: "type descriptors not recognised"},
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
	overlay := layoutOverlay(t)
	dir := buildAll(t, &mode{flags: []string{debugInfo, "-ldflags=" + laterVersion}}, programs, overlay)
	for i, l := range layouts {
		t.Run(l.changes, func(t *testing.T) { checkLayout(t, dir, programs, i, l, "goroutines that ran") })
	}
	dir = buildAll(t, &mode{flags: []string{"-ldflags=-w " + laterVersion}}, programs, overlay)
	for i, l := range strippedLayouts {
		l.bare = true
		t.Run("stripped "+l.changes, func(t *testing.T) {
			checkLayout(t, dir, programs, len(layouts)+i, l, "no local variables: ")
		})
	}
}

// checkLayout runs the programs in dir with a change and looks at their dumps, which may
// also have a note that begins with besides.
func checkLayout(t *testing.T, dir string, programs []*program, i int, l layout, besides string) {
	t.Setenv(layoutEnv, strconv.Itoa(i))
	for _, p := range programs {
		o := runProgram(t, filepath.Join(dir, p.name))
		checkOutcome(t, p, o)
		for _, path := range o.dumps {
			core, err := coredumpy.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			if got := core.Head().GoVersion; got != "go1.99" {
				t.Errorf("%s: got version %q, want go1.99", p.name, got)
			}
			notes := strings.Join(slices.DeleteFunc(core.Head().Notes,
				func(s string) bool { return strings.HasPrefix(s, besides) }), "\n")
			if !strings.Contains(notes, l.note) || l.note == "" && notes != "" {
				t.Errorf("%s: got notes %q, want %q", p.name, notes, l.note)
			}
			if l.bare {
				p = withoutVariables(p)
			}
			checkDegraded(t, p, core, l.reason)
		}
	}
}

// checkDegraded compares a dump with the facts about a program. Values may be missing for
// the given reason, but none may be wrong.
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
		t.Errorf("%s: got no fact right", p.name)
	}
}
