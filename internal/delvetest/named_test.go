package delvetest

import "testing"

// named are expressions over named types of each basic kind, embedded pointers, generic types in each
// other, interfaces that hold nil, and constants of another package.
var named = crossing{
	operands: `
nb ni n8 n32 n64 nu u8 u32 u64 np f32 f64 c64 c128 str bad by neg ru fl32 z arr sl mp fn ch pint nup pt ppt vec anonpt
pppt core mid bare list kv cache boxed sumInt byArr byKind byIface byPP kind perm odd none size access pair weekday unit
rows tab texts numbers ptrs bytes runes shape nilsh pshape nilmap nilfn nilch nilsl nilptr inarr inkv incore inpp inint
instr inkind inc inany pany strerr ptrerr nilerr nosl nomap nofn noptr nomid noup nopint move length area out top names
units.Large units.Default units.ByName time.Friday Last`,
	forms: `
_
*_
^_
len(_)
_[1]
_[nu]
_[0:1:2]
_[5:1]
_.X
_.Val
_.Area
_.(main.Square)
_ == nil
_ << neg
1.0 << _
_ / 0
min(_, 1.5)
complex64(_)
[]rune(_)
main.U8(_)
main.Str(_)
main.Tagged(_)
(*main.Vec)(_)
units.Size(_)
main.Square{_}
mp[_]
&_`,
	pairs: `
nb ni n8 nu u64 f32 c128 str bad arr sl pt vec anonpt ppt ch fn kind perm size access weekday shape nilsh nilmap nilptr
inint instr inkind strerr nopint noup units.Large Last -1 300 0.1 2i "str"`,
	each: 1,
}

// namedClasses are the reasons for which expressions over these differ from Delve. They are tried in
// this order.
var namedClasses = []class{
	{name: "Delve fails inside, or takes a pointer for the number that stands for it", count: 20,
		delve: `internal debugger error|^(nil|unsafe.Pointer\(nil\))$`},
	{name: "the same: a pointer is no number", count: 18,
		expr: `^(main.U8|units.Size)\(`, delve: `^(ADDRESS|\d+)$`, dump: `^can not convert "\w+" to \S+$`},
	{name: "floats that an integer type doesn't have are errors: what becomes of them depends on the machine", count: 4,
		dump: `out of its range$`},
	{name: "indices may be of any integer type, as in Go", count: 11, delve: `^can not convert value of type \S+ to int$`},
	{name: "slices with three indices, as in Go", count: 13, delve: `^3-index`},
	{name: "maps are sliced on both ends", count: 8, delve: `second slice argument`},
	{name: "constants are integers if their value is, as in Go", count: 23, delve: `^shift of type float64$`},
	{name: "results are within the range of their type, as in Go", count: 11, expr: `^\^`, delve: `^-`},
	{name: "constants that their type doesn't have are errors, as in Go", count: 17, dump: `^can not convert -?\d+ constant to \S+$`},
	{name: "constants of different kinds don't compare, as in Go", count: 1, expr: `^2i <= "str"$`},
	{name: "interfaces compare with values, as in Go", count: 38,
		delve: `^mismatched types .*"(interface {}|error|main.Shape)"|constant to interface {}$`},
	{name: "what is looked at in an interface is looked at in its value", count: 33,
		delve: `\((interface {}|error|main.Shape)\)|type (interface {}|error|main.Shape)\)|^data is nil$`},
	{name: "elements of channels", count: 4, expr: `\[`, delve: `\((chan<- )?main.\w+\) does not support`},
	{name: "a channel shows its type, length and capacity; elements, and who waits, in lines below", count: 2,
		delve: `qcount|waiting on this channel`},
	{name: "method values show what they are bound to", count: 5, dump: `receiver `},
	{name: "more conversions, as in Go", count: 2, expr: `^complex64\(`, delve: `^can not convert`},
	{name: "a code that no character has is U+FFFD, as in Go", count: 1, expr: `^main.Str\(`, dump: "\ufffd"},
	{name: "a message names what is nil", count: 1, expr: `^bare.X$`},
	{name: "a named unsafe.Pointer isn't nil in Delve", count: 1, expr: `^noup == nil$`},
	{name: "division by zero is the same error for large numbers", count: 1, expr: `^u64 / 0$`},
	{name: "the dump doesn't hold memory beside variables, nor addresses in a map", count: 2,
		expr: `^\(\*main.Vec\)\(nup\)$|^byArr$`},
}

func TestNamed(t *testing.T) {
	compare(t, dumped(t, "named", "main.run"), "testdata/named_delve.txt", namedClasses)
}

// TestMemory reads memory as another type: a number's, and the words of a slice, a map and a channel.
func TestMemory(t *testing.T) {
	in := dumped(t, "named", "main.run")
	for _, tt := range []struct{ expr, want string }{
		{"*(*uint16)(uintptr(&c128))", "0"},
		{"*(*float64)(uintptr(&c128) + 8)", "3"},
		{"*(*float32)(uintptr(&c64) + 4)", "-2"},
		{"*(*uint)(uintptr(&sl) + 8)", "3"},
		{"*(*uint)(uintptr(&sl)) == uint(uintptr(&sl[0]))", "true"},
		{"*(*int)(uintptr(&numbers) + 16)", "10"},
		{"*(*uint64)(uintptr(&nomap))", "0"},
		{"*(*uint64)(uintptr(&ch)) == *(*uint64)(uintptr(&out))", "true"},
		{"*(*uint8)(uintptr(&nofn))", "0"},
		{"*(*uint8)(uintptr(&inint))", "*(*uint8)(uintptr(&inint)) is not in the dump"},
		{"many[:2][1:70][68]", "0"},
		{"(*main.Vec)(ppt).Y", "4"},
	} {
		if got := evaluated(in, tt.expr); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.expr, got, tt.want)
		}
	}
}
