package main

import (
	"fmt"
	"go/token"
	"math"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"coredumpy"
)

// How much of a dump the commands of TestRecorded look at.
const (
	chosenFrames     = 8 // of the current goroutine, those with variables
	chosenGoroutines = 3 // besides it
	chosenPerFrame   = 18
	chosenMembers    = 3 // of a struct, a map
)

// Commands for each dump, before and after those about frames.
var (
	firstCommands = []string{
		"info", "bt", "bt 2", "bt -full 3", "bt x", "bt 0", "frame", "up", "up 2", "down", "down 99", "up 99", "up", "up x", "frame 99", "frame x", "frame 0 args",
		"goroutine", "goroutines", "goroutines -v", "goroutines main", "goroutines -v chan|select", "goroutines nosuch", "goroutines -x", "goroutines [", "goroutine 99999", "goroutine x",
		"sources", "sources main", "sources [", "vars", "vars -v", "vars -v e", "vars nosuch", "vars [", "args [", "locals [", "locals nosuch", "args -v nosuch",
		"p panic", "p panic.(data)", "p *panic.(data)", "p %s panic", "whatis panic", "whatis panic.(data)",
	}
	lastCommands = []string{
		"p", "p nosuch", "whatis", "whatis nosuch.x", "p 1 +", "p 1 + 2*3", "p 1/0", "p \"a\" + 1", "p %", "p %x", "p %*d 1", "p %08b 13", "p -5 % 3", "p 1.5 * 2", "p 'x'", "p `raw`", "p !true", "p ^1", "p 1 << 70", "p 1 < 2 && \"a\" < \"b\"",
		"p f(1)", "p len(1)", "p len()", "p cap(\"x\")", "p string(65)", "p int8(300)", "p uint(-1)", "p float64(1)/3", "p []int{1}", "p func() {}", "p nil", "p nil == nil", "p true == 1", "p x.", "p (*nosuch)(0x1)", "p *(*main.T)(0x1234)", "p 1i * 1i", "p \"abc\"[1]", "p \"abc\"[1:]", "p \"abc\"[5]", "p &1", "p *1",
		"whatis 1", "whatis 1.5", "whatis \"a\"", "whatis nil", "whatis 1 == 1", "whatis 'x'", "whatis 1i",
		"foo", "continue", "break main.main", "set x = 1", "info x", "ll x", "config x", "config max-string", "config max-string x", "config max-depth -1", "list x", "list 1", "list 99999", "list nosuch.go:1", "list main.main", "list main.go:1", "list :",
		"# a comment", "config", "config max-string 5", "config max-array-values 2", "config max-depth 0", "config", "args", "locals", "locals -v", "info",
	}
	texts = []string{"", "b", "help go", "p ", "p pan", "p len(", "p nosuch.", "frame 0 p "}
)

// chooser gathers commands.
type chooser struct {
	commands []string
	types    map[string]bool // types with a value that has been looked at closely
}

func (c *chooser) add(format string, args ...any) {
	c.commands = append(c.commands, "> "+fmt.Sprintf(format, args...))
}

// dumpCommands returns commands for all that is in a dump.
func dumpCommands(t *testing.T, dump string) []string {
	core, err := coredumpy.Open(dump)
	if err != nil {
		t.Fatal(err)
	}
	c := &chooser{types: map[string]bool{}}
	c.commands = append(c.commands, "$ session")
	for _, command := range firstCommands {
		c.add("%s", command)
	}
	most := chosenFrames
	if dump == "values-older.dump" || dump == "truncated.dump" { // much is as in another dump
		most = 3
	}
	c.goroutines(core, most)
	c.globals(core)
	for _, text := range texts {
		c.commands = append(c.commands, "?> "+text)
	}
	for _, command := range lastCommands {
		c.add("%s", command)
	}
	more, _ := os.ReadFile("src/" + strings.TrimSuffix(dump, ".dump") + ".txt") // if it exists
	for line := range strings.Lines(string(more)) {
		c.add("%s", strings.TrimSpace(line))
	}
	if dump == "shop.dump" { // they don't depend on the dump
		c.add("help")
		c.add("help nosuch")
		for name := range strings.FieldsSeq("bt frame up down goroutines goroutine args locals vars p whatis list ll sources info config quit help") {
			c.add("help %s", name)
		}
	}
	c.commands = append(c.commands, "$ session color", "> bt 3", "> frame", "> goroutines", "> list", "> quit",
		"$ coredumpy peek "+dump, "$ coredumpy peek -json "+dump,
		"$ coredumpy load -c bt -c nosuch -c \"p panic\" "+dump, "$ coredumpy load -src src -c \"frame 1\" "+dump)
	return c.commands
}

