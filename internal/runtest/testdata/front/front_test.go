package front

import "testing"

func TestFails(t *testing.T) {
	got := 41
	t.Fatal("not it:", got)
}
