// Package secrets finds text that must not be written into a dump, and replaces it.
//
// A Redactor recognises a secret by one of four signs: its form (a JWT, a private key, a
// well-known key prefix), its place (after "password=", inside a URL), that it is a value
// in the environment, or that it was seen under a secret name before (Learn). It doesn't
// know where texts come from.
//
// It can't recognise a secret without these signs: a short password in the middle of a
// sentence, or a secret that was cut in two before it got here. Cut texts after redacting
// them, not before.
package secrets

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"coredumpy/internal/notation"
)

// mask replaces a secret in a dump.
const mask = notation.Mask

// LongRun is the pattern that finds most keys of unknown kinds. It is matched by hand,
// which is many times faster than package regexp, and together with keys in base64.
const LongRun = "[A-Za-z0-9]{32,}"

// Rules say what a Redactor looks for.
type Rules struct {
	Patterns      []*regexp.Regexp // hidden in addition to the built-in kinds
	HideSecret    bool             // Patterns and the built-in kinds
	HideEnviron   bool             // values of Environ
	Environ       []string         // "KEY=VALUE" of the dumped process
	EnvironFilter func(value string) bool
	Problem       string // why EnvironFilter isn't the one requested
	Number        bool   // masks have numbers
	Shown         Shown  // rules that are turned off
}

// Redactor removes secrets from text.
type Redactor struct {
	hideSecret bool
	longRuns   bool             // LongRun was among the patterns
	patterns   []*regexp.Regexp // the other patterns
	known      values
	public     map[string]bool // see LearnPublic
	learned    int
	marked     int // of those that LearnMarked learned
	full       bool
	problem    string
	numbers    *numbers // nil: masks have no numbers
	shown      Shown
}

// maxLearned bounds how many values a Redactor learns. Each takes 1 or 2 KB.
const maxLearned = 20_000

// Full reports whether there were more values to learn than [Redactor.Learn] keeps. The
// others aren't removed from other texts.
func (d *Redactor) Full() bool { return d.full }

// Problem returns [Rules].Problem.
func (d *Redactor) Problem() string { return d.problem }

// New returns a Redactor for r. A nil EnvironFilter accepts every value.
func New(r Rules) *Redactor {
	d := &Redactor{hideSecret: r.HideSecret, problem: r.Problem, shown: r.Shown}
	if r.Number {
		d.numbers = newNumbers()
	}
	if r.HideSecret {
		for _, p := range r.Patterns {
			switch {
			case p == nil: // don't panic during a panic
			case p.String() == LongRun:
				d.longRuns = !d.shown.Has(ByEntropy)
			case d.shown.Has(ByPattern):
			default:
				d.patterns = append(d.patterns, p)
			}
		}
	}
	d.known.window = maxWindow
	if r.HideEnviron && !d.shown.Has(OfEnviron) {
		d.known.addEnviron(r.Environ, r.EnvironFilter)
	}
	if r.HideSecret {
		// A variable called DB_PASSWORD is a secret, even if its value is too short for
		// the filter.
		for _, entry := range r.Environ {
			name, value := splitEnviron(entry)
			if name != "PWD" && d.byName() && SecretName(name) {
				d.Learn(value)
			}
			d.learnSetting(value)
		}
	}
	return d
}

// announced is marked without what is found by rules that are turned off.
func (d *Redactor) announced(b []byte) []span {
	var by tags
	found, _ := d.marks(b, false, nil, &by)
	if len(found) > 0 {
		found, _ = d.withoutShown(found, by)
	}
	return found
}

// marks is marks of a marker that leaves out what is turned off.
func (d *Redactor) marks(b []byte, partly bool, found []span, by *tags) (_ []span, escaped bool) {
	m := marker{partly: partly, formsOnly: d.shown.Has(ByMark)}
	return m.marks(b, found, by)
}

// learnSetting learns the secrets in a setting such as a URL or a DSN. Programs split
// those, and then nothing marks the password any more.
func (d *Redactor) learnSetting(text string) {
	for _, s := range d.announced([]byte(text)) {
		d.Learn(text[s.from:s.to])
	}
}

// Learn remembers a value found under a secret name (a field Password, say), so that it is
// removed everywhere else, too: inside a DSN, in the panic text.
//
// A text equal to the value is removed if the value has at least 4 bytes. Part of a text
// is removed if the value has at least 8 bytes and isn't a path or an ordinary word: a
// parser's Token: "identifier" must not blank the dump.
//
// Such a part is also found quoted or escaped as in Go, JSON, HTML and URLs, and in
// hexadecimal and base64. It isn't found in other encodings, nor if signs are escaped in
// unusual ways.
//
// After 20,000 values it learns no more, see [Redactor.Full]. Learn must not run at the
// same time as any other method.
func (d *Redactor) Learn(value string) {
	if d.shown.Has(Learned) {
		return
	}
	value = strings.TrimSpace(value)
	if len(value) < minEqual || strings.Contains(value, mask) || placeholder([]byte(value)) || emptied(value) {
		return
	}
	if commonplace[strings.Trim(value, `"'`)] {
		return
	}
	if _, ok := d.known.whole[value]; !ok {
		if d.learned == maxLearned {
			d.full = true
			return
		}
		d.learned++
	}
	if len(value) >= minLearned && !ordinary([]byte(value)) && !looksLikePath(value) {
		d.known.addSecret(value)
	} else {
		d.known.add(value, false)
	}
	from := 0
	for next := skipScheme([]byte(value), 0); next > from; next = skipScheme([]byte(value), from) {
		from = next
	}
	if from > 0 {
		d.Learn(value[from:])
		d.LearnUncommon(basicPassword([]byte(value[from:])))
	}
}

