package secrets

import "slices"

// This file finds secrets in the lines of protocols.

// inProtocol returns the password in a line of a protocol that begins at b[from] with a
// command in capitals: PASS x [RFC 1939, section 7], AUTH x [redis.io/commands/auth], a1
// LOGIN bob x [RFC 9051, section 6.2.3], AUTH PLAIN x [RFC 4616].
func inProtocol(b []byte, from int) span {
	if from+7 > len(b) || !startsCommand(b, from) {
		return span{}
	}
	end := until(b[:min(len(b), from+maxUserinfo)], from, '\n')
	if equalFold(b[from:end], "auth\r") {
		return bulkPassword(b, end)
	}
	c := commandLine(b[:end], from)
	return c.password(b[:end])
}

// startsCommand reports whether b[from:] may begin with a command, a prompt, or a tag and a
// command. For nearly all lines, this decides.
func startsCommand(b []byte, from int) bool {
	switch b[from] {
	case 'A', 'P', 'L', 'I', 'H', 'O', 'N':
		if isCapital(b[from+1]) && isCapital(b[from+2]) {
			return true
		}
	case 'C', 'S':
		return b[from+1] == ':'
	case '>':
		return true
	case 'a':
		if hasPrefix(b[from:], "auth\r") { // libraries send Redis small letters
			return true
		}
	case '.':
		return b[from+1] == ' '
	}
	if class[b[from]]&alnum == 0 {
		return false
	}
	for i := from + 1; i < from+7; i++ {
		if b[i] == ' ' {
			return isDigit(b[i-1]) && i+1 < len(b) && (b[i+1] == 'L' || b[i+1] == 'A')
		}
	}
	return false
}

// bulkPassword returns the last operand of AUTH, each behind a line with its length, as in *3,
// $4, AUTH, $3, bob, $8, x7Q2wK9z. The line of AUTH ends at b[end].
// [redis.io/docs/reference/protocol-spec, redis.io/commands/auth]
func bulkPassword(b []byte, end int) span {
	v := bulk(b, end)
	if second := bulk(b, v.to+1); second.from < second.to {
		return second // v is the user
	}
	return v
}

// bulk returns the line after the next one, which begins with a dollar. The line before that ends
// at b[end].
func bulk(b []byte, end int) span {
	if end+1 >= len(b) || b[end+1] != '$' {
		return span{}
	}
	from := min(len(b), until(b[:min(len(b), end+16)], end+1, '\n')+1)
	return span{from, from + untilAny(b[from:min(len(b), from+maxUserinfo)], "\r\n")}
}

// maxOperands is more than any of the commands has.
const maxOperands = 10

// A protocolLine is a command and its operands.
type protocolLine struct {
	command  command
	operands [maxOperands]span
	n        int
	tagged   bool
	crlf     bool
}

// A command is one that takes a password.
type command uint8

const (
	noCommand    command = iota
	pass                 // PASS x
	login                // LOGIN user x
	auth                 // AUTH x, AUTH user x, AUTH PLAIN x
	authenticate         // AUTHENTICATE PLAIN x [RFC 9051, section 6.2.2]
	identify             // IDENTIFY x, IDENTIFY user x
	message              // PRIVMSG NickServ :IDENTIFY x
	oper                 // OPER user x [RFC 2812, section 3.1.4]
	hello                // HELLO 3 AUTH user x [redis.io/commands/hello]
	acl                  // ACL SETUSER user >x [redis.io/commands/acl-setuser]
)

func commandOf(word []byte) command {
	switch string(word) {
	case "PASS":
		return pass
	case "LOGIN":
		return login
	case "AUTH":
		return auth
	case "AUTHENTICATE":
		return authenticate
	case "IDENTIFY":
		return identify
	case "PRIVMSG", "NOTICE", "NICKSERV":
		return message
	case "OPER":
		return oper
	case "HELLO":
		return hello
	case "ACL":
		return acl
	}
	return noCommand
}

