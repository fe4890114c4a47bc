package secrets

// settingCookies are names of cookies that hold how a user wants a page to look.
var settingCookies = [...]string{"theme", "lang", "language", "locale", "consent", "cookieconsent", "tz",
	"timezone", "currency",
	"country", "mode", "color-scheme", "dark", "font", "fontsize", "sidebar", "layout", "path", "expires",
	"max-age", "domain", "samesite"}

// SettingCookie reports whether a cookie of that name holds no secret.
func SettingCookie(name string) bool { return settingCookie([]byte(name)) }

func settingCookie(name []byte) bool {
	for _, s := range settingCookies {
		if equalFold(name, s) {
			return true
		}
	}
	return false
}

// cookies reports whether v is the value of a header Cookie, name=value; name=value, and
// not all of its cookies are settings. [RFC 6265, section 4.2.1]
func cookies(v []byte) bool {
	v = v[:min(len(v), maxValue)]
	for from := 0; from < len(v); {
		end := until(v, from, ';')
		equals := until(v[:end], from, '=')
		if equals == end {
			return false
		}
		if !settingCookie(v[runBlanks(v, from):equals]) {
			return true
		}
		from = end + 1
	}
	return false
}
