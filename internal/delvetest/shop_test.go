package delvetest

import (
	"os"
	"strings"
	"testing"
)

// shopClasses are the reasons for which expressions over the shop differ from Delve. They are
// tried in this order.
var shopClasses = []class{
	{name: "a channel shows its type, length and capacity", count: 7, delve: `qcount`},
	{name: "func values show what they have captured or are bound to, and methods are found through interfaces", count: 6,
		dump: `^main\..* \{\n\t(receiver|o) `},
	{name: "a message names what is nil", count: 3, dump: ` is nil$`},
	{name: "interfaces compare with values, as in Go", count: 1, expr: `^o.Note ==`},
	{name: "literals with texts, which Delve can't make in a program that stands still", count: 6, delve: `^literal string`},
	{name: "types of the frame's package without its name", count: 7,
		delve: `no type entry found|symbol value for (Flag|Status|SKU)|^function calls not allowed`},
	{name: "what is cut: an interface in a map has no address, a pointer in an interface has one", count: 5,
		delve: `\*\(\*interface|\t\.\.\.,`},
	{name: "functions of other packages aren't known to be none", count: 1, expr: `^fmt\.`},
	{name: "nil is converted, as in Go", count: 1, expr: `\(nil\)$`},
}

// Some of what Go has and Delve doesn't. Constants are in the dump even if no value has their type,
// as far as debug information has them: it has integers.
func TestMoreThanDelve(t *testing.T) {
	in := dumped(t, "shop", "main.(*Cache).handle")
	for _, tt := range []struct{ expr, want string }{
		{"maxItems", "50"},
		{"main.sizeMask + 1", "256"},
		{"retries", "3"},
		{"Shipped", "2"},
		{"time.March", "3"},
		{"took == 3 * time.Second / 2", "true"},
		{"time.Monday + 2 == when", "true"},
		{"nothing.ID == maxItems", "nothing is nil"},
		{"Shipped.Name", "Shipped (type main.Status) has no member Name"},
		{"in == queue && queue == out", "true"},
		{"ticks == queue", `mismatched types "chan int" and "chan main.Order"`},
		{"in == out", `mismatched types "<-chan main.Order" and "chan<- main.Order"`},
		{"queue[0].ID", "90"},
		{"byKey[key{1, 2, `a`}][1]", "2"},
		{"byAny[key{1, 2, `a`}] + byAny[1.5] + byAny[Paid]", `"keyfloatstatus"`},
		{"byIface[shape]", "4"},
		{"wrapped.err.Error.receiver.Code", "404"},
		{"joined.Error.receiver.errs[1] == Coded(7)", "true"},
		{"cust.Greet.receiver.Age", "31"},
		{"add.base", "10"},
		{"once.word[1:]", `"ear"`},
		{"greet.receiver.Name", `"Ann"`},
		{"ints.Push.receiver.limit", "3"},
		{"holds.held.SKU", `"plum"`},     // a closure holds it
		{"points.changed.SKU", `"plum"`}, // and points to this one
		{"days.lent.days",
			"days.lent is unreadable: debug information doesn't tell whether the func value holds it or points to it"},
		{"[...]int{2: i, count}[3]", "3"},
		{"*(*struct{})(uintptr(&i))", "struct {} {}"},
		{"m[1:]", "could not find symbol value for m"},
	} {
		if got := evaluated(in, tt.expr); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.expr, got, tt.want)
		}
	}
}

// TestShop compares with Delve's output for a program of the usual kind, and expressions as one
// types them at a prompt.
func TestShop(t *testing.T) {
	chosen, err := os.ReadFile("testdata/shop.txt")
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := os.ReadFile("testdata/shop_delve.txt")
	if err != nil {
		t.Fatal(err)
	}
	var asked strings.Builder
	for line := range strings.Lines(string(recorded)) {
		expr, _, _ := strings.Cut(line, "\t")
		asked.WriteString(expr + "\n")
	}
	if asked.String() != string(chosen) {
		t.Error("shop_delve.txt has other expressions than shop.txt: run go run ./.ci/delve/expressions")
	}
	compare(t, dumped(t, "shop", "main.(*Cache).handle"), "testdata/shop_delve.txt", shopClasses)
}
