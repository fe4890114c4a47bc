package secrets

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"
)

// Lengths that keys and digests have, of 128 to 512 bits. Passwords chosen by people have
// none of these forms, so the length tells nothing about one.
var (
	hexLengths    = []int{32, 40, 48, 56, 64, 96, 128}
	base64Lengths = []int{43, 44, 64, 86, 88}
	rawLengths    = []int{16, 20, 24, 32, 48, 64}
)

// minDistinct is how many different signs a key has at least: of random keys of 32
// hexadecimal digits, one in ten million has fewer.
const minDistinct = 8

// Form says what a secret looks like, if that gives nothing of it away: "64 hex" and
// "44 base64" are the number of its digits, "32 bytes" that of bytes that are no text. It is
// "" for a secret of any other form, such as a password.
func Form(secret []byte) string {
	switch n := len(secret); {
	case bytes.HasPrefix(secret, []byte("-----BEGIN ")):
		return "PEM"
	case n < 16 || distinct(secret) < minDistinct:
		return ""
	case uuid(secret):
		return "UUID"
	case slices.Contains(hexLengths, n) && hexadecimal(secret):
		return fmt.Sprint(n, " hex")
	case bytes.HasPrefix(secret, []byte("eyJ")) && bytes.Count(secret, []byte(".")) == 2 &&
		runEnd(secret, 0, token68) == n:
		return "JSON web token"
	case slices.Contains(base64Lengths, n) && key64(bytes.TrimRight(secret, "=")):
		return fmt.Sprint(n, " base64")
	case slices.Contains(rawLengths, n) && !utf8.Valid(secret):
		return fmt.Sprint(n, " bytes")
	}
	return ""
}

func distinct(b []byte) (n int) {
	var seen [256]bool
	for _, c := range b {
		if !seen[c] {
			seen[c] = true
			n++
		}
	}
	return n
}

func hexadecimal(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return hexDigit(c) < 0 })
}

// key64 reports whether b consists of digits of base64 or base64url of all kinds.
func key64(b []byte) bool {
	small, capitals, numerals := false, false, false
	for _, c := range b {
		switch {
		case isDigit(c):
			numerals = true
		case isCapital(c):
			capitals = true
		case 'a' <= c && c <= 'z':
			small = true
		case bytes.IndexByte([]byte("+/-_"), c) < 0:
			return false
		}
	}
	return small && capitals && numerals
}