// LearnUncommon is Learn except for ordinary words, prose, and names of secrets. Those are
// a parser's tokens, or belong to a secret without being one: the name of a user, the
// usage of a flag.
func (d *Redactor) LearnUncommon(value string) {
	if v := []byte(value); !ordinary(v) && !nameOnly(v) && !prose(v) {
		d.Learn(value)
	}
}

// maxPublic bounds how many public values a Redactor remembers.
const maxPublic = 20_000

// LearnPublic remembers a value under a PublicName: if it looks like a key, it is shown
// everywhere, unless it is also learned as a secret.
func (d *Redactor) LearnPublic(value string) {
	if len(value) < minBase64 || len(value) > maxDecoded || len(d.public) == maxPublic {
		return
	}
	if d.public == nil {
		d.public = make(map[string]bool)
	}
	d.public[value] = true
}

func (d *Redactor) isPublic(b []byte) bool {
	return len(d.public) > 0 && len(b) >= minBase64 && len(b) <= maxDecoded && d.public[string(b)]
}

// emptied reports whether a value is one byte again and again: an erased key, an empty buffer.
func emptied(value string) bool {
	return (value[0] < ' ' || len(value) >= minOrdinary) && allSame([]byte(value))
}

// nameOnly reports whether v is the name of a secret, such as admin-password.
func nameOnly(v []byte) bool {
	return len(v) <= maxName && runEnd(v, 0, wordSet) == len(v) && !slices.ContainsFunc(v, isDigit) &&
		secretName(v)
}

// commonplace are names, and values that programs have until somebody chooses a secret. A
// text that is equal to one has nothing to do with the secret, or gives nothing away.
var commonplace = map[string]bool{
	"admin": true, "root": true, "user": true, "guest": true, "test": true, "default": true,
	"example": true, "localhost": true,
	"postgres": true, "mysql": true, "redis": true, "mongo": true, "rabbitmq": true, "minio": true, "elastic": true,
	"development": true, "production": true, "staging": true, "local": true, "basic": true,
	"bearer": true, "plain": true,
	"password": true, "passwd": true, "secret": true, "token": true, "changeme": true, "apikey": true,
	"api_key": true,
}

// maxPasses bounds how often a changed text is searched again. Two passes are the rule;
// more happen only if masking one secret uncovers another.
const maxPasses = 8

// Text returns s with every secret in it replaced by mask. It returns s itself,
// and doesn't allocate, if there is none. Text(Text(s)) is Text(s). It is safe
// for concurrent use once all calls of Learn are done.
func (d *Redactor) Text(s string) string {
	return d.text(s, way{})
}

// Path is Text for the path of a file or directory, or for a host's name. Runs of letters
// and digits and values of the environment stay, unless they are certainly secrets:
// directories are named after checksums and users.
func (d *Redactor) Path(path string) string {
	return d.text(path, way{path: true})
}

// Trace is Text for a traceback: below the first line, which has a goroutine's labels, the
// names of functions may be of any length.
func (d *Redactor) Trace(trace string) string {
	i := strings.IndexByte(trace, '\n') + 1
	return d.Text(trace[:i]) + d.text(trace[i:], way{names: true})
}

// A way is a way to search a text.
type way struct {
	// keepLines: after a mask come the line feeds of the replaced text, so that the lines
	// below keep their numbers
	keepLines bool
	path      bool            // see Path
	names     bool            // long runs of letters and digits are names
	bytes     bool            // of a buffer, perhaps: parts of a secret may have been overwritten
	unmarked  bool            // it has no marks, no escapes and no control bytes
	known     map[string]bool // names that aren't secrets because the code has them, too
}

// text is Text for each way.
func (d *Redactor) text(s string, w way) string {
	found, by := d.find([]byte(s), w) // not copied: find doesn't keep or change it
	for _, p := range d.patterns {
		found = appendMatches(found, p.FindAllStringIndex(s, -1))
	}
	if found == nil {
		return s
	}
	by.upto(len(found), ByPattern)
	b := []byte(s)
	if hidden := d.hidden(b, found, by, w); hidden != nil {
		return string(d.numbered(b, hidden, w.keepLines))
	}
	return s
}

