package delvetest

import "testing"

// shopClasses are the reasons for which expressions over the shop differ from Delve.
var shopClasses = []class{}

// TestShop compares with Delve's output for a program of the usual kind, and expressions as one
// types them at a prompt.
func TestShop(t *testing.T) {
	compare(t, dumped(t, "shop", "main.(*Cache).handle"), "testdata/shop_delve.txt", shopClasses)
}
