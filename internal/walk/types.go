package walk

import (
	"reflect"
	"slices"

	"coredumpy/internal/corefile"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/secrets"
)

// typeRef is a type that a value in the dump has.
type typeRef struct {
	id     int
	t      *gotypes.Type
	secret []bool // by field: its name says that it holds a secret

	// A struct of a name and values, such as a header field: the index of the
	// name, or -1, and which fields are values.
	name   int
	values []bool

	cookie   bool   // a struct whose value is an HTTP cookie's
	password bool   // the type's name says that a text of it is a secret
	key      bool   // it is a struct that holds the numbers of a key
	parsed   bool   // it is a parser's token
	beside   []bool // by field: it isn't the secret if the struct is called one
}

// use returns the reference to a type, which is new if no value had it so far.
func (w *Walker) use(t *gotypes.Type) *typeRef {
	if t.Index < len(w.indexed) && w.indexed[t.Index] != nil {
		return w.indexed[t.Index]
	}
	if r := w.types[t]; r != nil {
		return r
	}
	r := &typeRef{id: len(w.order) + 1, t: t, name: -1}
	w.types[t] = r
	if t.Index > 0 {
		w.indexed = append(w.indexed, make([]*typeRef, max(0, t.Index+1-len(w.indexed)))...)
		w.indexed[t.Index] = r
	}
	w.order = append(w.order, r)
	if t.Kind != reflect.Struct {
		r.password = w.secretType(t)
		return r
	}
	r.key = holdsKey(t.Name) && w.rules.SecretName("PrivateKey")
	fields := t.Fields()
	r.parsed = ofParser(fields)
	r.secret, r.values, r.beside = make([]bool, len(fields)), make([]bool, len(fields)), make([]bool, len(fields))
	for i, f := range fields {
		r.secret[i] = w.tells(f.Name, f.Type)
		if f.Type == nil {
			continue
		}
		w.use(f.Type)
		switch f.Name {
		case "Name", "Key", "name", "key":
			if mayName(f.Type) {
				r.name = i
			}
		case "Value", "Val", "value", "val", "String", "Interface":
			r.values[i] = true
		case "Data", "StringData", "data", "stringData": // of Kubernetes
			r.secret[i] = r.secret[i] || ownName(t.Name) == "Secret" && w.rules.SecretName("secret")
		case "HttpOnly", "HTTPOnly", "httpOnly":
			r.cookie = w.rules.SecretName("cookie")
		}
	}
	hasOwn := slices.Contains(r.secret, true)
	for i := range fields {
		r.beside[i] = hasOwn || secrets.BesideName(fields[i].Name)
		if r.cookie && fields[i].Name == "Raw" {
			r.values[i] = true
		}
	}
	return r
}

// TypeID returns the id of a type in the dump, 0 for nil.
func (w *Walker) TypeID(t *gotypes.Type) int {
	if t == nil {
		return 0
	}
	return w.use(t).id
}

// maxConstants bounds the names that are kept of an integer type's values.
const maxConstants = 1000

// Types calls write for each type that a value has.
func (w *Walker) Types(write func(*corefile.Type) error) error {
	known := func(t *gotypes.Type) int {
		if r := w.types[t]; t != nil && r != nil {
			return r.id
		}
		return 0 // no value has it
	}
	for _, r := range w.order {
		t := r.t
		rec := &corefile.Type{
			ID: r.id, Name: t.Name, Kind: t.Kind.String(), Size: t.Size, Len: t.Len,
			Elem: known(t.Elem()), Key: known(t.Key()),
		}
		for _, f := range t.Fields() {
			rec.Fields = append(rec.Fields, corefile.Field{
				Name: f.Name, Type: known(f.Type), Offset: f.Offset, Embedded: f.Embedded, Indirect: f.Indirect,
			})
		}
		for i, k := range w.p.Constants(t) {
			if i == maxConstants {
				break
			}
			rec.Constants = append(rec.Constants, corefile.Constant{Name: k.Name, Value: k.Value})
		}
		if err := write(rec); err != nil {
			return err
		}
	}
	return nil
}
