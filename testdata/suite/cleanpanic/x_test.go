package cleanpanic

import "testing"

func TestCleanup(t *testing.T) {
	var stock map[string]int
	t.Cleanup(func() {
		count := 4
		stock["tea"] = count // want panic TestCleanup: "assignment to entry in nil map" count = 4
	})
}
