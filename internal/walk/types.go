package walk

import (
	"reflect"
	"slices"
	"strings"

	"coredumpy/internal/corefile"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/secrets"
)

// typeRef is a type that a value in the dump has.
type typeRef struct {
	id     int
	t      *gotypes.Type
	fields []fieldRef

	// For a struct of a name and values, such as a header field: the index of the name,
	// or -1, and whether there are values.
	name  int
	pairs bool

	cookie bool  // a struct whose value is an HTTP cookie's
	parsed bool  // it is a parser's token
	random bool  // the type's name says that a text of it is a secret if it looks random
	marks  marks // what the name says without that

	container bool // see containers
	plain     bool // it is a struct of texts and numbers

	shown  bool // text in its values may be shown: see show.go
	passes bool // of a struct: its fields are shown where it is
}

// fieldRef is what its name says about a field of a struct.
type fieldRef struct {
	naming
	wrapped bool // it holds what the struct is called for
	value   bool // it is the value of a name and a value
	beside  bool // it isn't the secret if the struct is called one
	next    bool // it leads to another struct of the type
	id      bool // it identifies the struct
	shown   bool // text in it may be shown
}

// use returns the reference to a type, a new one if no value had that type so far.
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
	r.shown = w.showsType(t.Name)
	if t.Kind != reflect.Struct {
		var secret bool
		secret, r.random = w.secretType(t)
		r.marks = when(secret, markSecret|markWords|markKey|markDirect) | when(w.ofKeyType(t), markKey|markDeep)
		return r
	}
	w.useFields(r)
	return r
}

// useFields finds out what the fields of a struct say about their values.
func (w *Walker) useFields(r *typeRef) {
	t, fields := r.t, r.t.Fields()
	r.marks = when(w.ofKeyType(t) || w.ofKeyPackage(t), markKey|markDeep)
	r.container, r.plain = container(t), plain(t)
	r.parsed = ofParser(fields)
	r.fields = make([]fieldRef, len(fields))
	w.showFields(r)
	name := ownName(t.Name)
	is := structIs{
		secret:     secrets.TypeName(name) && w.rules.SecretName(name),
		saltedHash: w.weak && slices.ContainsFunc(fields, isSalt) && slices.ContainsFunc(fields, isHash),
	}
	var all siblings
	for i, f := range fields {
		ref := &r.fields[i]
		w.nameField(ref, f, is)
		all.add(f, ref)
		if f.Type == nil {
			continue
		}
		if w.weak && leaf(f.Type) && ref.strength == secrets.NotSecret {
			ref.changes(secrets.ChangeName(name, f.Name))
		}
		ref.next = f.Type.Kind == reflect.Pointer && f.Type.Elem() == t
		if !w.inFile { // types of a file may be nested without end
			w.use(f.Type)
		}
		w.useName(r, i, name)
	}
	w.compareFields(r, &all)
}

// structIs is what is known of a struct before its fields are looked at one by one.
type structIs struct {
	secret     bool // its name is one of a secret
	saltedHash bool // it has the salted hash of a password
}

// nameField finds out what the name of a field says about its value, in such a struct.
func (w *Walker) nameField(ref *fieldRef, f gotypes.Field, is structIs) {
	ref.naming = w.named(f.Name, f.Type)
	if is.saltedHash && (isHash(f) || isSalt(f)) {
		ref.naming = w.named("passwordHash", nil)
	}
	ref.wrapped = f.Embedded || wrappers[strings.ToLower(f.Name)]
	if is.secret && ref.wrapped && ref.strength == secrets.NotSecret && !secrets.BesideName(f.Name) {
		ref.naming = w.named("secret", nil)
		ref.ofMap(f.Type)
	}
}

func isSalt(f gotypes.Field) bool { return strings.EqualFold(f.Name, "salt") }

func isHash(f gotypes.Field) bool { return strings.EqualFold(f.Name, "hash") }

// siblings says what the fields of a struct are, taken together.
type siblings struct {
	secret bool // one has a secret name
	user   bool // one names a user
	// one is a secret key, which in services like S3 goes with an access key
	accessKey bool
	public    bool // one is a digest or the like
	holding   int  // how many hold more than a number
}

func (s *siblings) add(f gotypes.Field, ref *fieldRef) {
	s.secret = s.secret || ref.has(markSecret)
	s.accessKey = s.accessKey || secretKey(f.Name)
	s.user = s.user || userName(f.Name)
	s.public = s.public || ref.has(markPublic)
	if f.Type != nil && f.Type.Kind > reflect.Complex128 {
		s.holding++
	}
}

// compareFields finds out what the fields of a struct say about each other's values.
func (w *Walker) compareFields(r *typeRef, all *siblings) {
	for i, f := range r.t.Fields() {
		ref := &r.fields[i]
		ref.wrapped = ref.wrapped || all.holding == 1 && !describes(f.Name)
		if all.user && ref.strength == secrets.IfRandom &&
			(strings.EqualFold(f.Name, "pass") || strings.EqualFold(f.Name, "pw")) {
			ref.naming = w.named("password", nil) // of a user, not of a compiler
		}
		ref.id = secrets.IDName(f.Name)
		if all.accessKey && accessKey(f.Name) {
			ref.naming = naming{} // the id of the secret key
		}
		ref.beside = all.secret || secrets.BesideName(f.Name)
		ref.marks |= when(all.public && siblingName(f.Name), markPublic)
		if r.cookie && f.Name == "Raw" {
			ref.value, r.pairs = true, true
		}
	}
}

