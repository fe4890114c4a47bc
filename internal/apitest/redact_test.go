package apitest

import (
	"bytes"
	"container/list"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"coredumpy"
)

// places holds a text in many places, beside ordinary texts.
type places struct {
	Near       string
	Field      string
	unexported string
	embedded
	Pointer     *string
	Twice       **string
	Value       any
	InMap       map[string]string
	Key         map[string]int
	KeyInStruct map[embedded]bool
	Anys        map[any]any
	Slice       []string
	Array       [2]string
	Bytes       []byte
	ArrayBytes  [700]byte
	Binary      []byte // not UTF-8
	Int8s       []int8
	Runes       []rune
	ManyRunes   []rune // more than are kept
	OddRunes    []rune // some aren't characters
	ArrayRunes  [700]rune
	NamedRunes  []char
	Raw         json.RawMessage
	Buffer      bytes.Buffer
	Builder     strings.Builder
	Errors      error
	Joined      error
	Channel     chan string
	List        *list.List
	Context     context.Context
	Named       text
	Struct      any
	Error       *failure
	Far         string
}

type (
	embedded struct{ inner string }
	text     string
	char     rune
	failure  struct {
		why string
		err error
	}
)

func (f *failure) Error() string { return f.why }

func fill(s string) *places {
	const near = "near the end"
	p := &places{
		Near: "near the start", Field: s, unexported: s, embedded: embedded{s}, Pointer: &s, Value: s,
		InMap: map[string]string{"near the element": s}, Key: map[string]int{s: 421337},
		KeyInStruct: map[embedded]bool{{s}: true}, Anys: map[any]any{"a": s, 2: []any{s, 'x'}, embedded{s}: &s},
		Slice: []string{"near the item", s}, Array: [2]string{s, "near the array"},
		Bytes: []byte(s), Binary: []byte("\xff\xfe near binary " + s), Runes: []rune(s),
		OddRunes: append([]rune{0, -1, 0x110000}, []rune(s)...), NamedRunes: []char(s),
		ManyRunes: append(slices.Repeat([]rune{'.'}, 9_990), []rune(s)...),
		Raw:       json.RawMessage(s), Named: text(s), Struct: struct{ A, B any }{s, &s},
		Errors:  fmt.Errorf("near the wrapper: %w", &failure{s, errors.New(s)}),
		Joined:  errors.Join(errors.New("near the joined"), errors.New(s)),
		Channel: make(chan string, 3), List: list.New(), Error: &failure{why: s}, Far: near,
	}
	p.Twice = &p.Pointer
	copy(p.ArrayBytes[9:], s)
	copy(p.ArrayRunes[9:], []rune(s))
	for _, b := range []byte(s) {
		p.Int8s = append(p.Int8s, int8(b))
	}
	p.Buffer.WriteString(s)
	p.Builder.WriteString(s)
	p.Channel <- "near the queue"
	p.Channel <- s
	p.List.PushBack(s)
	type key string
	p.Context = context.WithValue(context.Background(), key("near the context"), s)
	return p
}

var neighbours = []string{"near the start", "near the element", "421337", "near the item", "near the array",
	" near binary ",
	"near the wrapper", "near the joined", "near the queue", "near the context", "near the end", "near the description"}

func withPattern(c *coredumpy.Configuration) {
	c.SecretPatterns = append(slices.Clone(c.SecretPatterns), regexp.MustCompile(`tick-[0-9]{6,}`))
}