// Bytes is Text for text in a byte slice. It reports false, and doesn't allocate, if there
// is no secret in b; b itself is never changed. If b has control bytes, it may be a buffer:
// then ends of known secrets and secrets behind ends of marks are replaced, too.
func (d *Redactor) Bytes(b []byte) (out []byte, changed bool) {
	return d.bytes(b, way{bytes: true})
}

// Unmarked is Bytes for text of which LearnMarked has returned true.
func (d *Redactor) Unmarked(b []byte) (out []byte, changed bool) {
	return d.bytes(b, way{bytes: true, unmarked: true})
}

func (d *Redactor) bytes(b []byte, w way) (out []byte, changed bool) {
	found, by := d.all(b, w)
	if len(found) == 0 {
		return b, false
	}
	w.unmarked = false // a mask may make a mark
	hidden := d.hidden(b, found, by, w)
	if hidden == nil {
		return b, false
	}
	return d.numbered(b, hidden, false), true
}

// Stale is Bytes for text that may be partly overwritten, so that it may hold an
// unrecognisable part of a secret. So it also hides words that mix letters and digits as a
// key does.
func (d *Redactor) Stale(b []byte) (out []byte, changed bool) {
	w := way{bytes: true}
	found, by := d.all(b, w)
	hidden := d.hidden(b, found, by, w)
	if d.hideSecret && !d.shown.Has(ByFragment) {
		text := b
		if hidden != nil {
			text = replace(b, hidden, false)
		}
		var by tags
		found := fragments(text)
		by.upto(len(found), ByFragment)
		if found := places(text, found, by); len(found) > 0 {
			hidden = inOriginal(b, hidden, found, false)
		}
	}
	if hidden == nil {
		return b, false
	}
	return d.numbered(b, hidden, false), true
}

// all is find with patterns.
func (d *Redactor) all(b []byte, w way) ([]span, tags) {
	found, by := d.find(b, w)
	for _, p := range d.patterns {
		found = appendMatches(found, p.FindAllIndex(b, -1))
	}
	by.upto(len(found), ByPattern)
	return found, by
}

// find returns the places of secrets in b, unordered, in all ways except by patterns, and
// the rules that found them.
func (d *Redactor) find(b []byte, w way) (found []span, by tags) {
	if whole := bytes.TrimSpace(b); !w.path && d.known.equal(whole) {
		from := cap(b) - cap(whole) // whole is a part of b
		by.upto(1, d.known.rule(whole))
		return []span{{from, from + len(whole)}}, by
	}
	escaped, partly := !w.unmarked, w.bytes && !w.unmarked && !plainText(b)
	if d.hideSecret {
		if privateKey(b) && !d.shown.Has(ByPEM) {
			by.upto(1, ByPEM)
			return []span{{0, len(b)}}, by
		}
		if len(b) >= minCard { // the shortest with a form of its own
			found = d.formed(b, w, found, &by)
		}
		if !w.unmarked {
			found, escaped = d.marks(b, partly, found, &by)
		}
	}
	n := len(found)
	found = d.known.search(b, partly, found)
	if escaped {
		found = d.known.findEscaped(b, found)
	}
	if w.path {
		doubtful := func(s span) bool { return !d.known.certain(b[s.from:s.to]) }
		found = append(found[:n], slices.DeleteFunc(found[n:], doubtful)...)
	}
	for i := n; i < len(found); i++ {
		by = append(by, d.known.rule(b[found[i].from:found[i].to]))
	}
	if len(d.shown) > 0 {
		return d.withoutShown(found, by)
	}
	return found, by
}

// formed appends the places of secrets in b that are recognised by their form.
func (d *Redactor) formed(b []byte, w way, found []span, by *tags) []span {
	found = privateKeys(b, found)
	by.upto(len(found), ByPEM)
	n := len(found)
	found = longWords(b, d.longRuns && !w.path && !w.names && !d.isPublic(b), found)
	found = append(found[:n], notPublic(b, found[n:])...)
	if len(d.public) > 0 {
		found = append(found[:n], slices.DeleteFunc(found[n:],
			func(s span) bool { return d.isPublic(b[s.from:s.to]) && formRule(b, s) == ByEntropy })...)
	}
	if w.known != nil {
		known := func(s span) bool { return w.known[string(b[s.from:s.to])] }
		found = append(found[:n], slices.DeleteFunc(found[n:], known)...)
	}
	for _, s := range found[n:] {
		*by = append(*by, formRule(b, s))
	}
	found = cards(b, found)
	by.upto(len(found), ByCard)
	return found
}

// withoutShown returns what was found by rules that aren't turned off.
func (d *Redactor) withoutShown(found []span, by tags) ([]span, tags) {
	kept := 0
	for i, s := range found {
		if !d.shown.Has(by[i]) {
			found[kept], by[kept] = s, by[i]
			kept++
		}
	}
	if kept == 0 {
		return nil, nil
	}
	return found[:kept], by[:kept]
}

func appendMatches(found []span, matches [][]int) []span {
	for _, m := range matches {
		found = append(found, span{m[0], m[1]})
	}
	return found
}
