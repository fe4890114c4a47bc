package secrets

// This file finds the secrets in URLs and in what looks like one.

// webhooks are URLs with a secret path.
var webhooks = [...]string{
	"hooks.slack.com/services/",
	"hooks.slack.com/triggers/",
	"hooks.slack.com/workflows/",
	"discord.com/api/webhooks/",
	"discordapp.com/api/webhooks/",
	"hooks.zapier.com/hooks/catch/",
	"outlook.office.com/webhook/",
	".webhook.office.com/webhookb2/",
	"maker.ifttt.com/trigger/",
	"open.feishu.cn/open-apis/bot/v2/hook/",
	"open.larksuite.com/open-apis/bot/v2/hook/",
	"events.pagerduty.com/integration/",
}

// maxUserinfo bounds how far away the @ of a URL may be.
const maxUserinfo = 4096

// inURL returns the password of the URL whose authority begins at from, or the secret path
// of a webhook; nextAt is the place of the next @.
//
// A password may, against the rules, hold @ and the signs that end an authority. So if the
// first colon doesn't begin a port, the password ends at the last @ before a query or,
// without a query, at the last one of all. [RFC 3986, section 3.2.1]
func inURL(b []byte, from, nextAt int) span {
	const end = " \t\r\n\"'`<>"
	for _, w := range webhooks {
		at := from
		if w[0] == '.' { // behind a tenant's name
			at = runEnd(b[:min(len(b), from+maxName)], from, alnum|dash)
		} else if from == len(b) || b[from] != w[0] {
			continue
		}
		if hasPrefix(b[at:], w) {
			return span{at + len(w), at + untilAny(b[at:], end)}
		}
	}
	if s := afterHooks(b, from); s.from < s.to {
		return s
	}
	if nextAt >= min(len(b), from+maxUserinfo) {
		return span{}
	}
	rest := b[from:min(len(b), from+maxUserinfo)]
	rest = rest[:untilAny(rest, end)]
	colon := until(rest, 0, ':')
	authority := rest[:untilAny(rest, "/?#")]
	if at := nextAt - from; at <= len(authority) && colon > at && looksSecret(rest[:at]) {
		return span{from, from + at} // https://token@host/
	}
	if colon >= len(authority) || colon > nextAt-from || digits(authority[colon+1:]) || rest[0] == '[' {
		return span{}
	}
	at := lastAt(rest[:untilAny(rest, "?#")])
	if at < 0 {
		at = lastAt(rest)
	}
	if at <= colon || placeholder(rest[colon+1:at]) {
		return span{}
	}
	return span{from + colon + 1, from + at}
}

// afterHooks returns the path behind /hooks/ in a URL whose authority begins at from, if it looks
// like a secret: that of a webhook of Mattermost and others.
func afterHooks(b []byte, from int) span {
	const hooks = "/hooks/"
	path := from + runEnd(b[from:min(len(b), from+maxName)], 0, wordSet)
	if !hasPrefix(b[path:], hooks) {
		return span{}
	}
	s := span{path + len(hooks), runEnd(b, path+len(hooks), wordSet)}
	if !looksSecret(b[s.from:s.to]) {
		return span{}
	}
	return s
}

// inDriverDSN returns the password of user:password@tcp(host)/database, or of
// user:password@/database, the forms of the most used MySQL driver. The @ is b[at]; the
// DSN doesn't begin before first.
func inDriverDSN(b []byte, at, first int) span {
	from := at
	for from > max(first, at-maxUserinfo) && class[b[from-1]]&blank == 0 && !isQuote(b[from-1]) {
		from--
	}
	colon := until(b[:at], from, ':')
	if colon == at || placeholder(b[colon+1:at]) {
		return span{}
	}
	if hasPrefix(b[colon:], "://") || colon > from && class[b[colon-1]]&wordSet == 0 {
		return span{} // a URL; "(?:x@("
	}
	return span{colon + 1, at}
}
