package main

import "strings"

type label string

// want: main.texts given = "ünïcode ☺"
//
//go:noinline
func texts(given string) {
	// want: main.texts empty = ""
	// want: main.texts plain = "plain"
	// want: main.texts quoted = "say \"hi\"\n\t\x00\x1b[31m"
	// want: main.texts broken = "a\xff\xfe\x80z"
	// want: main.texts mixed = "é\xc3(\u2028\u202e😀"
	// want: main.texts name = "tag"
	// want-type: main.texts name = main.label
	empty, plain, quoted := "", "plain", "say \"hi\"\n\t\x00\x1b[31m"
	broken, mixed, name := "a\xff\xfe\x80z", "é\xc3(\u2028\u202e\U0001f600", label("tag")
	// want: main.texts len(long) = 20000
	// want: main.texts long[19999] = 32
	long := strings.Repeat("ab cd efg ", 2000)
	// want: main.texts raw = []uint8 len: 5, cap: 5, [104,105,0,255,10]
	// want: main.texts runes = []int32 len: 2, cap: 2, [9786,233]
	// want: main.texts arr = [4]uint8 [1,2,254,255]
	raw, runes, arr := []byte("hi\x00\xff\n"), []rune{'☺', 'é'}, [4]byte{1, 2, 254, 255}
	raw, runes = raw[:5:5], runes[:2:2]
	pointers(3)
	use(empty, plain, quoted, broken, mixed, name, long, raw, runes, arr)
}
