package secrets

// This file finds passwords beside a host, without the signs of a URL.

// inPgpass returns the last of five fields in a line of a .pgpass file: host:port:db:user:x.
// The colon after the host is b[i]. [PostgreSQL, The Password File]
func inPgpass(b []byte, i int) span {
	host, port := pgFieldStart(b, i), pgPort(b, i)
	if port == 0 || host == i || host > 0 && b[host-1] != '\n' && !isQuote(b[host-1]) {
		return span{}
	}
	at := port
	for range 2 { // the database and the user
		end := pgFieldEnd(b, at+1)
		if end == at+1 || end >= len(b) || b[end] != ':' || digits(b[at+1:end]) {
			return span{}
		}
		at = end
	}
	v := span{at + 1, at + 1 + untilAny(b[at+1:min(len(b), at+maxValue)], " \t\r\n\"':")}
	if v.to-v.from < 4 || placeholder(b[v.from:v.to]) || v.to < len(b) && b[v.to] == ':' {
		return span{}
	}
	return v
}

// pgPort returns the colon behind the port that follows the colon b[i]: a number or an
// asterisk. It returns 0 if there is none, and for a time, whose numbers are short.
func pgPort(b []byte, i int) int {
	end := runEnd(b[:min(len(b), i+7)], i+1, digit)
	if b[i+1] == '*' {
		end = i + 2
	} else if end-i <= 3 {
		return 0
	}
	if end >= len(b) || b[end] != ':' {
		return 0
	}
	return end
}

// inPgField reports whether c may be in a field of a .pgpass file: in a word, or an asterisk.
func inPgField(c byte) bool { return class[c]&wordSet != 0 || c == '*' }

func pgFieldStart(b []byte, to int) int {
	from := to
	for from > 0 && to-from < maxName && inPgField(b[from-1]) {
		from--
	}
	return from
}

func pgFieldEnd(b []byte, from int) int {
	end := from
	for end < len(b) && end-from < maxName-1 && inPgField(b[end]) {
		end++
	}
	return end
}

// beforeHost returns the password before the @ at b[at] in addresses of Oracle,
// scott/x@host:1521/service, and of Snowflake, user:x@account/database.
func beforeHost(b []byte, at int) span {
	bare, withPort := hostAfter(b, at)
	if !bare && !withPort {
		return span{}
	}
	v := span{at, at}
	for v.from > 0 && at-v.from < maxName && inPassword(b[v.from-1]) {
		v.from--
	}
	if v.from == 0 || v.from == at {
		return span{}
	}
	sign := v.from - 1
	user := sign
	for user > 0 && v.from-user < maxName && class[b[user-1]]&wordSet != 0 {
		user--
	}
	if user == sign || user > 0 && class[b[user-1]]&blank == 0 && !isQuote(b[user-1]) && b[user-1] != '=' {
		return span{}
	}
	value := b[v.from:at]
	switch {
	case b[sign] == '/' && withPort: // as in Oracle's
	case b[sign] == ':' && bare && (looksSecret(value) ||
		user == 0 && passwordLike(value) && !addressScheme(b[:sign])):
	default:
		return span{}
	}
	return v
}

// inPassword reports whether c may be in a password before an @.
func inPassword(c byte) bool { return class[c]&blank == 0 && !isQuote(c) && c != ':' && c != '/' }

// hostAfter reports whether a host and a slash follow the @ at b[at]: bare, without slashes before
// the host, or withPort.
func hostAfter(b []byte, at int) (bare, withPort bool) {
	host := at + 1
	for host < len(b) && b[host] == '/' && host < at+3 {
		host++
	}
	end := runEnd(b[:min(len(b), host+maxName)], host, wordSet)
	port := end
	if port < len(b) && b[port] == ':' {
		port = runEnd(b, port+1, digit)
	}
	if end == host || port >= len(b) || b[port] != '/' {
		return false, false
	}
	return host == at+1, port > end
}

// passwordLike reports whether v, which is where a password belongs, may be one that people
// choose, and no port, number or single word.
func passwordLike(v []byte) bool {
	letters, others := 0, 0
	for _, c := range v {
		if isLetter(c) {
			letters++
		} else {
			others++
		}
	}
	return len(v) >= minLearned && letters >= 3 && others > 0 && !looksLikePath(string(v)) || looksSecret(v)
}

// addressScheme reports whether the name before a colon is that of a URI that has an address
// behind it.
func addressScheme(name []byte) bool {
	switch string(name) {
	case "mailto", "acct", "sip", "sips", "xmpp", "npm", "pkg", "jsr", "im", "ssh", "git":
		return true
	}
	return false
}
