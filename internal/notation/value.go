// Package notation is how values are written in a dump: as JSON, without their types, which
// follow from the places of the values. Most values are short:
//
//	bool, ints, uintptr      true, 42
//	unsafe.Pointer           the address as a number
//	floats                   1.5; "NaN", "+Inf", "-Inf" as strings
//	complex                  [real, imaginary]
//	string                   "text", when it is whole and valid UTF-8
//	nil of any kind          null
//	struct                   [field, field, ...] in the order of the type's fields
//	array                    [elem, elem, ...]; elements of 1 byte as for string
//	pointer                  [object]
//	slice                    [object, len, cap]; the object's type is the slice's and its value
//	                         that of an array; cap is absent if it is len, and -1 if it isn't
//	                         known
//	map                      [object, len]; the object's type is the map's and its value
//	                         [key, value, key, value, ...]
//	chan                     [object, len, cap], cap absent if it is len; the object's type is
//	                         the channel's and its value [buffered, ...]
//	interface                [type, value], or [object] of a boxed struct or array
//
// The address that a reference holds is the object's, and so is the type of a boxed struct or
// array. In format 1 a reference holds the address itself, before the object, and an
// interface holds the type before that; a slice without elements has object 0.
//
// All other values are objects with these members, see [Value]:
//
//	string cut or not UTF-8  {"s":"prefix","len":N} or {"b":"base64","len":N}
//	array cut                {"e":[...],"len":N}; of bytes {"s":...,"len":N} or {"b":...,"len":N}
//	a map's object           {"e":[key,value,...],"len":N} if it was cut or has changed
//	a chan's object          {"e":[buffered,...],"len":N,"closed":bool,"recv":N,"send":N} if one
//	                         of the last three isn't zero, or it was cut
//	slice without elements   {"p":address,"cap":N}, cap absent if it is 0
//	func                     {"p":address of the code,"f":name,"file":...,"line":N,"o":object}; the
//	                         object's type is a struct of the captured variables; if the function
//	                         isn't known, the address of the closure and why: {"p":address,"x":reason}
//	no value                 {"x":reason}; pointers, slices, maps and so on keep "p", "len",
//	                         "cap" and an interface "t" beside the reason why what they refer
//	                         to is not stored
//
// A reason is a list of a kind and details, as package caveat writes it.
//
// "red":true beside text says that parts of it were redacted, so its length is no longer
// that of the original; "form":"64 hex", what a secret that was the whole text looked like.
package notation

import (
	"encoding/json"

	"coredumpy/internal/caveat"
)

// Value is the object form of a value, see the package documentation.
type Value struct {
	Addr     uint64          `json:"p"`
	Object   int             `json:"o"`
	Len      int64           `json:"len"`
	Cap      int64           `json:"cap"`
	Type     int             `json:"t"`
	Value    json.RawMessage `json:"-"` // of an interface
	Text     *string         `json:"s"`
	Bytes    []byte          `json:"b"`
	Elems    json.RawMessage `json:"e"` // for ParseList
	Closed   bool            `json:"closed"`
	Recv     int             `json:"recv"` // goroutines waiting to receive
	Send     int             `json:"send"` // goroutines waiting to send
	Func     string          `json:"f"`
	File     string          `json:"file"`
	Line     int             `json:"line"`
	Redacted bool            `json:"red"`
	Form     string          `json:"form"`
	Reason   caveat.Reason   `json:"x"`
}
