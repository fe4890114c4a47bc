package walk

import (
	"reflect"
	"strings"

	"coredumpy/internal/gotypes"
	"coredumpy/internal/notation"
	"coredumpy/internal/secrets"
)

// Names show that a value is a secret: that of a variable or a field (types.go), of a map's
// key (entries.go), of the field beside it in a pair of a name and a value (below), and of
// its type (types.go).

// secretPair returns what the name says in a struct of a name and a value, as in
// {Name: "Authorization", Value: "..."}. The value of a cookie is a secret, unless it is a
// setting of the page.
func (w *Walker) secretPair(r *typeRef, addr uint64, data []byte) secrets.Strength {
	if r.name < 0 {
		if r.cookie {
			return secrets.Secret
		}
		return secrets.NotSecret
	}
	f := r.t.Fields()[r.name]
	header := w.borrow(16)
	defer w.giveBack(header)
	if data != nil && f.Offset >= 0 && f.Offset+16 <= int64(len(data)) {
		copy(header, data[f.Offset:])
	} else if w.p.Mem.Read(header, addr+uint64(f.Offset)) != nil {
		return secrets.NotSecret
	}
	return r.pair(w.meaningOf(f.Type, addr+uint64(f.Offset), header))
}

// pair returns what a name says in such a struct.
func (r *typeRef) pair(m meaning) secrets.Strength {
	if r.cookie && m.kind != tellsSetting {
		return secrets.Secret
	}
	return m.strength
}

// mayName reports whether a field of type t may hold a name: whether it is text or an
// interface.
func mayName(t *gotypes.Type) bool {
	return t.Kind == reflect.String || t.Kind == reflect.Interface ||
		t.Kind == reflect.Slice && t.Elem() != nil && t.Elem().Kind == reflect.Uint8
}

// secretType reports whether the name of a type, which isn't a struct, says that its values
// are secrets, or are if they look random: a Token may be a parser's.
func (w *Walker) secretType(t *gotypes.Type) (secret, random bool) {
	if t.Kind != reflect.String && t.Kind != reflect.Slice && t.Kind != reflect.Array {
		return false, false
	}
	name := ownName(t.Name)
	if secrets.TypeName(name) && w.rules.SecretName(name) {
		return true, false
	}
	return false, w.weak && secrets.Weigh(name) != secrets.NotSecret
}

// keyPackages are the packages whose structs hold keys, or what is as sensitive.
var keyPackages = [...]string{
	"crypto/aes.", "crypto/des.", "crypto/rc4.", "crypto/hmac.", "crypto/internal/",
	"golang.org/x/crypto/chacha20", "vendor/golang.org/x/crypto/chacha20",
}

// ofKeyType reports whether a struct, or a list of numbers or bytes, is a private key.
func (w *Walker) ofKeyType(t *gotypes.Type) bool {
	return w.keys && !w.rules.Shown.Has(secrets.ByType) && (t.Kind == reflect.Struct || t.Kind == reflect.Slice ||
		t.Kind == reflect.Array) && strings.HasSuffix(ownName(t.Name), "PrivateKey")
}

// ofKeyPackage reports whether a struct is from a package whose structs hold keys.
func (w *Walker) ofKeyPackage(t *gotypes.Type) bool {
	if !w.keys || w.rules.Shown.Has(secrets.ByType) {
		return false
	}
	for _, path := range keyPackages {
		if strings.HasPrefix(t.Name, path) {
			return true
		}
	}
	return false
}

// ownName returns the name that a type was declared with, "" for a type literal.
func ownName(name string) string {
	name, _, _ = strings.Cut(name, "[") // without type arguments
	if strings.ContainsAny(name, "*( {") {
		return ""
	}
	return name[strings.LastIndexByte(name, '.')+1:]
}

// maxName bounds the length of the names that are checked for secrets.
const maxName = 256

