// Package secrets finds what must not be written into a dump and replaces it.
//
// A Redactor knows secrets by four signs: how they look (a JWT, a private key,
// a well-known key prefix), where they stand (after "password=", inside a URL),
// that the environment holds them, and that they were seen under a secret name
// before (Learn). It does not know where texts come from.
//
// It can't know a secret that has none of these signs: a short password in the
// middle of a sentence, or a secret that was cut in two before it got here. Cut
// texts after redacting them, not before.
package secrets

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"coredumpy/internal/notation"
)

// mask stands in a dump where a secret was.
const mask = notation.Mask

// LongRun is the pattern that finds most keys of no known kind. It is matched
// by hand, many times faster than by package regexp, and together with keys in
// base64.
const LongRun = "[A-Za-z0-9]{32,}"

// Rules says what a Redactor looks for.
type Rules struct {
	Patterns      []*regexp.Regexp // hidden in addition to the built-in kinds
	HideSecret    bool             // Patterns and the built-in kinds
	HideEnviron   bool             // values of Environ
	Environ       []string         // "KEY=VALUE" of the dumped process
	EnvironFilter func(value string) bool
	Problem       string // why EnvironFilter isn't the one that was asked for
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
}

// maxLearned bounds how many values a Redactor learns. Each takes 1 or 2 KB.
const maxLearned = 20_000

// Full reports whether there were more values to learn than [Redactor.Learn]
// keeps. Those aren't removed from other texts.
func (d *Redactor) Full() bool { return d.full }

// Problem returns [Rules].Problem.
func (d *Redactor) Problem() string { return d.problem }

// New returns a Redactor for r. A nil EnvironFilter accepts every value.
func New(r Rules) *Redactor {
	d := &Redactor{hideSecret: r.HideSecret, problem: r.Problem}
	if r.HideSecret {
		for _, p := range r.Patterns {
			switch {
			case p == nil: // not worth a panic while there is one
			case p.String() == LongRun:
				d.longRuns = true
			default:
				d.patterns = append(d.patterns, p)
			}
		}
	}
	d.known.window = maxWindow
	if r.HideEnviron {
		d.known.addEnviron(r.Environ, r.EnvironFilter)
	}
	if r.HideSecret {
		// A variable called DB_PASSWORD is a secret whatever the filter
		// thinks of its length.
		for _, entry := range r.Environ {
			name, value := splitEnviron(entry)
			if name != "PWD" && SecretName(name) {
				d.Learn(value)
			}
			d.learnSetting(value)
		}
	}
	return d
}

// learnSetting learns the secrets in a setting such as a URL or a DSN. Programs
// take those apart, and then nothing marks the password any more.
func (d *Redactor) learnSetting(text string) {
	for _, s := range marked([]byte(text), nil) {
		d.Learn(text[s.from:s.to])
	}
}

// Learn remembers a value found under a secret name (a field Password, say), so
// that it is removed wherever else it stands: inside a DSN, in the panic text.
//
// A text equal to the value is removed if the value has at least 4 bytes. Part
// of a text is removed if the value has at least 8 bytes and isn't a path or an
// ordinary word: a parser's Token: "identifier" must not blank the dump.
//
// Such a part is also found quoted or escaped as in Go, JSON, HTML and URLs, and
// in hexadecimal and base64. Not found are other codes, and other ways to escape
// signs than the usual ones.
//
// After 20,000 values it learns no more, see [Redactor.Full]. Learn must not run at
// the same time as any other method.
func (d *Redactor) Learn(value string) {
	value = strings.TrimSpace(value)
	if len(value) < minEqual || strings.Contains(value, mask) || placeholder([]byte(value)) || commonplace[value] {
		return
	}
	if _, ok := d.known.whole[value]; !ok {
		if d.full = d.learned == maxLearned; d.full {
			return
		}
		d.learned++
	}
	if len(value) >= minLearned && !ordinary([]byte(value)) && !looksLikePath(value) {
		d.known.addSecret(value)
	} else {
		d.known.add(value, false)
	}
	if from := skipScheme([]byte(value), 0); from > 0 {
		d.Learn(value[from:])
	}
}

// LearnUncommon is Learn but for ordinary words, prose, and names of secrets. They
// are what a parser calls a token, or what belongs to a secret and is none: the name
// of a user, the usage of a flag.
func (d *Redactor) LearnUncommon(value string) {
	if v := []byte(value); !ordinary(v) && !nameOnly(v) && !prose(v) {
		d.Learn(value)
	}
}

// maxPublic bounds how many values a Redactor knows to be public.
const maxPublic = 20_000

// LearnPublic remembers a value that stands under a PublicName: if it looks like a key, it
// is shown wherever it stands, unless it is learned as a secret as well.
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

// nameOnly reports whether v is the name of a secret, such as admin-password.
func nameOnly(v []byte) bool {
	return len(v) <= maxName && runEnd(v, 0, wordSet) == len(v) && !bytes.ContainsAny(v, "0123456789") &&
		secretName(v)
}

