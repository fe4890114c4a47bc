package secrets

// This file finds secrets in command lines that a flag of one letter marks.

// A family is a set of commands with the same flags.
type family uint8

const (
	noFamily family = iota
	curlLike
	httpieLike
	sambaLike
	mysqlLike
	loginLike // with -p for the password
	redisLike
	ldapLike
	openssl
	zipLike
	sevenZipLike
	sqlcmdLike
	snmpLike
	htpasswd
	sshKeygen
	sudo
	netUse
	minio
)

// familyOf returns the family of a command.
func familyOf(command []byte) family {
	switch string(command) {
	case "curl":
		return curlLike
	case "http", "https", "xh":
		return httpieLike
	case "smbclient", "rpcclient":
		return sambaLike
	case "mysql", "mysqldump", "mysqladmin", "mysqlimport", "mariadb", "mariadb-dump":
		return mysqlLike
	case "sshpass", "docker", "podman", "nerdctl", "skopeo", "mongo", "mongosh", "mongodump", "mongorestore",
		"influx", "az":
		return loginLike
	case "redis-cli", "keydb-cli", "valkey-cli", "memtier_benchmark":
		return redisLike
	case "ldapsearch", "ldapadd", "ldapmodify", "ldapdelete", "ldappasswd", "ldapwhoami":
		return ldapLike
	case "openssl":
		return openssl
	case "zip", "unzip", "mosquitto_pub", "mosquitto_sub", "ipmitool":
		return zipLike
	case "7z", "7za", "rar", "unrar":
		return sevenZipLike
	case "sqlcmd", "bcp", "osql":
		return sqlcmdLike
	case "snmpget", "snmpwalk":
		return snmpLike
	case "htpasswd":
		return htpasswd
	case "ssh-keygen":
		return sshKeygen
	case "sudo":
		return sudo
	case "net":
		return netUse
	case "mc", "mcli":
		return minio
	}
	return noFamily
}

// A commandFlag is a flag of some commands whose value is a password.
type commandFlag struct {
	family   family
	flag     byte
	apart    bool // the value is the next word, or
	attached bool // follows without a blank
	user     bool // behind name: or name%
	last     bool // it is the last word of the command
}

// commandFlags is from the manuals of the commands.
var commandFlags = [...]commandFlag{
	{family: curlLike, flag: 'u', apart: true, attached: true, user: true},
	{family: curlLike, flag: 'U', apart: true, attached: true, user: true},
	{family: httpieLike, flag: 'a', apart: true, user: true},
	{family: sambaLike, flag: 'U', apart: true, attached: true, user: true},
	{family: mysqlLike, flag: 'p', attached: true},
	{family: loginLike, flag: 'p', apart: true, attached: true},
	{family: redisLike, flag: 'a', apart: true, attached: true},
	{family: ldapLike, flag: 'w', apart: true, attached: true},
	{family: openssl, flag: 'k', apart: true},
	{family: openssl, flag: 'K', apart: true},
	{family: zipLike, flag: 'P', apart: true, attached: true},
	{family: sevenZipLike, flag: 'p', attached: true},
	{family: sqlcmdLike, flag: 'P', apart: true, attached: true},
	{family: snmpLike, flag: 'A', apart: true},
	{family: snmpLike, flag: 'X', apart: true},
	{family: htpasswd, flag: 'b', last: true},
	{family: sshKeygen, flag: 'N', apart: true},
	{family: sshKeygen, flag: 'P', apart: true},
}

// flagLetters are the letters of commandFlags.
var flagLetters = func() (set [256]bool) {
	set['p'], set['w'] = true, true // see ofAnyCommand
	for _, f := range commandFlags {
		set[f.flag] = true
	}
	return set
}()

// attached returns the password in a text that is one argument of a command, -px7Q2wK9z. It must
// have letters of both cases: other flags begin with -p, too.
func attached(b []byte) span {
	const flag = "-p"
	if len(b) < len(flag)+minNear || len(b) > maxName || !hasPrefix(b, flag) {
		return span{}
	}
	v := b[len(flag):]
	const capitalAndSmall = 1 | 2
	kinds := 0
	for _, c := range v {
		switch {
		case c <= ' ' || c == '=' || c == '/':
			return span{}
		case isCapital(c):
			kinds |= 1
		case isLetter(c):
			kinds |= 2
		}
	}
	if kinds&capitalAndSmall != capitalAndSmall || !looksSecret(v) {
		return span{}
	}
	return span{len(flag), len(b)}
}

