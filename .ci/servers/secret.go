package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
)

// A secret is something that a server is given, or issues, and that must not be in a dump.
type secret struct {
	name  string // where it was planted
	value []byte
}

// A vault makes the secrets of one run of one server, and finds them again in texts.
type vault struct {
	secrets []*secret
	windows map[[window]byte][]place
}

// window is how many bytes in a row of a secret, in any encoding, count as a leak of a part.
const window = 12

// place is where a window stands in an encoding of a secret.
type place struct {
	secret *secret
	whole  []byte // the encoding if the window begins it
}

// add plants a secret of at least as many bytes as a window, and says in which other forms it
// may be found.
func (v *vault) add(name, value string, others ...[]byte) string {
	if len(value) < window {
		panic("the secret " + name + " is shorter than a window")
	}
	s := &secret{name, []byte(value)}
	v.secrets = append(v.secrets, s)
	if v.windows == nil {
		v.windows = make(map[[window]byte][]place)
	}
	for _, e := range append(encodings(s.value), others...) {
		e = lower(e)
		for i := 0; i+window <= len(e); i++ {
			key := [window]byte(e[i:])
			p := place{secret: s}
			if i == 0 {
				p.whole = e
			}
			v.windows[key] = append(v.windows[key], p)
		}
	}
	return value
}

// Letters of the secrets that are made here.
const (
	lowerCase = "abcdefghijklmnopqrstuvwxyz"
	letters   = lowerCase + "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	printable = letters + "!%&+*-_=.~^"
)

func random(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[rand.IntN(len(alphabet))]
	}
	return string(b)
}

// signed plants the signature of a JSON web token: there is no secret in what it signs.
func (v *vault) signed(name, token string) string {
	v.add(name, token[strings.LastIndex(token, ".")+1:])
	return token
}

// password plants a password as a password manager makes them.
func (v *vault) password(name string) string { return v.add(name, random(printable, 16+rand.IntN(8))) }

// chosen plants a password as people choose them, of words that no dictionary has.
func (v *vault) chosen(name string) string {
	var b strings.Builder
	for range 2 {
		w := ""
		for range 3 {
			w += random("bdfgklmnprstvz", 1) + random("aeiou", 1)
		}
		b.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	return v.add(name, b.String()+strconv.Itoa(10+rand.IntN(90)))
}

// token plants a token of letters and digits.
func (v *vault) token(name string, n int) string { return v.add(name, random(letters, n)) }

// hex plants n bytes in hexadecimal.
func (v *vault) hex(name string, n int) string { return v.add(name, random("0123456789abcdef", 2*n)) }

// encodings returns the forms in which a secret is looked for. Upper and lower case are
// the same in all.
func encodings(s []byte) [][]byte {
	all := [][]byte{s, []byte(hex.EncodeToString(s))}
	for skip := range 3 { // the bytes before it may end at any place in a group of three
		padded := append(make([]byte, skip), s...)
		b := base64.StdEncoding.EncodeToString(padded[:len(padded)/3*3])
		b = b[(skip*8+5)/6:]
		all = append(all, []byte(b), []byte(strings.NewReplacer("+", "-", "/", "_").Replace(b)))
	}
	text := string(s)
	if !printableText(text) { // escapes of other bytes are too much like those of any other
		return all
	}
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	var percent strings.Builder
	for _, c := range s {
		fmt.Fprintf(&percent, "%%%02x", c)
	}
	for _, e := range []string{
		string(quoted[1 : len(quoted)-1]), url.QueryEscape(text), url.PathEscape(text), percent.String(),
		html.EscapeString(text), strings.Trim(strconv.Quote(text), `"`),
	} {
		if e != text {
			all = append(all, []byte(e))
		}
	}
	return all
}

func printableText(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool { return !strconv.IsPrint(c) }) < 0
}

func lower(b []byte) []byte {
	b = bytes.Clone(b)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return b
}

// A found secret is at text[from:to], whole or in part.
type found struct {
	from, to int
	whole    bool
}

// find returns the secrets that are in a text, each at one place: if it can, a whole one.
func (v *vault) find(text []byte) map[*secret]found {
	var all map[*secret]found
	text = lower(text)
	for i := 0; i+window <= len(text); i++ {
		for _, p := range v.windows[[window]byte(text[i:])] {
			f := all[p.secret]
			if f.whole {
				continue
			}
			if f.to != i+window && f.to != i+window-1 {
				f.from = i
			}
			f.to = i + window
			if p.whole != nil && bytes.HasPrefix(text[i:], p.whole) {
				f = found{i, i + len(p.whole), true}
			}
			if all == nil {
				all = make(map[*secret]found)
			}
			all[p.secret] = f
		}
	}
	return all
}