// goroutines adds commands for the first goroutines, and for most frames of the first.
func (c *chooser) goroutines(core *coredumpy.Core, most int) {
	for i, id := range core.Goroutines() {
		if i > chosenGoroutines {
			break
		}
		g, err := core.Goroutine(id)
		c.add("goroutine %d", id)
		if err != nil {
			continue
		}
		if i > 0 {
			c.add("goroutine %d args -v", id)
			c.add("bt -full 2")
		}
		frames := 0
		for n := range g.Frames {
			f := &g.Frames[n]
			if len(f.Vars) == 0 && n > 0 {
				continue
			}
			if frames++; frames > most || i > 0 && frames > 2 {
				break
			}
			c.frame(n, f)
		}
	}
	if ids := core.Goroutines(); len(ids) > 0 {
		c.add("goroutine %d", ids[0])
	}
}

// globals adds commands for the package-level variables.
func (c *chooser) globals(core *coredumpy.Core) {
	globals, _ := core.Globals()
	for i := range globals {
		name := globals[i].Name
		if slash := strings.LastIndexByte(name, '/'); slash >= 0 {
			c.add("p %s", name[slash+1:])
			dot := slash + strings.IndexByte(name[slash:], '.')
			name = strconv.Quote(name[:dot]) + name[dot:]
		}
		if i < chosenPerFrame && enterable(name) {
			c.value(name, globals[i].Value)
		}
	}
}

// enterable reports whether a command can hold a name.
func enterable(name string) bool {
	for _, r := range name {
		if r < ' ' || r > '~' {
			return false
		}
	}
	return true
}

// frame adds commands about a frame and its variables.
func (c *chooser) frame(n int, f *coredumpy.Frame) {
	for _, command := range []string{"frame %d", "frame %d args -v"} {
		c.add(command, n)
	}
	for _, command := range []string{"args", "locals", "locals -v", "locals ^[s-z]", "list", "list", "list -",
		"list +", "list .", "ll"} {
		c.add("%s", command)
	}
	vars := 0
	for i := range f.Vars {
		name := f.Vars[i].Name
		if !token.IsIdentifier(name) || name == "_" {
			continue
		}
		if vars++; vars > chosenPerFrame {
			break
		}
		c.value(name, f.Vars[i].Value)
	}
}

// value adds commands about a value: many if it is the first of its type.
func (c *chooser) value(x string, v coredumpy.Value) {
	c.add("p %s", x)
	typ := v.Type().String()
	if c.types[typ] && v.Valid() {
		return
	}
	c.types[typ] = true
	c.add("whatis %s", x)
	c.add("whatis &%s", x)
	c.add("p &%s", x)
	c.add("p %s == %s", x, x)
	c.add("p %%x %s", x)
	c.add("p %%q %s", x)
	c.add("p %s.nosuch", x)
	c.add("p %s[0]", x)
	c.add("p len(%s)", x)
	c.add("p *%s", x)
	if !v.Valid() {
		return
	}
	c.members(x, v)
}

