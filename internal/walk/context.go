package walk

import (
	"reflect"
	"slices"
	"strings"

	"coredumpy/internal/gotypes"
	"coredumpy/internal/secrets"
)

// context is what a value inherits from the place where it is.
//
// A name marks the value itself: text and numbers in it, elements, entries, and what one
// pointer leads to. The fields of a struct have names of their own, which decide; only a
// field named for what it holds, such as v or value, inherits. Functions pass on nothing.
// So a struct called auth doesn't hide all that it refers to, and more depth doesn't hide
// more.
type context struct {
	depth int
	naming
	stale bool // it is reached only from a variable that isn't used again
	shown bool // text in it may be shown, see Rules.ShowsText
}

// naming is what names say about a value.
type naming struct {
	secret   bool // text in it is secret
	key      bool // lists of numbers are too, as keys consist of them
	named    bool // the value itself has the secret name: a single number is secret too
	words    bool // an ordinary word is too, wherever it occurs: the name is a password's
	token    bool // the name may be that of a parser's token, which isn't secret
	deep     bool // it is part of a key's type: all it refers to is secret too
	direct   bool // no pointer was followed from the value that has the name
	spread   bool // the name is that of the struct around it: what is hidden isn't learned
	bytes    bool // bytes of a key's length are secret
	held     bool // the entries and elements of a map or a list of texts are secret too
	public   bool // digests and the like aren't secret
	strength secrets.Strength
}

// weigh returns what a name says about a value.
func (w *Walker) weigh(name string) secrets.Strength {
	switch {
	case !w.rules.SecretName(name):
		if w.weak {
			return secrets.Weigh(name)
		}
		return secrets.NotSecret
	case secrets.Weigh(name) == secrets.IfNoPath:
		return secrets.IfNoPath
	}
	return secrets.Secret
}

// named is the context of what has a name: a variable or a field of type t, or an entry,
// for which t is nil.
func (w *Walker) named(name string, t *gotypes.Type) (n naming) {
	s := w.weigh(name)
	if s == secrets.NotSecret || !tells(name, t) {
		n.bytes = w.keys && secrets.KeyName(name)
		n.public = w.keys && secrets.PublicName(name)
		return n
	}
	number := !secrets.CountName(name)
	n = naming{strength: s, named: number, direct: true, bytes: secrets.KeyName(name), token: secrets.TokenName(name),
		held: secrets.HoldsSecrets(name)}
	if s == secrets.Secret {
		n.secret, n.key, n.words = true, number, ofWords(name)
	}
	return n
}

// ofWords reports whether what a secret name names may be an ordinary word: a password, or
// what only the program's settings call secret.
func ofWords(name string) bool {
	return secrets.PasswordName(name) || secrets.Weigh(name) == secrets.NotSecret
}

// marked is the context of a value whose name, with strength s, is beside it, as that of a
// map's entry or of an argument. It is a secret of any kind.
func marked(s secrets.Strength) naming {
	if s == secrets.Secret || s == secrets.IfNoPath {
		return naming{strength: s, secret: s == secrets.Secret, key: true, named: true, words: true, direct: true}
	}
	return naming{strength: s, named: true, direct: true}
}

// typed is the context that a value gets from its type.
func (c context) typed(r *typeRef) context {
	c.shown = c.shown || r.shown
	if r.random && !c.naming.hides() {
		c.strength, c.spread = secrets.IfRandom, false
	}
	if !r.password && !r.key {
		return c
	}
	c.secret, c.words = c.secret || r.password, c.words || r.password
	c.key, c.deep, c.direct = c.key || r.password || r.key, c.deep || r.key, c.direct || r.password
	return c
}

// inList is the context of what a map or list called credentials holds.
func (c context) inList() context {
	if c.naming.held {
		c.secret, c.key, c.strength = true, true, secrets.Secret
	}
	return c.inside()
}

// inside is the context of a part of the value.
func (c context) inside() context {
	c.named = false
	return c
}

// ofText is the context of a string: it isn't the bytes of a key.
func (c context) ofText() context {
	c.bytes = false
	return c
}

// through is the context of what a pointer, map, channel or function of type t leads to.
func (c context) through(t *gotypes.Type) context {
	switch {
	case t.Kind == reflect.Func:
		c.naming, c.shown = naming{}, false
	case t.Kind == reflect.Pointer && c.strength != secrets.NotSecret && leaf(t.Elem()):
		// Nothing else is reached through it, nor through the next.
	case t.Kind == reflect.Pointer && c.secret && plain(t.Elem()):
	case t.Kind == reflect.Pointer && c.secret && container(t.Elem()):
		c = c.inList()
	case t.Kind == reflect.Pointer && c.direct:
		c.direct = t.Elem() != nil && t.Elem().Kind == reflect.Pointer // the second pointer counts
	case t.Kind == reflect.Pointer && !c.deep:
		c.naming = naming{public: c.public}
	case t.Kind != reflect.Pointer:
		c = c.inList()
		if c.spread {
			c.naming = naming{}
		}
	}
	return c
}

