package printable

import "strconv"

// Count returns how many things there are: "1 goroutine", "2 goroutines".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