// ofParser reports whether a struct is a parser's token: it has the kind of token, and its
// position or its spelling. Tokens that are secrets have no such fields.
func ofParser(fields []gotypes.Field) bool {
	kind, place := false, false
	for _, f := range fields {
		if f.Type == nil {
			continue
		}
		number := reflect.Int <= f.Type.Kind && f.Type.Kind <= reflect.Uint64 &&
			!strings.HasPrefix(f.Type.Name, "time.")
		switch strings.ToLower(f.Name) {
		case "kind", "type", "typ", "tok":
			kind = kind || number
		case "line", "column", "col", "pos", "position", "offset":
			place = place || number || f.Type.Kind == reflect.Struct && !strings.HasPrefix(f.Type.Name, "time.")
		case "literal", "lit", "lexeme":
			place = place || f.Type.Kind == reflect.String
		}
	}
	return kind && place
}

// tells reports whether a variable or a field of type t may be a secret, given a name that
// says so. A pass that is a number or a Pass is a compiler's, or one over a loop.
func tells(name string, t *gotypes.Type) bool {
	if t == nil || !strings.EqualFold(name, "pass") {
		return true
	}
	switch t.Kind {
	case reflect.Func, reflect.Chan:
		return false
	case reflect.Pointer:
		return t.Elem() == nil || t.Elem().Kind != reflect.Struct || !strings.HasSuffix(ownName(t.Elem().Name),
			"Pass")
	}
	return t.Kind < reflect.Bool || t.Kind > reflect.Complex128
}

// meaning is what a text says about the value that it names, or that is beside it.
type meaning struct {
	kind     meaningKind
	strength secrets.Strength // of a secret
	flag     secrets.Strength // what it says as the name of a flag
	public   bool
	held     bool // see naming
	count    bool // a number that it names counts, see [secrets.CountName]
	words    bool // see naming
	bytes    bool // bytes of a key's length are secret
	beside   bool // it isn't the secret in a map that is called one
	name     bool // it is one word, as names are
}

type meaningKind uint8

const (
	tellsNothing meaningKind = iota
	tellsName                // it is the key of the name, in a pair of a name and a value
	tellsValue               // it is the key of the value in one
	tellsSetting             // it is the name of a cookie that holds a setting
)

// encodedMeaning returns the meaning of a text that was encoded before; false if it isn't whole.
func (w *Walker) encodedMeaning(encoded []byte) (meaning, bool) {
	text, ok := notation.WholeText(encoded)
	switch {
	case !ok:
		return meaning{}, false
	case len(text) > maxName:
		return meaning{}, true
	}
	return w.nameMeaning(text), true
}

// textMeaning returns the meaning of the text whose header is at addr.
func (w *Walker) textMeaning(addr uint64, header []byte) meaning {
	n := word(header, 1)
	if n == 0 || n > maxName {
		return meaning{}
	}
	name := w.borrow(int64(n))
	defer w.giveBack(name)
	if w.p.Mem.Read(name, w.p.Follow(addr, word(header, 0))) != nil {
		return meaning{}
	}
	return w.nameMeaning(name)
}

// maxBlanks bounds the spaces in the name of a secret: "the API key".
const maxBlanks = 2

// maxNames bounds how many names are remembered.
const maxNames = 1024

// A recentName is one of the names whose meanings were asked for last: those of fields that
// many records have.
type recentName struct {
	name    string
	meaning meaning
}

// nameMeaning returns the meaning of a name. Even very many records have few names, so it
// doesn't take memory each time.
func (w *Walker) nameMeaning(name []byte) meaning {
	recent := &w.recent[(len(name)+int(name[0])+8*int(name[len(name)-1]))%len(w.recent)]
	if recent.name == string(name) {
		return recent.meaning
	}
	s, m := w.knownName(name)
	*recent = recentName{s, m}
	return m
}

// knownName returns a name and its meaning, and remembers it unless there are too many.
func (w *Walker) knownName(name []byte) (string, meaning) {
	if known, ok := w.names[string(name)]; ok {
		return known.name, known.meaning
	}
	s := string(name)
	m := w.newMeaning(s)
	if len(w.names) < maxNames {
		w.names[s] = recentName{s, m}
	}
	return s, m
}