// field is the context of field i of a struct with context c.
func (c context) field(r *typeRef, i int) context {
	own := &r.fields[i]
	switch {
	case r.container && c.secret:
		if r.t.Fields()[i].Name == "key" {
			c.naming = ofKey
		}
	case own.strength > secrets.NotSecret && (!c.secret || own.secret):
		key, deep := c.key && c.deep, c.deep
		c.naming = own.naming
		c.key, c.deep = c.key || key, deep
	case c.deep && own.beside && r.t.Fields()[i].Type.Kind == reflect.String:
		c.naming = own.naming // the name of a curve
	case c.deep:
		c.words = c.words && !own.beside
	case !c.secret && c.strength == secrets.NotSecret:
		c.naming = own.naming
	case own.wrapped, own.strength > secrets.NotSecret:
		c.words = c.words && !own.beside
	case own.next:
		c.direct = true // the rest of a list
	case c.words && r.plain && !own.beside:
		c.words = false
	default:
		// Only what itself looks like a secret, and lists of numbers such as keys consist of.
		bytes, numbers := ofNumbers(r.t.Fields()[i].Type)
		c.naming = naming{strength: secrets.IfRandom, spread: true, public: own.public,
			bytes: own.bytes || c.key && bytes, key: c.key && numbers}
	}
	return c
}

// ofKey is the context of the keys of what is called secret: they may be names, or the
// secrets.
var ofKey = naming{strength: secrets.IfRandom, spread: true}

// leaf reports whether a pointer to a t leads to a text and nothing else.
func leaf(t *gotypes.Type) bool {
	return t != nil && (t.Kind == reflect.String ||
		(t.Kind == reflect.Slice || t.Kind == reflect.Array) && t.Elem() != nil && t.Elem().Kind == reflect.Uint8)
}

// plain reports whether a type is a struct of texts and numbers.
func plain(t *gotypes.Type) bool {
	return t != nil && t.Kind == reflect.Struct && !slices.ContainsFunc(t.Fields(), func(f gotypes.Field) bool {
		return f.Type == nil || f.Type.Kind > reflect.Complex128 && !leaf(f.Type)
	})
}

// containers are structs of the standard library that hold values of any kind, in other
// structs of theirs.
var containers = [...]string{"sync.Map", "internal/sync.", "sync/atomic.", "container/list.", "container/ring."}

func container(t *gotypes.Type) bool {
	if t == nil || t.Kind != reflect.Struct {
		return false
	}
	for _, name := range containers {
		if strings.HasPrefix(t.Name, name) {
			return true
		}
	}
	return false
}

// ofNumbers reports whether a type is a list of bytes, or of other whole numbers.
func ofNumbers(t *gotypes.Type) (bytes, numbers bool) {
	if t == nil || t.Kind != reflect.Array && t.Kind != reflect.Slice || t.Elem() == nil {
		return false, false
	}
	kind := t.Elem().Kind
	return kind == reflect.Uint8, reflect.Int <= kind && kind <= reflect.Uintptr && kind != reflect.Uint8
}

// wrappers are the names of fields that hold the value which a struct wraps.
var wrappers = map[string]bool{
	"v": true, "val": true, "value": true, "s": true, "str": true, "string": true, "b": true, "bytes": true,
	"buf": true,
	"raw": true, "data": true, "text": true, "content": true, "contents": true, "plain": true, "plaintext": true,
	"inner": true, "wrapped": true, "x": true, "p": true, "ptr": true, "key": true, "material": true, "d": true,
	"k": true, "secret": true, "private": true, "priv": true, "current": true, "list": true, "items": true,
	"m": true, "entries": true, "values": true,
}

// context returns the context in which an object is walked.
func (o *Object) context() context {
	return context{depth: int(o.depth), naming: o.naming, stale: o.stale, shown: o.shown}
}

// with returns the naming of an object that two ways lead to: what one of them hides is
// hidden. It may be a parser's token, or isn't learned, only if each way that hides it says
// so.
func (n naming) with(o naming) naming {
	return naming{
		secret: n.secret || o.secret, key: n.key || o.key, named: n.named || o.named, words: n.words || o.words,
		deep: n.deep || o.deep, direct: n.direct || o.direct, held: n.held || o.held, bytes: n.bytes || o.bytes,
		public:   n.public || o.public,
		strength: max(n.strength, o.strength),
		token:    (n.token || o.token) && (n.token || !n.hides()) && (o.token || !o.hides()),
		spread:   (n.spread || o.spread) && (n.spread || !n.hides()) && (o.spread || !o.hides()),
	}
}

// hides reports whether the naming hides text.
func (n naming) hides() bool { return n.secret || n.strength > secrets.NotSecret }
