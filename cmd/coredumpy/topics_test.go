package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"coredumpy"
	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
	"coredumpy/internal/notation"
	"coredumpy/internal/secrets"
)

// Each topic is listed, its title says what it is about, and a terminal shows it without
// breaking its lines.
func TestTopics(t *testing.T) {
	files, err := fs.Glob(topicTexts, "help/*.txt")
	if err != nil || len(files) != len(topics) {
		t.Errorf("got topics %q and files %q, error %v, want as many", topics, files, err)
	}
	for _, name := range topics {
		text := topicText(name)
		title := string(unicode.ToUpper(rune(name[0]))) + name[1:] + ": "
		if !strings.HasPrefix(text, title) || !strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\n\n") {
			t.Errorf("%s: got a text that begins with %.40q, want %q, and one newline at the end", name, text, title)
		}
		for n, line := range strings.Split(text, "\n") {
			if len(line) > 80 || strings.TrimRight(line, " ") != line || strings.Contains(line, "\t") {
				t.Errorf("%s:%d: got %q, want 80 columns at most, and neither tabs nor spaces at the end", name, n+1, line)
			}
		}
	}
}

// formatExamples returns the records in the topic format.
func formatExamples() (records []string) {
	for _, line := range strings.Split(topicText("format"), "\n") {
		switch {
		case strings.HasPrefix(line, `  {"`), strings.HasPrefix(line, "  [") && !strings.HasPrefix(line, "   "):
			records = append(records, line[2:])
		case strings.HasPrefix(line, "      ") && strings.ContainsRune(`"[{`, rune(line[6])) && len(records) > 0: // goes on
			records[len(records)-1] += line[6:]
		}
	}
	return records
}

// The examples make a dump without errors.
func TestFormatExamples(t *testing.T) {
	records := formatExamples()
	if !strings.Contains(topicText("format"), fmt.Sprintf("version %d.\n", corefile.Version)) {
		t.Errorf("got a text about another version than %d", corefile.Version)
	}
	f, err := corefile.Read(strings.NewReader(strings.Join(records, "\n") + "\n"))
	if err != nil {
		t.Fatalf("%v; the records are\n%s", err, strings.Join(records, "\n"))
	}
	if f.Missing() != "" {
		t.Errorf("got a dump that lacks something: %s", f.Missing())
	}
	if want := "the shop is closed until Monday"; f.Head.Message != want {
		t.Errorf("got message %q, want %q", f.Head.Message, want)
	}
	g, err := f.Goroutine(1)
	if err != nil || len(f.Goroutines()) != 1 {
		t.Fatalf("got goroutines %d and error %v, want one", f.Goroutines(), err)
	}
	if vars := g.Frames[0].Vars; vars[0].Addr != 824634793216 || vars[1].Addr != vars[0].Addr-16 {
		t.Errorf("got addresses %d and %d", vars[0].Addr, vars[1].Addr)
	}
	if known := g.Note[0].Kind == caveat.RanMeanwhile && g.Frames[0].Note.Kind == caveat.TracebackOnly &&
		g.Frames[0].Vars[0].Doubts.First() == caveat.OutOfDate; !known {
		t.Errorf("got notes %v, %v and %v", g.Note, g.Frames[0].Note, g.Frames[0].Vars[0].Doubts)
	}
	if _, err := f.Globals(); err != nil {
		t.Error(err)
	}
	if k := f.Constants(); len(k) != 1 || k[0].Name != "main.shelves" || string(k[0].Value) != "12" {
		t.Errorf("got constants %v", k)
	}
	for id, addr := range map[int]uint64{1: 824633797088, 2: 824633800000} {
		if o, err := f.Object(id); err != nil || o.Addr != addr {
			t.Errorf("object %d: got %+v and error %v, want it at %d", id, o, err, addr)
		}
	}
	if unknown := f.Unknown(); len(unknown) > 0 {
		t.Errorf("got %v", unknown)
	}
	for _, id := range f.Types() {
		if _, err := f.Type(id); err != nil {
			t.Error(err)
		}
	}
}

