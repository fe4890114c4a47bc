package walk

import (
	"reflect"
	"strings"

	"coredumpy/internal/target"
)

// Names tell that a value is a secret: of a variable or a field (types.go), of a
// map's key, or of the field beside it in a pair of a name and a value.

// secretPair reports whether a struct of a name and a value has the name of a
// secret, as in {Name: "Authorization", Value: "..."}.
func (w *Walker) secretPair(r *typeRef, addr uint64, data []byte) bool {
	if r.name < 0 {
		return false
	}
	off := r.t.Fields()[r.name].Offset
	header := w.borrow(16)
	defer w.giveBack(header)
	if data != nil && off+16 <= int64(len(data)) {
		copy(header, data[off:])
	} else if w.p.Mem.Read(header, addr+uint64(off)) != nil {
		return false
	}
	return w.secretText(addr+uint64(off), header)
}

// maxName bounds the names that are looked at for secrets.
const maxName = 256

// counts reports whether a number of this name is one that counts or
// identifies tokens, as in a parser, and no secret itself.
func counts(name string) bool { return strings.Contains(strings.ToLower(name), "token") }

// secretText reports whether the string whose header is at addr names a secret.
func (w *Walker) secretText(addr uint64, header []byte) bool {
	n := word(header, 1)
	if n == 0 || n > maxName {
		return false
	}
	name := w.borrow(int64(n))
	defer w.giveBack(name)
	return w.p.Mem.Read(name, w.p.Follow(addr, word(header, 0))) == nil && w.secretName(name)
}

// maxNames bounds how many names are remembered.
const maxNames = 1024

// secretName is the rule of that name. Records in great numbers have few names,
// which take no memory each time.
func (w *Walker) secretName(name []byte) bool {
	if secret, known := w.names[string(name)]; known {
		return secret
	}
	s := string(name)
	secret := w.rules.SecretName(s)
	if len(w.names) < maxNames {
		w.names[s] = secret
	}
	return secret
}

// secretKey reports whether a map's key, of type t, names a secret. It may be a
// string in an interface.
func (w *Walker) secretKey(t *target.Type, addr uint64, key []byte) bool {
	switch {
	case t == nil:
		return false
	case t.Kind == reflect.String:
		return w.secretText(addr, key)
	case t.Kind != reflect.Interface:
		return false
	}
	dyn, at, err := w.p.Dynamic(t, addr, word(key, 0), w.p.Follow(addr+8, word(key, 1)))
	if err != nil || dyn == nil || dyn.Kind != reflect.String {
		return false
	}
	header := w.borrow(16)
	defer w.giveBack(header)
	return w.p.Mem.Read(header, at) == nil && w.secretText(at, header)
}
