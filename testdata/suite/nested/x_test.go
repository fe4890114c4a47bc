package nested

import "testing"

func TestNested(t *testing.T) {
	ok := t.Run("outer", func(t *testing.T) {
		depth := 1
		t.Run("inner", func(t *testing.T) {
			depth++
			t.Error("deep") // want TestNested/outer/inner: "deep" depth = 2
		})
		t.Run("other", func(t *testing.T) { depth++ })
		t.Run("worse", func(t *testing.T) {
			t.Fatal("deeper at", depth) // want TestNested/outer/worse: "deeper at 3" depth = 3
		})
	})
	if !ok {
		t.Error("a subtest failed") // no dump of its own
	}
}

func TestTable(t *testing.T) {
	for _, tt := range []struct {
		name     string
		a, b     int
		quotient int
	}{
		{"whole", 6, 3, 2},
		{"rest", 7, 3, 3},
		{"large one", 100, 10, 10},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.a / tt.b
			check := func(what string) {
				if got != tt.quotient {
					t.Errorf("%s: %d / %d: got %d, want %d", what, tt.a, tt.b, got, tt.quotient) // want TestTable/rest: "table: 7 / 3: got 2, want 3" tt.quotient = 3
				}
			}
			check("table")
		})
	}
}
