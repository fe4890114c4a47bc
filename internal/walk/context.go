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
//
// It is passed for each value, so it is small: four fields stay in registers.
type context struct {
	depth int32
	naming
	stale bool // it is reached only from a variable that isn't used again
	shown bool // text in it may be shown, see Rules.ShowsText
}

// naming is what names say about a value.
type naming struct {
	marks    marks
	strength secrets.Strength
}

// marks are a set of what names say.
type marks uint16

const (
	markSecret marks = 1 << iota // text in it is secret
	markKey                      // lists of numbers are too, as keys consist of them
	markNamed                    // the value itself has the secret name: a single number is secret too
	markWords                    // an ordinary word is too, wherever it occurs: the name is a password's
	markToken                    // the name may be that of a parser's token, which isn't secret
	markDeep                     // it is part of a key's type: all it refers to is secret too
	markDirect                   // no pointer was followed from the value that has the name
	markSpread                   // the name is that of the struct around it: what is hidden isn't learned
	markBytes                    // bytes of a key's length are secret
	markHeld                     // the entries and elements of a map or a list of texts are secret too
	markPublic                   // digests and the like aren't secret
	markOwner                    // the name may be that of whoever is signed in: an id isn't secret
)

// when returns m if a condition holds.
func when(holds bool, m marks) marks {
	if holds {
		return m
	}
	return 0
}

// has reports whether one of some marks is set.
func (n naming) has(some marks) bool { return n.marks&some != 0 }

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
		n.marks = when(w.keys && secrets.KeyName(name), markBytes) |
			when(w.keys && secrets.PublicName(name), markPublic)
		return n
	}
	number := !secrets.CountName(name)
	n = naming{strength: s, marks: markDirect | when(number, markNamed) | when(secrets.KeyName(name), markBytes) |
		when(strings.EqualFold(name, "auth"), markOwner) |
		when(secrets.TokenName(name), markToken) | when(secrets.HoldsSecrets(name), markHeld)}
	if s == secrets.Secret {
		n.marks |= markSecret | when(number, markKey) | when(ofWords(name), markWords)
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
		return naming{strength: s, marks: when(s == secrets.Secret, markSecret) |
			markKey | markNamed | markWords | markDirect}
	}
	return naming{strength: s, marks: markNamed | markDirect}
}

// typed is the context that a value gets from its type.
func (c context) typed(r *typeRef) context {
	c.shown = c.shown || r.shown
	if r.random && !c.hides() {
		c.strength = secrets.IfRandom
		c.marks &^= markSpread
	}
	c.marks |= r.marks
	return c
}

// inList is the context of what a map or list called credentials holds.
func (c context) inList() context {
	if c.has(markHeld) {
		c.strength = secrets.Secret
		c.marks |= markSecret | markKey
	}
	return c.inside()
}

// inside is the context of a part of the value.
func (c context) inside() context {
	c.marks &^= markNamed
	return c
}

// ofText is the context of a string: it isn't the bytes of a key.
func (c context) ofText() context {
	c.marks &^= markBytes
	return c
}

// through is the context of what a pointer, map, channel or function of type t leads to.
func (c context) through(t *gotypes.Type) context {
	switch {
	case t.Kind == reflect.Func:
		c.naming, c.shown = naming{}, false
	case t.Kind == reflect.Pointer && c.strength != secrets.NotSecret && leaf(t.Elem()):
		// Nothing else is reached through it, nor through the next.
	case t.Kind == reflect.Pointer && c.has(markSecret) && plain(t.Elem()):
	case t.Kind == reflect.Pointer && c.has(markSecret) && container(t.Elem()):
		c = c.inList()
	case t.Kind == reflect.Pointer && c.has(markDirect):
		if t.Elem() == nil || t.Elem().Kind != reflect.Pointer { // the second pointer counts
			c.marks &^= markDirect
		}
	case t.Kind == reflect.Pointer && !c.has(markDeep):
		c.naming = naming{marks: c.marks & (markPublic | when(leaf(t.Elem()), markBytes))}
	case t.Kind != reflect.Pointer:
		c = c.inList()
		if c.has(markSpread) {
			c.naming = naming{}
		}
	}
	return c
}

// field is the context of field i of a struct with context c.
func (c context) field(r *typeRef, i int) context {
	own := &r.fields[i]
	switch {
	case r.container && c.has(markSecret):
		if r.t.Fields()[i].Name == "key" {
			c.naming = ofKey
		}
	case own.strength > secrets.NotSecret && (!c.has(markSecret) || own.has(markSecret)):
		around := c.marks & markDeep
		if around != 0 {
			around |= c.marks & markKey
		}
		c.naming = own.naming
		c.marks |= around
	case c.has(markDeep) && own.beside && r.t.Fields()[i].Type.Kind == reflect.String:
		c.naming = own.naming // the name of a curve
	case c.has(markDeep):
		c.marks &^= when(own.beside, markWords)
	case !c.has(markSecret) && c.strength == secrets.NotSecret:
		c.naming = own.naming
	case own.id && c.has(markOwner):
		c.naming = own.naming
	case own.wrapped, own.strength > secrets.NotSecret:
		c.marks &^= when(own.beside, markWords)
	case own.next:
		c.marks |= markDirect // the rest of a list
	case c.has(markWords) && r.plain && !own.beside:
		c.marks &^= markWords
	default:
		// Only what itself looks like a secret, and lists of numbers such as keys consist of.
		bytes, numbers := ofNumbers(r.t.Fields()[i].Type)
		key := c.has(markKey)
		c.naming = naming{strength: secrets.IfRandom, marks: markSpread | own.marks&(markPublic|markBytes) |
			when(key && bytes, markBytes) | when(key && numbers, markKey)}
	}
	return c
}

// ofKey is the context of the keys of what is called secret: they may be names, or the
// secrets.
var ofKey = naming{strength: secrets.IfRandom, marks: markSpread}

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
	return context{depth: o.depth, naming: o.naming, stale: o.stale, shown: o.shown}
}

// with returns the naming of an object that two ways lead to: what one of them hides is
// hidden. It may be a parser's token, or isn't learned, only if each way that hides it says
// so.
func (n naming) with(o naming) naming {
	both := naming{marks: n.marks | o.marks, strength: max(n.strength, o.strength)}
	for _, m := range [...]marks{markToken, markSpread} {
		if n.hides() && !n.has(m) || o.hides() && !o.has(m) {
			both.marks &^= m
		}
	}
	return both
}

// hides reports whether the naming hides text.
func (n naming) hides() bool { return n.has(markSecret) || n.strength > secrets.NotSecret }
