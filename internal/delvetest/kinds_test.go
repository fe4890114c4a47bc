package delvetest

import "testing"

// kinds are expressions over types of all sorts: named, generic, embedded, nested, of a package with a
// version in its path.
var kinds = crossing{
	operands: `
flag mask single phase name u r text triple table pipe fun blob spot pspot nest pp parr level bits set opt either ring
grid nptr nsl nany nup nTb nPipe nFun nNmr nSvc cube voids anon deep bySpot byAny byNamer byCh ai ap ae aarr anys namer
named bound nested fns chans recv bigint when took whens patherr failure joined link price quoter svc.opts money.Default
money.Cent`,
	forms: `
_
*_
&_
len(_)
_[1]
_["a"]
_[:1]
_.X
_.Label
_.(error)
_ == nil
_ == _
_ + _
string(_)
main.Name(_)
main.Tiny(_)
(*main.Spot)(_)
main.Spot{X: _}
max(_, 2)
(&_).X`,
	pairs: `
flag tiny mask single name i f text triple spot alias pspot table pipe recv fun level High ai ap named code
took amount money.Cent 3 2.5 "ann" nil`,
	each: 1,
}

// kindsClasses are the reasons for which expressions over these differ from Delve. They are tried in
// this order.
var kindsClasses = []class{
	{name: "Delve fails inside, or takes a pointer or function for the text or number that stands for it", count: 30,
		delve: `internal debugger error|constant.Value is|^$|^nil$|unsafe.Pointer\(nil\)|unknown or unsupported kind` +
			`|func\d(main\.|\+)|-fmmain|^time.Time\(\S+Z\d|^invalid binary operation "main`},
	{name: "the same: nil and nil compare, and structs in structs", count: 3,
		delve: `unimplemented comparison of invalid|structure too deep`},
	{name: "channels, and unsafe.Pointer, compare as in Go", count: 6,
		delve: `can not compare chan variables|comparison of unsafe.Pointer|"main.Pipe"`, dump: `^(true|false)$`},
	{name: "a named unsafe.Pointer isn't nil in Delve", count: 1, expr: `^nup == nil$`},
	{name: "interfaces compare with values, as in Go", count: 13,
		delve: `^mismatched types .*"(interface {}|main.Namer|error|\S*Quoter)"|^can not convert .* to (interface {}|main.Namer)$`},
	{name: "what is looked at in an interface is looked at in its value", count: 12,
		delve: `\((interface {}|error|main.Namer|\S*Quoter)\)|type (interface {}|main.Namer)\)`},
	{name: "an interface type is asserted, as in Go", count: 2, expr: `\(error\)`, delve: `^interface conversion`},
	{name: "elements of channels", count: 6, expr: `\[`, delve: `\((<-)?chan .*\) does not support|\(main.Pipe\) does not support`},
	{name: "a channel shows its type, length and capacity; elements, and who waits, in lines below", count: 4,
		delve: `qcount|waiting on this channel`},
	{name: "method values show what they are bound to", count: 12, dump: `receiver `},
	{name: "maps are sliced on both ends", count: 8, delve: `second slice argument`},
	{name: "slices of arrays are slices, as in Go", count: 3, expr: `^(triple|parr|grid)\[`},
	{name: "more conversions, as in Go", count: 2, expr: `^(string|main.Name)\(triple`, delve: `can not convert`},
	{name: "times are in their zone, with fractions", count: 3, delve: `time.Time\(`},
	{name: "a struct without a name is called struct once", count: 6, delve: `struct struct`},
	{name: "a pointer to an unsafe.Pointer has its type's name", count: 1, delve: `^\*\*void`},
	{name: "constants of different kinds don't compare or add, as in Go", count: 1,
		dump: `^mismatched types|^invalid (binary operation|comparison)`, expr: `^(3|2.5|"ann") \S+ (3|2.5|"ann")$`},
}

func TestKinds(t *testing.T) {
	compare(t, dumped(t, "kinds", "main.run"), "testdata/kinds_delve.txt", kindsClasses)
}

// More of what Go has and Delve doesn't.
func TestMoreKinds(t *testing.T) {
	in := dumped(t, "kinds", "main.run")
	for _, tt := range []struct{ expr, want string }{
		{"money.Amount(3) + money.Cent", "4"},
		{"money.Price{Net: 5}.Net", "5"},
		{"quoter.(*money.Price) == price", "true"},
		{"quoter.(money.Quoter) == quoter", "true"},
		{"Alias{9, 9} == alias", "true"},
		{"len(IntSet(ints))", "1"},
		{"patherr == failure.Err.err.(*os.PathError)", "true"},
		{"failure.Err.err.(*fs.PathError).Op", `"open"`},
		{"chained.(*os.PathError)", "interface conversion: error is *main.Failure, not *io/fs.PathError"},
		{"chained.(error).Op", `"load"`},
		{"ap.(Namer).X", "3"},
		{"as.(Namer)",
			"interface conversion: interface {} is main.Spot, not main.Namer: the dump knows no method Label of main.Spot"},
		{"named.(fmt.Stringer)",
			"interface conversion: main.Namer is *main.Spot, not fmt.Stringer: the dump has no type fmt.Stringer"},
		{"ctx.(context.Context) == ctx", "true"},
		{"byNamer[spot]", "can not convert value of type main.Spot to main.Namer"},
		{"byNamer[pspot]", "2"},
		{"tiny == named", `mismatched types "main.Tiny" and "main.Namer": the dump knows no method Label of main.Tiny`},
		{"High == chained", `mismatched types "main.Level" and "error": the dump knows no method Error of main.Level`},
		{"name == namer", "true"},
		{"took == chained", "false"}, // the dump has no source of package time
		{"pipe == recv && send == pipe", "true"},
		{"recv == send", `mismatched types "<-chan main.Name" and "chan<- main.Name"`},
		{"(<-chan Name)(pipe) == recv", "true"},
		{"len(map[[2]string]int{{`a`, `b`}: 1, {`c`, `d`}: 2, {0: `a`, 1: `b`}: 3})", "2"},
		{"map[Namer]int{name: 1, namer: 2}[name]", "2"},
		{"float64(1<<u)", "shifted operand 1 (type float64) must be integer"},
		{"strings.ToUpper", "could not find symbol strings.ToUpper: the dump has the package-level variables " +
			"of the main module, see vars, and the functions on stacks and of its source files, see funcs"},
	} {
		if got := evaluated(in, tt.expr); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.expr, got, tt.want)
		}
	}
}