// commonplace are values that programs are set up with before anybody has chosen a
// secret, and names. Equal texts have nothing to do with them, or tell nothing.
var commonplace = map[string]bool{
	"admin": true, "root": true, "user": true, "guest": true, "test": true, "default": true,
	"example": true, "localhost": true,
	"postgres": true, "mysql": true, "redis": true, "mongo": true, "rabbitmq": true, "minio": true, "elastic": true,
	"development": true, "production": true, "staging": true, "local": true, "basic": true,
	"bearer": true, "plain": true,
	"password": true, "passwd": true, "secret": true, "token": true, "changeme": true, "apikey": true,
	"api_key": true,
}

// maxPasses bounds how often a changed text is looked at again. Two passes are
// the rule; more happen only if masking one secret uncovers another.
const maxPasses = 8

// Text returns s with every secret in it replaced by mask. It returns s itself,
// and doesn't allocate, if there is none. Text(Text(s)) is Text(s). It is safe
// for concurrent use once all calls of Learn are done.
func (d *Redactor) Text(s string) string {
	return d.text(s, way{})
}

// Path is Text for the path of a file or directory, or for a host's name. Runs
// of letters and digits and values of the environment stay, unless they are
// secrets for certain: directories are named for checksums and users.
func (d *Redactor) Path(path string) string {
	return d.text(path, way{path: true})
}

// Trace is Text for a traceback: names of functions may be as long as they like,
// below the first line, which has the labels of a goroutine.
func (d *Redactor) Trace(trace string) string {
	i := strings.IndexByte(trace, '\n') + 1
	return d.Text(trace[:i]) + d.text(trace[i:], way{names: true})
}

// A way to look at a text.
type way struct {
	// a mask is followed by the line feeds of what it replaces, so that the lines below keep their numbers
	keepLines bool
	path      bool            // see Path
	names     bool            // long runs of letters and digits are names
	known     map[string]bool // names that are no secrets, since they stand in the code as well
}

// text is Text for each way.
func (d *Redactor) text(s string, w way) string {
	for range maxPasses {
		found := d.find([]byte(s), w) // not copied: find doesn't keep or change it
		for _, p := range d.patterns {
			found = appendMatches(found, p.FindAllStringIndex(s, -1))
		}
		if found == nil {
			return s
		}
		found = merge([]byte(s), found)
		if len(found) == 0 {
			return s
		}
		s = string(replace([]byte(s), found, w.keepLines))
	}
	// Something matches what stands around its own mask, for ever.
	return string(replace([]byte(s), []span{{0, len(s)}}, w.keepLines))
}

// Bytes is Text for text held in bytes. It reports false, and doesn't allocate,
// if there is no secret in b; b itself is never changed.
func (d *Redactor) Bytes(b []byte) (out []byte, changed bool) {
	for range maxPasses {
		found := d.find(b, way{})
		for _, p := range d.patterns {
			found = appendMatches(found, p.FindAllIndex(b, -1))
		}
		if found == nil {
			return b, changed
		}
		found = merge(b, found)
		if len(found) == 0 {
			return b, changed
		}
		b, changed = replace(b, found, false), true
	}
	return []byte(mask), true
}

// Stale is Bytes for text that may have been overwritten in part: of a secret
// that nothing would recognise any more. Words of letters and digits as mixed as
// in a key are hidden, too.
func (d *Redactor) Stale(b []byte) (out []byte, changed bool) {
	out, changed = d.Bytes(b)
	if !d.hideSecret {
		return out, changed
	}
	found := merge(out, fragments(out))
	if len(found) == 0 {
		return out, changed
	}
	return replace(out, found, false), true
}

// find returns where b holds secrets, unordered, in all ways but by patterns.
func (d *Redactor) find(b []byte, w way) []span {
	if whole := bytes.TrimSpace(b); !w.path && d.known.equal(whole) {
		from := cap(b) - cap(whole) // whole is a part of b
		return []span{{from, from + len(whole)}}
	}
	var found []span
	escaped := true
	if d.hideSecret {
		if privateKey(b) {
			return []span{{0, len(b)}}
		}
		found = privateKeys(b, found)
		n := len(found)
		longRuns := d.longRuns && !w.path && !w.names && !d.isPublic(b)
		found = longWords(b, longRuns, found)
		if longRuns {
			found = base64Runs(b, found)
		}
		found = append(found[:n], notPublic(b, found[n:])...)
		if len(d.public) > 0 {
			found = append(found[:n], slices.DeleteFunc(found[n:],
				func(s span) bool { return d.isPublic(b[s.from:s.to]) })...)
		}
		found = cards(b, found)
		if w.known != nil {
			known := func(s span) bool { return w.known[string(b[s.from:s.to])] }
			found = append(found[:n], slices.DeleteFunc(found[n:], known)...)
		}
		found, escaped = marks(b, found)
	}
	n := len(found)
	found = d.known.find(b, found)
	if escaped {
		found = d.known.findEscaped(b, found)
	}
	if w.path {
		doubtful := func(s span) bool { return !d.known.certain(b[s.from:s.to]) }
		found = append(found[:n], slices.DeleteFunc(found[n:], doubtful)...)
	}
	return found
}

func appendMatches(found []span, matches [][]int) []span {
	for _, m := range matches {
		found = append(found, span{m[0], m[1]})
	}
	return found
}
