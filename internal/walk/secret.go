package walk

import (
	"reflect"
	"strings"

	"coredumpy/internal/target"
)

// Names tell that a value is a secret: of a variable or a field (types.go), of a
// map's key, of the field beside it in a pair of a name and a value, and of its
// type.

// secretPair reports whether a struct of a name and a value has the name of a
// secret, as in {Name: "Authorization", Value: "..."}, or is a cookie.
func (w *Walker) secretPair(r *typeRef, addr uint64, data []byte) bool {
	if r.cookie || r.name < 0 {
		return r.cookie
	}
	f := r.t.Fields()[r.name]
	header := w.borrow(16)
	defer w.giveBack(header)
	if data != nil && f.Offset >= 0 && f.Offset+16 <= int64(len(data)) {
		copy(header, data[f.Offset:])
	} else if w.p.Mem.Read(header, addr+uint64(f.Offset)) != nil {
		return false
	}
	return w.secretKey(f.Type, addr+uint64(f.Offset), header)
}

// mayName reports whether a field of type t may hold a name: text, or something
// in an interface.
func mayName(t *target.Type) bool {
	return t.Kind == reflect.String || t.Kind == reflect.Interface || t.Kind == reflect.Slice && t.Elem() != nil && t.Elem().Kind == reflect.Uint8
}

// passwords are the names of types whose values are secrets: they end so. Types
// are named for what deals with secrets more often than variables are.
var passwords = [...]string{"password", "passwd", "passphrase", "secret", "apikey", "privatekey"}

// secretType reports whether the name of a type, which is no struct, says that
// its values are secrets.
func (w *Walker) secretType(t *target.Type) bool {
	if t.Kind != reflect.String && t.Kind != reflect.Slice && t.Kind != reflect.Array {
		return false
	}
	name := ownName(t.Name)
	lower := strings.ToLower(name)
	for _, end := range passwords {
		if strings.HasSuffix(lower, end) {
			return w.rules.SecretName(name)
		}
	}
	return false
}

// keyPackages are those whose structs hold keys, or what is as good as one.
var keyPackages = [...]string{
	"crypto/aes.", "crypto/des.", "crypto/rc4.", "crypto/hmac.", "crypto/internal/",
	"golang.org/x/crypto/chacha20", "vendor/golang.org/x/crypto/chacha20",
}

// holdsKey reports whether a struct is a private key, or of a package whose
// structs hold keys.
func holdsKey(name string) bool {
	if strings.HasSuffix(ownName(name), "PrivateKey") {
		return true
	}
	for _, path := range keyPackages {
		if strings.HasPrefix(name, path) {
			return true
		}
	}
	return false
}

// ownName returns the name that a type was declared with, "" if it is composed.
func ownName(name string) string {
	name, _, _ = strings.Cut(name, "[") // of type arguments
	if strings.ContainsAny(name, "*( {") {
		return ""
	}
	return name[strings.LastIndexByte(name, '.')+1:]
}

// maxName bounds the names that are looked at for secrets.
const maxName = 256

// counts reports whether a number of this name is one that counts or
// identifies tokens, as in a parser, and no secret itself.
func counts(name string) bool { return strings.Contains(strings.ToLower(name), "token") }

// secretText reports whether the text whose header is at addr names a secret.
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

// maxArguments is the longest list that is looked at as one of arguments.
const maxArguments = 256

// namesNext reports whether element i of n is the name of a secret that is the
// next element: a flag among strings, as in -password x, or one of the keys that
// alternate with values in the arguments of a logger.
func (w *Walker) namesNext(elem *target.Type, n, i int64, addr uint64, data []byte) bool {
	switch {
	case n > maxArguments:
		return false
	case elem.Kind == reflect.Interface:
		return n%2 == 0 && i%2 == 0 && w.secretKey(elem, addr, data)
	case elem.Kind != reflect.String || word(data, 1) == 0:
		return false
	}
	first := w.borrow(1)
	defer w.giveBack(first)
	return w.p.Mem.Read(first, w.p.Follow(addr, word(data, 0))) == nil && first[0] == '-' && w.secretText(addr, data)
}

// secretKey reports whether a map's key, of type t, names a secret. It may be a
// string in an interface. Of the field of a pair it may be bytes.
func (w *Walker) secretKey(t *target.Type, addr uint64, key []byte) bool {
	switch {
	case t == nil:
		return false
	case t.Kind == reflect.String, t.Kind == reflect.Slice && mayName(t):
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
