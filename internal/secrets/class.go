package secrets

// These are classes of bytes. A byte may be in several.
const (
	alnum       = 1 << iota // A-Z a-z 0-9
	base32                  // A-Z 2-7
	hex                     // 0-9 a-f
	dash                    // _ -
	dot                     // .
	token68                 // + / = ~, and alnum, dash, dot
	blank                   // white space
	opening                 // ( [ { <
	closing                 // ) ] } >
	between                 // , ; & |
	base64Set               // A-Z a-z 0-9 + / - _
	capital                 // A-Z
	digit                   // 0-9
	space                   // a space
	exclamation             // !

	wordSet = alnum | dash | dot
	ending  = closing | between // may end a value
)

// class holds the classes of each byte.
var class = func() (class [256]uint16) {
	set := func(bits uint16, signs string) {
		for _, c := range []byte(signs) {
			class[c] |= bits
		}
	}
	set(alnum|base32|token68, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	set(alnum|hex|token68, "abcdef")
	set(alnum|token68, "ghijklmnopqrstuvwxyz")
	set(alnum|hex|token68, "0189")
	set(alnum|hex|base32|token68, "234567")
	set(dash|token68, "_-")
	set(dot|token68, ".")
	set(token68, "+/=~")
	set(blank, " \t\r\n\v\f")
	set(opening, "([{<")
	set(closing, ")]}>")
	set(between, ",;&|")
	set(base64Set, "+/-_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
	set(capital, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	set(digit, "0123456789")
	set(space, " ")
	set(exclamation, "!")
	return class
}()