// Each rule is tried in each place of a value, in panic text and in the description.
func TestRedact(t *testing.T) {
	for _, p := range plantings() {
		t.Run(p.rule, func(t *testing.T) {
			p.setup(t)
			config(t, withPattern)
			d, _ := crash(t, func() { panic("near the panic " + p.text) }, coredumpy.Var("places", fill(p.text)),
				coredumpy.Var("alone", p.text), coredumpy.Description("near the description "+p.text))
			d.wantHidden(t, p.secret)
			d.wantText(t, append(neighbours, p.keep...)...)
			if got := d.Head().Message; !strings.HasPrefix(got, "near the panic ") || !strings.Contains(got, mask) {
				t.Errorf("got message %q, want the panic's text with %s", got, mask)
			}
			v := d.given(t, "alone")
			if text, _ := v.Text(); !v.Redacted() || !strings.Contains(text, mask) {
				t.Errorf("got %s, redacted %v, want %s in it", show(v), v.Redacted(), mask)
			}
			if v := d.given(t, "places").Elem().Field(0); v.Redacted() || show(v) != `"near the start"` {
				t.Errorf("got %s, redacted %v, want the neighbour as it is", show(v), v.Redacted())
			}
		})
	}
}

const mask = "***redacted***"

// A value with a secret's name is hidden whatever it looks like, and so is the same text
// elsewhere.
func TestHideNamed(t *testing.T) {
	noVariables(t)
	pin := 19_283_746
	s := "blue-Giraffe 7" // only its name makes it a secret
	type login struct {
		User     string
		Password string
		PIN      int
		apiKeys  []string
		Secret   *string
		Key      struct{ PrivateKey []byte }
		APIKey   any
		Auth     embedded
	}
	type pair struct{ Name, Value string }
	for name, value := range map[string]any{
		"login":    &login{User: "bob", Password: s},
		"keys":     login{User: "bob", apiKeys: []string{"bob", s}},
		"pointer":  login{User: "bob", Secret: &s},
		"nested":   login{User: "bob", Key: struct{ PrivateKey []byte }{[]byte(s)}},
		"any":      login{User: "bob", APIKey: s},
		"header":   textproto.MIMEHeader{"Host": {"bob"}, "Authorization": {s}},
		"header 2": textproto.MIMEHeader{"Host": {"bob"}, "X-Auth-Token": {"bob", s}},
		"map":      map[string]any{"user": "bob", "api_key": s},
		"map deep": map[string]any{"user": "bob", "credentials": map[string]string{"x": s}},
		"pair":     []pair{{"Host", "bob"}, {"X-Api-Key", s}},
		"runes":    struct{ User, Passwd []rune }{[]rune("bob"), []rune(s)},
		"userinfo": url.UserPassword("bob", s),
		"learned":  []any{"bob", struct{ DBPassword string }{s}, "login bob " + s + " failed"},
		"password": s,
		"apiToken": &s,
		"secret":   []byte(s),
	} {
		t.Run(name, func(t *testing.T) {
			d := take(t, coredumpy.Var(name, value), coredumpy.Var("other", s), coredumpy.Var("who", "bob"))
			d.wantHidden(t, s)
			d.wantText(t, "bob")
			config(t, func(c *coredumpy.Configuration) { c.HideNamed = false })
			d = take(t, coredumpy.Var(name, value), coredumpy.Var("who", "bob"))
			if d.leaks(t, s) == nil {
				t.Error("got no trace of the value without HideNamed, want it")
			}
		})
	}
	d := take(t, coredumpy.Var("api_key", pin), coredumpy.Var("count", pin+1))
	if v := d.given(t, "api_key"); v.Reason() != "redacted" || strings.Contains(d.text, fmt.Sprint(pin)) {
		t.Errorf("got %s, want a number redacted", show(v))
	}
	if v := d.given(t, "count"); v.Int() != int64(pin+1) {
		t.Errorf("got %s, want %d", show(v), pin+1)
	}
}

func TestSecretNames(t *testing.T) {
	s := "open sesame"
	type record struct{ Losung, Name string }
	values := []coredumpy.Option{coredumpy.Var("r", record{s, "bob"}),
		coredumpy.Var("m", map[string]string{"x-zugang": s, "name": "bob"}),
		coredumpy.Var("LOSUNG", s)}
	if d := take(t, values...); d.leaks(t, s) == nil {
		t.Error("the value isn't in the dump, want it: its name isn't a secret's")
	}
	config(t, func(c *coredumpy.Configuration) { c.SecretNames = []string{"losung", "X-Zugang"} })
	d := take(t, values...)
	d.wantHidden(t, s)
	d.wantText(t, "bob")
	config(t, func(c *coredumpy.Configuration) { c.HideNamed = false })
	if d := take(t, values...); d.leaks(t, s) == nil {
		t.Error("got no trace of the value without HideNamed, want it")
	}
}

