// Command held holds secrets in the ways in which programs and well-known libraries hold
// them, and ordinary values beside them. It imitates the types of the libraries, and uses
// those of the standard library.
//
//	held MANIFEST panic DUMP    panics, and OnPanic dumps it
//	held MANIFEST plain DUMP    the same, and the dump hides nothing
//	held MANIFEST crash         panics
//	held MANIFEST hide          the same, and wants to have all text hidden but that of etcdConfig
//	held MANIFEST wait          writes "ready" and waits
//
// The secrets are made while it runs, other ones for each HELD_SEED. MANIFEST is a file for a line for each value:
// "planted" or "ordinary", where it is, and the value, changed so that no buffer holds it.
package main

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"

	"coredumpy"
)

// A maker makes values and notes them.
type maker struct {
	random *rand.Rand
	out    *os.File
}

func (m *maker) note(kind, where, value string) string {
	b := []byte(value)
	for i := range b {
		b[i] ^= 0x55
	}
	if _, err := fmt.Fprintf(m.out, "%s\t%s\t%s\n", kind, where, hex.EncodeToString(b)); err != nil {
		panic(err)
	}
	clear(b)
	return value
}

func (m *maker) letters(from string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = from[m.random.IntN(len(from))]
	}
	return string(b)
}

const (
	small  = "abcdefghijklmnopqrstuvwxyz"
	digits = "0123456789"
	alnum  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + small + digits
)

// pass is a password as people choose them.
func (m *maker) pass(where string) string {
	var b strings.Builder
	for i := range 6 {
		if i == 3 {
			b.WriteByte("-.!_"[m.random.IntN(4)])
		}
		b.WriteByte("bdfgklmnprstvz"[m.random.IntN(14)])
		b.WriteByte("aeiou"[m.random.IntN(5)])
	}
	b.WriteString(m.letters("23456789", 2))
	return m.note("planted", where, b.String())
}

// key is a random key of n letters and digits.
func (m *maker) key(where string, n int) string {
	return m.note("planted", where, m.letters(alnum, n))
}

// hex is a random key in hexadecimal.
func (m *maker) hex(where string, n int) string {
	return m.note("planted", where, m.letters("0123456789abcdef", n))
}

// raw is a key of n bytes.
func (m *maker) raw(where string, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(m.random.Uint32())
	}
	m.note("planted", where, string(b))
	return b
}

// issued is a key with an issuer's mark.
func (m *maker) issued(where, mark string, n int) string {
	return m.note("planted", where, mark+m.letters(alnum, n))
}

// plain is an ordinary value.
func (m *maker) plain(value string) string {
	return m.note("ordinary", value, strings.Clone(value))
}

// A way puts values into its variables and calls rest.
type way func(m *maker, rest func())

// nest calls each way inside the one before it.
func nest(m *maker, ways []way, last func()) {
	if len(ways) == 0 {
		last()
		return
	}
	ways[0](m, func() { nest(m, ways[1:], last) })
}

// keep has its arguments stay in memory until here.
func keep(...any) {}

func main() {
	out, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	seed, _ := strconv.ParseUint(os.Getenv("HELD_SEED"), 10, 64)
	m := &maker{rand.New(rand.NewPCG(7, seed)), out}
	mode := os.Args[2]
	if mode == "plain" {
		coredumpy.Config.HideSecret, coredumpy.Config.HideNamed, coredumpy.Config.HideEnviron = false, false, false
	}
	if mode == "hide" {
		coredumpy.Config.HideText, coredumpy.Config.ShowText = true, []string{"main.etcdConfig"}
	}
	if mode == "panic" || mode == "plain" {
		defer coredumpy.OnPanic(coredumpy.Path(os.Args[3]))
	}
	var ways []way
	for _, list := range [][]way{settings, clouds, databases, networks, languages, others, fresh} {
		ways = append(ways, list...)
	}
	nest(m, ways, func() {
		out.Close()
		if mode == "wait" {
			fmt.Println("ready")
			os.Stdin.Read(make([]byte, 1))
			return
		}
		panic("no more ways")
	})
}