// accessKey and secretKey report whether fields with such names are the id of a key, and the
// key: AccessKey and Secret, access_key_id and secret_access_key.
func accessKey(name string) bool {
	return lettersOf(name, "accesskey") || lettersOf(name, "accesskeyid")
}

func secretKey(name string) bool {
	return lettersOf(name, "secret") || lettersOf(name, "secretkey") || lettersOf(name, "secretaccesskey") ||
		lettersOf(name, "accesskeysecret")
}

// lettersOf reports whether name has these letters, in any case, and underscores.
func lettersOf(name, letters string) bool {
	for _, c := range []byte(name) {
		switch {
		case c == '_':
		case letters == "" || c|0x20 != letters[0]:
			return false
		default:
			letters = letters[1:]
		}
	}
	return letters == ""
}

// describes reports whether a field with that name says something about the secret that its
// struct is called for: IdentityFields.
func describes(name string) bool {
	lower := strings.ToLower(name)
	for _, end := range [...]string{"fields", "names", "types", "columns", "kinds"} {
		if strings.HasSuffix(lower, end) {
			return true
		}
	}
	return false
}

// useName finds out what field i of a struct is in a pair of a name and a value, or in a
// cookie. name is the struct's.
func (w *Walker) useName(r *typeRef, i int, name string) {
	switch f := r.t.Fields()[i]; f.Name {
	case "Name", "Key", "name", "key", "K", "Header", "First":
		if mayName(f.Type) {
			r.name = i
		}
	case "Value", "Val", "value", "val", "String", "Interface", "V", "Second":
		r.fields[i].value, r.pairs = true, true
	case "Data", "StringData", "data", "stringData": // of Kubernetes
		if name == "Secret" && w.rules.SecretName("secret") {
			r.fields[i].naming = w.named("secret", nil)
			r.fields[i].ofMap(r.t.Fields()[i].Type)
		}
	case "HttpOnly", "HTTPOnly", "httpOnly":
		r.cookie = w.weigh("cookie") != secrets.NotSecret
	}
}

// ofMap has the keys of a map, which may be in an interface, tell which of its texts is a
// secret's user and not the secret.
func (f *fieldRef) ofMap(t *gotypes.Type) {
	if t != nil && (t.Kind == reflect.Map || t.Kind == reflect.Interface) {
		f.marks &^= markWords
	}
}

// changes sets what the name of a field says together with that of its struct.
func (f *fieldRef) changes(s secrets.Strength) {
	if s != secrets.NotSecret {
		f.naming = naming{strength: s, marks: markDirect | when(s == secrets.Secret, markSecret|markWords)}
	}
}

// siblingName reports whether a field with that name, in a struct that has a digest, is another
// one: Parent beside SHA, ID beside Digest.
func siblingName(name string) bool {
	switch strings.ToLower(name) {
	case "id", "parent", "parents", "prev", "previous", "head", "base", "ref", "tip", "before", "after", "root":
		return true
	}
	return false
}

// userName reports whether a field with that name goes with a password.
func userName(name string) bool {
	switch strings.ToLower(name) {
	case "user", "username", "login", "email", "userid", "usr", "uname":
		return true
	}
	return false
}

// TypeID returns the id of a type in the dump, 0 for nil.
func (w *Walker) TypeID(t *gotypes.Type) int {
	if t == nil {
		return 0
	}
	return w.use(t).id
}

// Packages returns the packages that types are of.
func (w *Walker) Packages() (paths []string) {
	seen := map[string]bool{"": true}
	for _, r := range w.order {
		name, _, _ := strings.Cut(r.t.Name, "[")
		path := name[:max(strings.LastIndexByte(name, '.'), 0)]
		if !seen[path] && !strings.ContainsAny(path, "* ({<") {
			seen[path] = true
			paths = append(paths, path)
		}
	}
	return paths
}

// maxConstants bounds how many names of an integer type's values are kept.
const maxConstants = 1000

// SecretConstant reports whether a constant of a named type is a secret: const adminPIN PIN =
// 8472. Small numbers and single bits are values of an enumeration.
func SecretConstant(secret func(name string) bool, name string, value int64) bool {
	const enumerated = 1000
	return secret != nil && (value >= enumerated || value <= -enumerated) && value&(value-1) != 0 && secret(name)
}

// ConstantsLeft returns how many constants of types Types leaves out, as a type has too many.
func (w *Walker) ConstantsLeft() (n int) {
	for _, r := range w.order {
		n += max(0, len(w.p.Constants(r.t))-maxConstants)
	}
	return n
}

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
		for _, k := range w.p.Constants(t) {
			if len(rec.Constants) == maxConstants {
				break
			}
			if !SecretConstant(w.rules.SecretName, k.Name, k.Value) {
				rec.Constants = append(rec.Constants, corefile.Constant{Name: k.Name, Value: k.Value})
			}
		}
		if err := write(rec); err != nil {
			return err
		}
	}
	return nil
}
