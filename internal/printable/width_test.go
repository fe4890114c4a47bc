package printable

import "testing"

func TestWidth(t *testing.T) {
	for _, tt := range []struct {
		text         string
		column, want int
	}{
		{"", 3, 3}, {"abc", 0, 3}, {"größe", 0, 5}, {"e\u0301", 0, 1}, {"大きさ", 0, 6}, {"한", 1, 3}, {"👩", 0, 2},
		{"\t", 0, 8}, {"\t", 7, 8}, {"\t", 8, 16}, {"=>  57:\tx", 0, 9}, {"…", 0, 1}, {"★", 0, 1},
	} {
		if got := Width(tt.text, tt.column); got != tt.want {
			t.Errorf("%q from column %d: got %d, want %d", tt.text, tt.column, got, tt.want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		text    string
		columns int
		want    string
	}{
		{"abcdef", 6, "abcdef"}, {"abcdef", 5, "abcd…"}, {"abcdef", 1, "…"}, {"abcdef", 0, ""}, {"", 0, ""},
		{"大きさ", 6, "大きさ"}, {"大きさ", 5, "大き…"}, {"大きさ", 4, "大…"}, {"e\u0301e\u0301", 2, "e\u0301e\u0301"},
		{"abc", -1, ""},
	} {
		if got := Cut(tt.text, tt.columns); got != tt.want || Width(got, 0) > max(tt.columns, 0) {
			t.Errorf("%q in %d columns: got %q, want %q", tt.text, tt.columns, got, tt.want)
		}
	}
}

// The ranges are in order, as the search for one needs.
func TestWideOrder(t *testing.T) {
	for i := range wide {
		if wide[i][0] > wide[i][1] || i > 0 && wide[i-1][1] >= wide[i][0] {
			t.Errorf("%x is out of order", wide[i])
		}
	}
}