// maxCommand bounds how far before a flag its command may be.
const maxCommand = 160

// ofCommand returns the password in the value of the one-letter flag whose dash is b[i].
func ofCommand(b []byte, i int) span {
	if i == 0 || i+2 > len(b)-1 || b[i-1] != ' ' || !isLetter(b[i+1]) && b[i+1] != '-' {
		return span{}
	}
	if hasPrefix(b[i:], "-pass") {
		return passArgument(b, i)
	}
	userFlag := hasPrefix(b[i:], "--user ")
	if !flagLetters[b[i+1]] && !userFlag {
		return span{}
	}
	in := commandBefore(b, i)
	if in == noFamily {
		return ofAnyCommand(b, i)
	}
	for k := range commandFlags {
		f := &commandFlags[k]
		if f.family != in || f.flag != b[i+1] && !(userFlag && f.flag == 'u') {
			continue
		}
		if v := f.value(b, i, userFlag); v.from < v.to && !placeholder(b[v.from:v.to]) {
			return v
		}
	}
	return span{}
}

// ofAnyCommand returns the word behind a flag -p or -w of an unknown command if it looks like a
// secret.
func ofAnyCommand(b []byte, i int) span {
	if i+2 >= len(b) || b[i+2] != ' ' || !mayTakeSecret(string(b[i:i+2])) {
		return span{}
	}
	v := secretWordAt(b, i+3)
	if v.to-v.from < minNear || portsOnly(b[v.from:v.to]) {
		return span{}
	}
	return v
}

// passArgument returns the password in -passin pass:x, a flag of openssl.
func passArgument(b []byte, i int) span {
	const mark = "pass:"
	from := wordAfter(b, i+1+runLetters(b[i+1:]))
	if !hasPrefix(b[from.from:], mark) {
		return span{}
	}
	return span{from.from + len(mark), bareEnd(b, from.from+len(mark))}
}

func runLetters(b []byte) (n int) {
	for n < len(b) && isLetter(b[n]) {
		n++
	}
	return n
}

// value returns the password given by the flag at b[i].
func (f *commandFlag) value(b []byte, i int, long bool) span {
	if f.last {
		var last span
		for at := i; ; {
			w := wordAfter(b, at)
			if w.from == w.to || w.from > i+maxCommand {
				return last
			}
			last, at = w, w.to
		}
	}
	from := i + 2
	switch {
	case long:
		from = runBlanks(b, i+len("--user"))
	case b[from] == ' ' && f.apart:
		from = runBlanks(b, from)
	case b[from] == ' ' || !f.attached:
		return span{}
	}
	if from >= len(b) || b[from] == '-' {
		return span{}
	}
	v := span{from, bareEnd(b, from)}
	if quoteAt(b, from) > 0 {
		v = quoted(b, from)
	}
	value := b[v.from:v.to]
	if len(value) == 0 {
		return span{}
	}
	if f.user {
		colon := untilAny(value, ":%")
		if colon == len(value) || indexOf(value, "://") >= 0 || digits(value[colon+1:]) {
			return span{}
		}
		v.from += colon + 1
		return v
	}
	if f.attached && !f.apart && (value[0] == '=' || len(value) < 3) || digits(value) || portsOnly(value) {
		return span{}
	}
	return v
}

// portsOnly reports whether v is a list of ports as in docker run -p: 127.0.0.1:8080:80.
func portsOnly(v []byte) bool {
	if indexOf(v, ":") <= 0 && !digits(v) {
		return false
	}
	for _, c := range v {
		if !isDigit(c) && c != ':' && c != '.' && c != '/' && !isLetter(c) {
			return false
		}
	}
	return isDigit(v[len(v)-1]) || hasPrefix(v[max(0, len(v)-4):], "/tcp") || hasPrefix(v[max(0, len(v)-4):], "/udp")
}

// commandBefore returns the family of the command before the flag at b[i], on its line and
// behind the last sign that separates commands.
func commandBefore(b []byte, i int) family {
	for to := i; to > 0 && i-to < maxCommand; {
		from := to
		for from > 0 && i-from < maxCommand && class[b[from-1]]&wordSet != 0 {
			from--
		}
		if f := familyOf(b[from:to]); f != noFamily || from == 0 {
			return f
		}
		if c := b[from-1]; c == '\n' || c == '|' || c == ';' {
			return noFamily
		}
		to = from - 1
	}
	return noFamily
}
