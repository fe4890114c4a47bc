package secrets

// This file finds secrets in command lines by where they stand, without a flag of their own.

// fromInput are flags by which a command reads a secret from its input.
var fromInput = [...]string{"--password-stdin", "--stdin", "--passphrase-fd", "--pass-stdin", "--with-token",
	"--token-stdin", "--key-file"}

// fedTo returns what is fed to a command by the flag at b[i], which says that the command reads a
// secret: echo x7Q2wK9z | sudo -S ls.
func fedTo(b []byte, i int) span {
	if i == 0 || b[i-1] != ' ' || !readsSecret(b, i) {
		return span{}
	}
	pipe := i
	for pipe > 0 && i-pipe < maxCommand && b[pipe] != '|' && b[pipe] != '\n' {
		pipe--
	}
	if b[pipe] != '|' {
		return span{}
	}
	to := beforeBlanks(b, pipe)
	from := to
	for from > 0 && pipe-from < maxCommand && b[from-1] != '\n' && b[from-1] != '|' && b[from-1] != ';' {
		from--
	}
	command := wordAfter(b[:to], from)
	switch string(b[command.from:command.to]) {
	case "echo", "printf":
	default:
		return span{}
	}
	v := wordAfter(b[:to], command.to)
	for v.from < v.to && b[v.from] == '-' { // echo -n
		v = wordAfter(b[:to], v.to)
	}
	if quoteAt(b, v.from) > 0 {
		v = quoted(b[:to], v.from)
	} else if v.to < to {
		return span{}
	}
	if v.to-v.from < 4 || placeholder(b[v.from:v.to]) {
		return span{}
	}
	return v
}

// readsSecret reports whether the flag at b[i] says that its command reads a secret.
func readsSecret(b []byte, i int) bool {
	if i+1 < len(b) && b[i+1] == 'S' {
		return (i+2 == len(b) || b[i+2] == ' ') && commandBefore(b, i) == sudo
	}
	if i+2 >= len(b) || b[i+1] != '-' || !isLetter(b[i+2]) {
		return false
	}
	for _, flag := range fromInput {
		if hasPrefix(b[i:], flag) {
			return true
		}
	}
	return false
}

// userSwitch names the user in net use.
const userSwitch = "/user"

// beforeUserFlag reports whether the colon b[i] is that of /user:bob.
func beforeUserFlag(b []byte, i int) bool {
	n := i - len(userSwitch)
	return n > 0 && b[n] == '/' && equalFold(b[n:i], userSwitch) && b[n-1] == ' '
}

// ofNetUse returns the password in net use z: \\host\share x7Q2wK9z /user:bob, whose last colon
// is b[i].
func ofNetUse(b []byte, i int) span {
	v := wordBefore(b, i-len(userSwitch))
	if v.from == 0 || v.to-v.from < 4 || b[v.from] == '/' || b[v.from] == '\\' || placeholder(b[v.from:v.to]) ||
		commandBefore(b, i) != netUse {
		return span{}
	}
	if share := wordBefore(b, v.from); share.from == share.to || b[share.from] != '\\' {
		return span{} // v is the share, or another word
	}
	return v
}

// afterServer returns the secret key in mc alias set name http://host access secret, whose address
// is around b[i].
func afterServer(b []byte, i int) span {
	b = b[:min(len(b), i+maxCommand)]
	from := i
	for from > 0 && i-from < maxName && class[b[from-1]]&blank == 0 {
		from--
	}
	address := wordAfter(b, i)
	access := wordAfter(b, address.to)
	v := wordAfter(b, access.to)
	if v.from == v.to || b[access.from] == '-' || indexOf(b[address.to:v.from], "\n") >= 0 ||
		!looksSecret(b[v.from:v.to]) || commandBefore(b, from) != minio {
		return span{}
	}
	return v
}

// isSwitch reports whether the colon b[i] is behind the name of a switch for a password, as commands
// of Windows have it: /p:x7Q2wK9z.
func isSwitch(b []byte, i int) bool {
	return i > 2 && b[i-1]|0x20 == 'p' && b[i-2] == '/' && class[b[i-3]]&blank != 0
}