// newMeaning returns the meaning of a name.
func (w *Walker) newMeaning(s string) meaning {
	strength := w.weigh(s)
	m := meaning{strength: strength, flag: strength, name: !strings.ContainsAny(s, " \t\n"), public: w.keys &&
		secrets.PublicName(s),
		held: w.weak && secrets.HoldsSecrets(s), count: secrets.CountName(s),
		words: ofWords(s), bytes: w.keys && secrets.KeyName(s),
		beside: strength == secrets.NotSecret && secrets.BesideName(s)}
	if w.weak {
		m.flag = max(m.flag, secrets.WeighArgument(s))
	}
	if !m.name && strings.Count(s, " ") > maxBlanks {
		m = meaning{} // a sentence
	}
	switch {
	case s == "name" || s == "key" || s == "Name" || s == "Key":
		m.kind = tellsName
	case s == "value" || s == "Value" || s == "val":
		m.kind = tellsValue
	case secrets.SettingCookie(s):
		m.kind = tellsSetting
	}
	return m
}

// maxArguments bounds the length of a list that is checked for arguments.
const maxArguments = 256

// namesNext returns what element i of n, which was encoded, says about the next element: a flag
// among strings, as in -password x, one of the keys that alternate with values in the
// arguments of a logger, or the first of a pair.
func (w *Walker) namesNext(elem *gotypes.Type, n, i int64, addr uint64, data, encoded []byte) secrets.Strength {
	switch {
	case n > maxArguments:
		return secrets.NotSecret
	case elem.Kind == reflect.Interface:
		return w.meaningOf(elem, addr, data).keyAmong(n, i)
	case elem.Kind != reflect.String || word(data, 1) == 0:
		return secrets.NotSecret
	}
	if text, ok := notation.WholeText(encoded); ok {
		flag := text[0] == '-'
		if len(text) > maxName || !flag && (n != 2 || i != 0) {
			return secrets.NotSecret
		}
		return w.nameMeaning(text).ofArgument(flag)
	}
	first := w.borrow(1)
	defer w.giveBack(first)
	flag := w.p.Mem.Read(first, w.p.Follow(addr, word(data, 0))) == nil && first[0] == '-'
	if !flag && (n != 2 || i != 0) {
		return secrets.NotSecret
	}
	return w.textMeaning(addr, data).ofArgument(flag)
}

// ofArgument returns what a flag, or the first of a pair, says about the text behind it.
func (m meaning) ofArgument(flag bool) secrets.Strength {
	if !flag && m.strength != secrets.NotSecret {
		return secrets.IfRandom // it may be a list of names
	}
	return m.flag
}

// keyAmong returns what element i of n arguments, which means m, says about the next one. Names
// and values alternate, from the first or behind a message. Where a value is expected a name
// may be one: {"kind", "password", "user", "bob"}. Then the next one counts only if it looks
// random.
func (m meaning) keyAmong(n, i int64) secrets.Strength {
	switch {
	case !m.name:
		return secrets.NotSecret
	case (n-i)%2 != 0 && m.strength != secrets.NotSecret:
		return secrets.IfRandom
	}
	return m.strength
}

// meaningOf returns the meaning of a name of type t: a map's key, which may be a string in
// an interface, or the field of a pair, which may be bytes.
func (w *Walker) meaningOf(t *gotypes.Type, addr uint64, key []byte) meaning {
	switch {
	case t == nil:
		return meaning{}
	case t.Kind == reflect.String, t.Kind == reflect.Slice && mayName(t):
		return w.textMeaning(addr, key)
	case t.Kind != reflect.Interface:
		return meaning{}
	}
	dyn, at, err := w.p.Dynamic(t, addr, word(key, 0), w.p.Follow(addr+8, word(key, 1)))
	if err != nil || dyn == nil || dyn.Kind != reflect.String {
		return meaning{}
	}
	header := w.borrow(16)
	defer w.giveBack(header)
	if w.p.Mem.Read(header, at) != nil {
		return meaning{}
	}
	return w.textMeaning(at, header)
}