// commandLine takes the line b[from:] apart.
func commandLine(b []byte, from int) (c protocolLine) {
	c.crlf = len(b) > from && b[len(b)-1] == '\r'
	word := wordAfter(b, from)
	switch string(b[word.from:word.to]) {
	case "C:", "S:", ">", ">>>":
		word = wordAfter(b, word.to)
	}
	if isTag(b[word.from:word.to]) {
		c.tagged = true
		word = wordAfter(b, word.to)
	}
	if c.command = commandOf(b[word.from:word.to]); c.command == noCommand {
		return c
	}
	for word = wordAfter(b, word.to); word.from < word.to; word = wordAfter(b, word.to) {
		if c.n == maxOperands {
			return protocolLine{} // a sentence
		}
		c.operands[c.n] = word
		c.n++
	}
	return c
}

// isTag reports whether a word may be the tag of a command in IMAP: a1, A001, a full stop.
func isTag(word []byte) bool {
	switch string(word) {
	case "a", ".":
		return true
	}
	return len(word) > 0 && len(word) <= 6 && isDigit(word[len(word)-1])
}

// password returns the password in the command, whose line is the end of b.
func (c *protocolLine) password(b []byte) span {
	v := c.operand(b)
	if v.from == v.to {
		return span{}
	}
	size := quoteAt(b, v.from)
	if size > 0 {
		v = quoted(b, v.from)
	}
	value := b[v.from:v.to]
	if len(value) < 4 || placeholder(value) ||
		!looksSecret(value) && !basicPlain(value) && !c.certain(value, size > 0) {
		return span{}
	}
	return v
}

// operand returns the operand that may be a password.
func (c *protocolLine) operand(b []byte) (none span) {
	at := -1
	switch c.command {
	case pass:
		at = only(c.n == 1, 0)
	case login, authenticate, oper:
		at = only(c.n == 2, 1)
	case auth, identify:
		at = only(c.n <= 2, c.n-1)
	case message:
		at = only(c.n > 1 && c.n <= 4 && (c.identifies(b, 0) || c.identifies(b, 1)), c.n-1)
	case hello:
		at = only(c.n >= 4 && equalFold(b[c.operands[1].from:c.operands[1].to], "auth"), 3)
	case acl:
		for i := 2; i < c.n; i++ {
			if v := c.operands[i]; b[v.from] == '>' {
				return span{v.from + 1, v.to}
			}
		}
	}
	if at < 0 {
		return none
	}
	return c.operands[at]
}

// only returns i if a condition holds, else -1.
func only(condition bool, i int) int {
	if condition {
		return i
	}
	return -1
}

// identifies reports whether operand i, which isn't the last, is IDENTIFY, as services of IRC
// take it.
func (c *protocolLine) identifies(b []byte, i int) bool {
	word := b[c.operands[i].from:c.operands[i].to]
	if len(word) > 0 && word[0] == ':' {
		word = word[1:]
	}
	return i+1 < c.n && equalFold(word, "identify")
}

// certain reports whether a value that looks like a word is a password nevertheless: the line
// ends as in protocols, and has nothing but the command. The names of mechanisms are in capitals.
func (c *protocolLine) certain(value []byte, quoted bool) bool {
	switch {
	case !c.crlf:
		return false
	case c.command == login:
		return quoted || c.tagged || !wordy(value)
	case c.command == pass:
		return slices.ContainsFunc(value, isSmall)
	case c.command == auth && c.n == 1:
		return slices.ContainsFunc(value, isSmall) && slices.ContainsFunc(value, isDigit)
	}
	return !wordy(value)
}

func isSmall(c byte) bool { return 'a' <= c && c <= 'z' }

// basicPlain reports whether v may be the argument of AUTH PLAIN.
func basicPlain(v []byte) bool {
	return len(v) >= 16 && len(v)%4 == 0 && len(v)-runEnd(v, 0, base64Set) <= 2 && (!wordy(v) || !small(v))
}

// wordAfter returns the next word on a line, after blanks.
func wordAfter(b []byte, from int) span {
	from = runBlanks(b, from)
	to := from
	for to < len(b) && class[b[to]]&blank == 0 {
		to++
	}
	return span{from, to}
}