// The examples have every member that exists, and no other, and so has the text about the
// object form of values.
func TestFormatMembers(t *testing.T) {
	records := strings.Join(formatExamples(), "\n")
	known := map[string]bool{}
	for _, k := range []string{"coredumpy", "type", "goroutine", "global", "constant", "objects", "source", "end", "message"} {
		known[k] = true
	}
	for _, v := range []any{corefile.Head{}, corefile.Goroutine{}, corefile.Variable{}, corefile.Type{},
		corefile.Run{}, corefile.Source{}, corefile.End{}, corefile.Message{}} {
		for _, name := range jsonMembers(reflect.TypeOf(v)) {
			known[name] = true
			if !strings.Contains(records, `"`+name+`":`) {
				t.Errorf("got no example of member %q of %T", name, v)
			}
		}
	}
	for _, m := range regexp.MustCompile(`"(\w+)":`).FindAllStringSubmatch(records, -1) {
		if !known[m[1]] {
			t.Errorf("got member %q, which no record has", m[1])
		}
	}
	_, values, _ := strings.Cut(topicText("format"), "with some of these members:")
	for _, name := range jsonMembers(reflect.TypeFor[notation.Value]()) {
		if !regexp.MustCompile(`(?m)^    ([a-z]+, )*` + name + `\b`).MatchString(values) {
			t.Errorf("got no description of member %q of a value", name)
		}
	}
}

// The rules for secrets are described.
func TestRules(t *testing.T) {
	names := strings.Split(secrets.RuleNames(), ", ")
	for _, name := range append(names, string(secrets.BySecretDo), string(secrets.ByHideText)) {
		if !regexp.MustCompile(`(?m)^  ` + name + ` +\S`).MatchString(topicText("secrets")) {
			t.Errorf("got no description of the rule %s", name)
		}
	}
}

// jsonMembers returns the names of the JSON members of a struct type, and of the structs in
// it.
func jsonMembers(t reflect.Type) (names []string) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() {
		return nil
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && name != "-" {
			names = append(names, name)
		}
		if name != "-" {
			names = append(names, jsonMembers(f.Type)...)
		}
	}
	return names
}

// The topic lists exactly the settings that exist, with their defaults.
func TestConfTopic(t *testing.T) {
	text := topicText("conf")
	_, last, _ := strings.Cut(text, "can't be in the file:")
	config := reflect.ValueOf(coredumpy.Config)
	var listed []string
	for _, m := range regexp.MustCompile(`(?m)^  ([A-Z]\w+)`).FindAllStringSubmatch(text, -1) {
		listed = append(listed, m[1])
	}
	for i := range config.NumField() {
		name, value := config.Type().Field(i).Name, config.Field(i).Interface()
		if d, ok := value.(time.Duration); ok {
			value = d.String()
		}
		set, err := json.Marshal(value)
		if err != nil || config.Field(i).Kind() == reflect.Slice { // a func, or a list that is added to
			set = []byte("[]")
		}
		c := coredumpy.Config
		if err := configure(&c, fmt.Appendf(nil, `{%q: %s}`, name, set)); err != nil {
			if slices.Contains(listed, name) || !strings.Contains(last, name) {
				t.Errorf("%s: got it among the settings, want it among those that can't be in the file, as it is refused: %v", name, err)
			}
			continue
		}
		want := "\n  " + name
		if string(set) != "[]" {
			want += fmt.Sprintf(" (%s)", set)
		}
		if !strings.Contains(text, want) {
			t.Errorf("got no line with %q", want)
		}
		listed = slices.DeleteFunc(listed, func(l string) bool { return l == name })
	}
	if len(listed) > 0 {
		t.Errorf("got settings %q, which don't exist", listed)
	}
}