// Each rule can be turned off by itself.
func TestRulesOff(t *testing.T) {
	plan := word(20)
	t.Setenv("APITEST_PLAN", plan)
	key, ticket := random(alnum, 40), "tick-"+random("0123456789", 8)
	url := "postgres://bob:" + word(14) + "@db"
	for _, tt := range []struct {
		name    string
		change  func(*coredumpy.Configuration)
		hidden  []string
		visible []string
	}{
		{"default", func(*coredumpy.Configuration) {}, []string{plan, key, word(14)}, []string{ticket}},
		{"own pattern", withPattern, []string{plan, key, word(14), ticket}, nil},
		{"only an own pattern", func(c *coredumpy.Configuration) {
			c.SecretPatterns = []*regexp.Regexp{regexp.MustCompile("tick-[0-9]+")}
		}, []string{plan, word(14), ticket}, []string{key}},
		{"no pattern", func(c *coredumpy.Configuration) { c.SecretPatterns = nil }, []string{plan, word(14)},
			[]string{key, ticket}},
		{"HideSecret", func(c *coredumpy.Configuration) { withPattern(c); c.HideSecret = false }, []string{plan},
			[]string{key, ticket, url}},
		{"HideEnviron", func(c *coredumpy.Configuration) { c.HideEnviron = false }, []string{key}, []string{plan}},
		{"EnvironFilter none",
			func(c *coredumpy.Configuration) { c.EnvironFilter = func(string) bool { return false } },
			[]string{key}, []string{plan}},
		{"EnvironFilter this", func(c *coredumpy.Configuration) {
			c.EnvironFilter = func(value string) bool { return value == plan }
		}, []string{key, plan}, nil},
		{"no EnvironFilter", func(c *coredumpy.Configuration) { c.EnvironFilter = nil }, []string{key, plan}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			config(t, tt.change)
			d := take(t, coredumpy.Var("all", []string{plan, "near " + plan, key, ticket, url}))
			for _, s := range tt.hidden {
				d.wantHidden(t, s)
			}
			d.wantText(t, append(tt.visible, "postgres://bob:")...)
		})
	}
}

// The default EnvironFilter keeps values of up to 8 bytes readable, and hides paths only
// where they stand alone.
func TestEnvironDefaults(t *testing.T) {
	short, long, path := "quokka88", "quokka-99", "/srv/quokka/zoo.d"
	t.Setenv("APITEST_SHORT", short)
	t.Setenv("APITEST_LONG", long)
	t.Setenv("APITEST_PATH", path)
	d := take(t, coredumpy.Var("short", short), coredumpy.Var("long", long), coredumpy.Var("path", path),
		coredumpy.Var("file", path+"/keeper.go"))
	for name, want := range map[string]string{"short": short, "long": mask + "#N", "path": mask + "#N", "file": path + "/keeper.go"} {
		if got, _ := d.given(t, name).Text(); anyNumber(got) != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if a, b := d.given(t, "long").Hidden(), d.given(t, "path").Hidden(); a == b {
		t.Errorf("got the number %d for two secrets, want two numbers", a)
	}
}

// An EnvironFilter that panics hides all values of the environment, and the dump is made.
func TestEnvironFilterPanics(t *testing.T) {
	short := "quokka8"
	t.Setenv("APITEST_SHORT", short)
	config(t, func(c *coredumpy.Configuration) { c.EnvironFilter = func(string) bool { panic("filter") } })
	d := take(t, coredumpy.Var("short", short))
	if got, _ := d.given(t, "short").Text(); !strings.HasPrefix(got, mask+"#") {
		t.Errorf("got %q, want %q and a number", got, mask)
	}
	const want = "the function in Config.EnvironFilter panicked: filter: all values of the environment are hidden"
	if !slices.Contains(d.Head().Notes, want) {
		t.Errorf("got the notes %q, want %q among them", d.Head().Notes, want)
	}
}

// brokenTest is a test whose methods panic.
type brokenTest struct{ name, output bool }

func (b brokenTest) Name() string {
	if b.name {
		panic("no name")
	}
	return "TestBroken"
}

func (brokenTest) Failed() bool { return true }

func (b brokenTest) Output() io.Writer {
	if b.output {
		panic("no output")
	}
	return os.Stderr
}

// coredumpy isn't blamed for what the program's own functions do.
func TestOnFailureBrokenTest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.dump")
	for b, want := range map[brokenTest]string{
		{name: true}:   "coredumpy: no dump written: the test given to OnFailure panicked: no name\n",
		{output: true}: "Your frame stack is dumped, open it with\ncoredumpy load " + path + "\n",
	} {
		told := quietly(t, func() { defer coredumpy.OnFailure(b, coredumpy.Path(path)) })
		if i := strings.Index(told, "for its variables, "); i >= 0 {
			told = told[:i]
		}
		if told != want {
			t.Errorf("%+v: got %q, want %q", b, told, want)
		}
	}
}