// members adds commands about what is in a value.
func (c *chooser) members(x string, v coredumpy.Value) {
	switch k := v.Kind(); k {
	case reflect.Bool:
		c.add("p !%s || %s", x, x)
	case reflect.Struct:
		c.fields(x, v.Type())
	case reflect.Pointer:
		c.add("p *&%s", x)
		c.add("p %s == nil", x)
		if !v.IsNil() && enterable(v.Type().String()) {
			shown := fmt.Sprintf("(%s)(%#x)", v.Type(), v.Pointer())
			if strings.Contains(v.Type().String(), "/") {
				shown = fmt.Sprintf("(%q)(%#x)", v.Type(), v.Pointer())
			}
			c.add("p %s", shown)
			c.add("p *%s", shown)
			c.add("p %s.nosuch", shown)
		}
		if t := v.Type().Elem(); t.Kind() == reflect.Struct {
			c.fields(x, t)
		}
	case reflect.Interface:
		c.add("p %s.(data)", x)
		c.add("p %s.(int)", x)
		c.add("p %s == nil", x)
		if e := v.Elem(); e.Valid() && enterable(e.Type().String()) && !strings.ContainsAny(e.Type().String(), "/ ") {
			c.add("p %s.(%s)", x, e.Type())
			c.add("whatis %s.(%s)", x, e.Type())
			c.add("p *%s.(data)", x)
		}
	case reflect.Map:
		for i := range min(v.Stored(), chosenMembers) {
			key, _ := v.Entry(i)
			if text := keyOf(key); text != "" {
				c.add("p %s[%s]", x, text)
			}
		}
		for _, form := range []string{`p %s["nosuch"]`, "p %s[7]", "p %s[1:]", "p %s[1:2]", "p %s[nil]",
			"p %s[1.5]", "p %s[true]", "p %s[%[1]s]", "p %s[&%[1]s]", "p %s == nil"} {
			c.add(form, x)
		}
	case reflect.Slice, reflect.Array, reflect.String:
		for _, form := range []string{"p %s[1:]", "p %s[:1]", "p %s[1:2]", "p %s[-1]", "p %s[99999]", "p %s[2:1]",
			"p %s[1.5]", "p cap(%s)", "p &%s[0]", "p %s < %[1]s", "p %%s %s", "p []byte(%s)", "p string(%s)",
			"whatis %s[0]", "p %s + %[1]s"} {
			c.add(form, x)
		}
		if k != reflect.String && v.Type().Elem().Kind() == reflect.Struct {
			c.fields(x+"[0]", v.Type().Elem())
		}
	case reflect.Chan, reflect.Func:
		c.add("p cap(%s)", x)
		c.add("p %s == nil", x)
	default:
		for _, form := range []string{"p %s + 1", "p -%s", "p %s * 2 / 3", "p %s %% 2", "p %s << 2", "p %s &^ 1",
			"p %s / 0", "p %s < 3", "p %s == 1.5", "p int8(%s)", "p float32(%s)", "p string(%s)", "p %%d %s",
			"p %%08b %s", "p %%.2f %s", "p %%v %s", "whatis %s + 1", "p %s == nil", "p %s + \"a\""} {
			c.add(form, x)
		}
	}
}

// fields adds commands about fields of a struct.
func (c *chooser) fields(x string, t *coredumpy.Type) {
	c.commands = append(c.commands, "?> p "+x+".")
	for i := range min(t.NumField(), chosenMembers) {
		if name, _, _ := t.Field(i); token.IsIdentifier(name) && name != "_" {
			c.add("p %s.%s", x, name)
			c.add("whatis %s.%s", x, name)
			c.add("p &%s.%s", x, name)
		}
	}
}

// keyOf returns how a key of a map is written, "" if it can't be.
func keyOf(key coredumpy.Value) string {
	switch k := key.Kind(); {
	case !key.Valid():
	case k == reflect.String:
		if text, ok := key.Text(); ok && !key.Redacted() {
			return strconv.QuoteToASCII(text)
		}
	case k == reflect.Bool:
		return strconv.FormatBool(key.Bool())
	case k >= reflect.Int && k <= reflect.Int64:
		return strconv.FormatInt(key.Int(), 10)
	case k >= reflect.Uint && k <= reflect.Uintptr:
		return strconv.FormatUint(key.Uint(), 10)
	case (k == reflect.Float32 || k == reflect.Float64) && !math.IsNaN(key.Float()) && !math.IsInf(key.Float(), 0):
		return strconv.FormatFloat(key.Float(), 'g', -1, 64)
	}
	return ""
}

// plainCommands returns commands that aren't about one dump. None of them prints messages of
// the system, or runs the go command.
func plainCommands() (chosen []string) {
	chosen = append(chosen, "$ coredumpy", "$ coredumpy help", "$ coredumpy nosuch", "$ coredumpy laod", "$ coredumpy help nosuch", "$ coredumpy zoo.dump")
	for _, c := range commands {
		chosen = append(chosen, "$ coredumpy help "+c.name)
	}
	for _, name := range []string{"load", "peek", "attach", "run"} {
		chosen = append(chosen, "$ coredumpy "+name+" -nosuch", "$ coredumpy "+name+" -h")
	}
	return append(chosen, "$ coredumpy load", "$ coredumpy load zoo.dump zoo.dump",
		"$ coredumpy load nosuch.dump", "$ coredumpy load .", "$ coredumpy load README.md",
		"$ coredumpy peek", "$ coredumpy peek nosuch.dump README.md zoo.dump", "$ coredumpy peek src", "$ coredumpy peek -json zoo.dump labels.dump",
		"$ coredumpy attach", "$ coredumpy attach x", "$ coredumpy attach -depth x 1", "$ coredumpy attach -path x -dir y 1", "$ coredumpy run")
}
