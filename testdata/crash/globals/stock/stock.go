// Package stock has package-level variables of its own.
package stock

// Item is a thing in stock.
type Item struct {
	Name  string
	Count int
}

// Items are the items in stock.
var Items = []Item{{"pen", 3}, {"cup", 0}}

var total int

// Each calls f with each item's count.
//
// want: crash/globals/stock.Each it.Name = "cup"
//
//go:noinline
func Each(f func(int) int) int {
	for _, it := range Items {
		total += it.Count
		f(it.Count)
	}
	return total
}