// A limit must not leave half a secret, wherever it cuts.
func TestRedactCut(t *testing.T) {
	const limit = 256
	for _, p := range plantings() {
		t.Run(p.rule, func(t *testing.T) {
			p.setup(t)
			config(t, func(c *coredumpy.Configuration) { withPattern(c); c.MaxString = limit })
			var texts []string
			var bytes [][]byte
			for n := 1; n <= limit+1; n += 3 {
				texts = append(texts, strings.Repeat("a ", n/2+1)[:n]+p.text)
				bytes = append(bytes, []byte(texts[len(texts)-1]))
			}
			d := take(t, coredumpy.Var("texts", texts), coredumpy.Var("bytes", bytes))
			d.wantHidden(t, p.secret)
			if v := d.given(t, "texts").Index(0); !strings.HasPrefix(show(v), `"a`) {
				t.Errorf("got %.40s, want the text before the secret", show(v))
			}
		})
	}
}

// One secret is longer than what is read beyond the limit, and one is behind a text that
// redaction makes shorter.
func TestRedactLong(t *testing.T) {
	noVariables(t)
	key, run := pem(20_000), random(alnum, 20_000)
	pw, hush := "password="+word(30), random("abcdefghijklmnop ", 12)
	for _, limit := range []int{0, 10, 100, 1000, 4096} {
		config(t, func(c *coredumpy.Configuration) { c.MaxString = limit })
		var texts []string
		for n := range 60 {
			// The end of what is read cuts the secret at each of its bytes.
			texts = append(texts, run[:limit+4096-40-n]+" "+random(alnum, 31)[:31]+" ghp_"+random(alnum, 36))
		}
		d := take(t, coredumpy.Var("key", "text "+key), coredumpy.Var("run", "text "+run), coredumpy.Var("named", pw),
			coredumpy.Var("texts", texts),
			coredumpy.Var("password", strings.Repeat(hush, 2_000)))
		for _, secret := range []string{key, run, pw[9:], "ghp_" + random(alnum, 36), hush} {
			d.wantHidden(t, secret)
		}
	}
}

// What one text marks as a secret is hidden in other texts as well, where nothing marks
// it.
func TestRedactMarked(t *testing.T) {
	noVariables(t)
	for i, form := range []string{"dial: password=%s", "https://bob:%s@host/x", `{"user":"x","password":"%s"}`,
		"Authorization: Bearer %s", "<password>%s</password>", "x --token %s"} {
		v := fmt.Sprint("q", i, random(alnum, 10)[:10])
		text := fmt.Sprintf(form, v)
		for _, places := range [][]any{{v, text}, {text, v}} {
			d := take(t, coredumpy.Var("places", places), coredumpy.Var("other", fmt.Sprintf("near %s and %x", v, v)),
				coredumpy.Var("near", text[:4]))
			d.wantHidden(t, v)
			d.wantText(t, "near ", text[:4])
		}
		if d := take(t, coredumpy.Var("alone", v), coredumpy.Description(text)); !d.given(t, "alone").Redacted() {
			t.Errorf("%s: got %s, want it hidden, as in the description", form, show(d.given(t, "alone")))
		}
	}
}

