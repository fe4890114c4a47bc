package fuzz

import "testing"

func FuzzSeed(f *testing.F) {
	f.Add("fine")
	f.Add("much too long")
	f.Fuzz(func(t *testing.T, s string) {
		if n := len(s); n > 9 {
			t.Errorf("%d bytes", n) // want FuzzSeed/seed#1: "13 bytes" s = "much too long"
		}
		if s == "kept" {
			t.Fatal("from a file") // want FuzzSeed/1f3c: "from a file" s = "kept"
		}
	})
}