// The secret is found without the punctuation of a message. Text that follows such a mark
// by chance stays readable elsewhere.
func TestRedactMarkedText(t *testing.T) {
	noVariables(t)
	secret := "zq7" + random(alnum, 10)[:10]
	for _, form := range []string{"dial token=%s: connection refused", "bad password=%s.", "is it password=%s?",
		"Authorization: Bearer %s: denied"} {
		d := take(t, coredumpy.Var("text", fmt.Sprintf(form, secret)), coredumpy.Var("bare", "near "+secret))
		d.wantHidden(t, secret)
		d.wantText(t, "near ")
	}
	ordinary := []string{"HTTP/1.1", "2026-11-25", "Forgot your password?", "https://auth.example.com/oauth2",
		"orders-db-1.example.com", "10.20.30.40:8080",
		"scram-sha-256", "io.Pipe()", "make([]byte, 32)", "token.STRING_2", "git-credential-wincred.c", "20261125"}
	var texts []string
	for _, s := range ordinary {
		for _, form := range []string{"token: %s ", "auth=%s", `{"password":"%s"}`, "password: \"%s\""} {
			texts = append(texts, fmt.Sprintf(form, s))
		}
	}
	d := take(t, coredumpy.Var("texts", texts), coredumpy.Var("others", "see "+strings.Join(ordinary, " and ")))
	if got, want := show(d.given(t, "others")), fmt.Sprintf("%q", "see "+strings.Join(ordinary, " and ")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// Many of these leave room for values with a secret's name.
	texts = nil
	for i := range 25_000 {
		texts = append(texts, fmt.Sprint("GET /cb?token=t0k3n-", i))
	}
	d = take(t, coredumpy.Var("texts", texts[:20_000]), coredumpy.Var("more", texts[20_000:]),
		coredumpy.Var("conn", struct{ Password string }{secret}), coredumpy.Var("other", "near "+secret))
	d.wantHidden(t, secret)
}

func init() {
	children["argv"] = func() {
		defer coredumpy.OnPanic(coredumpy.Path("x.dump"))
		panic("argv")
	}
	children["trace"] = func() {
		defer coredumpy.OnPanic(coredumpy.Path("x.dump"))
		crashInTheMiddle()
	}
}

func TestRedactArguments(t *testing.T) {
	pw := word(20)
	o := child(t, "argv", "-v", "--password", pw, "--api-key="+pw, "DB_PASSWORD="+pw, "-user=bob",
		"postgres://bob:"+pw+"@db")
	d := open(t, filepath.Join(o.dir, "x.dump"))
	d.wantHidden(t, pw)
	got := d.Head().Args[1:]
	hidden := maskNumber.FindString(strings.Join(got, " "))
	want := []string{"-v", "--password", hidden, "--api-key=" + hidden, "DB_PASSWORD=" + hidden, "-user=bob",
		"postgres://bob:" + hidden + "@db"}
	if hidden == "" || !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

//go:noinline
func crashInTheMiddle() { panic("middle") }

// The runtime's traceback is redacted like any other text; names of functions elsewhere
// aren't.
func TestRedactTraceback(t *testing.T) {
	t.Setenv("APITEST_FUNC", "crashInTheMiddle")
	o := child(t, "trace")
	d := open(t, filepath.Join(o.dir, "x.dump"))
	if g := d.current(t); strings.Contains(g.Trace, "crashInTheMiddle") || !strings.Contains(g.Trace, mask) {
		t.Errorf("got traceback %.300q, want %s in it", g.Trace, mask)
	}
	if got := d.top(t); got != "crashInTheMiddle" {
		t.Errorf("got top frame %s, want crashInTheMiddle", got)
	}
	runtime.KeepAlive(o)
}
