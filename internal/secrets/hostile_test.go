package secrets

import (
	"strings"
	"testing"
	"time"
)

// Text takes no more than a few milliseconds for texts that consist of the beginnings of
// secrets: the time grows with their length, not its square, which would be half a minute
// here.
func TestTextHostile(t *testing.T) {
	const size, limit = 512 << 10, 20 * time.Second
	r := plantedRedactor()
	r.Learn(strings.Repeat("ab", 600))
	r.Learn(strings.Repeat("q", 100) + "1")
	for _, part := range []string{
		"password=", "password=\"", "password='x", "password=(", "password=(a) ", "password=%", "password=a,b=", "password= ",
		"password=\\\"", "secret: -x", "token:[", "token:[ ", "token:[\"", "token:[]byte{", "token: a ", "api key ", "\tpassword\t=",
		"://a:", "://a:b@", "://a: ", "a:@x(", "@tcp(", "-----BEGIN PRIVATE KEY-----", "-----BEGIN ", "-", " -token", "\"--password\",",
		"bearer ", "Basic abcd", "Cookie: x\n", "cookie: ", "cookie: (cookie: ", "a=cookie: ", "eyJ", "eyJabcdefghi.", "sk-", "sk-glpat-", "ghp_", "SG.", "AKIA", "xoxb-1", "a", "ab", "q", "a.",
		"=", ":", "\\", "\"", mask, mask + "x", "<token>", "<password><![CDATA[", "-----BEGIN PRIVATE KEY-----\n-----END x", "-----END ", "aB3/",
		`{"aNameOfSeveralWordsThatIsRatherLong":`, "\\  ",
		" -u a:b", "curl -u ", " zz -p", "AAAAB3NzaC1", ";base64,", "INTO a(b,", "into a (b) values ('", "{password ", "[\"token\",", "$6$", "$1$a",
		"Q~", "8Q~a", "%41", "&#65;", `\u0041`, "=3D", "4111 ", "4111-1111-1111-1111", "Password:\n", "user/x@h:1/", "a:1:b:c:", "\na:1:b:c:d",
		"PASS x\n", "AUTH\r\n$4\r\n", "\n1 LOGIN a b", "\uff1a", "password\uff1a", "-----BEGIN CERTIFICATE-----", "name=\"password\"\r\n\r\n",
		"password -> x", "password is x7Q2wK9z ", "aB3xYz/", "Aa1Bb2Cc3", "sha512-", "M.N.O.", "eyJ.", "cookie: a=b;", "123456789:AA", "a,password\n", "a,password\n\"x\"\",",
		"auth:\n", "auth: {", "[auth]\n", "[auth]\na=1\n", "auth:\n a: 1\n", "token ", "token is ", "Token(", "key(", "?key=", "&key=a", "password%3D", "%3D",
		"password=3D", "&quot;token&quot;:&quot;", " -w a", "token\x12\x10", "for b = 'x'", "iVBORw0KGgo", "H4sIA", "/hooks/", "https://a/hooks/a", "evt_", "a_", "container ",
		"key: string = ", "a.password=b.c", "${{", "AAAAAAAAAAAAAAAAAAAAA",
		"HELLO 3 AUTH a b\n", ". LOGIN a b\n", " /p:a", "net use \\\\a b /user:", "echo a | sudo -S ", "a | x --stdin ", "hmac('a", "crypt((", "credentials a/b",
		"mc a http://h b ", "\nsnmp-server community ", "psk ", "password is: ", "PRIVMSG a :IDENTIFY b\n",
	} {
		text := strings.Repeat(part, size/len(part))
		start := time.Now()
		got := r.Text(text)
		r.Source("a.go", "package a\n// "+text)
		if d := time.Since(start); d > limit {
			t.Errorf("Text of %q repeated takes %v, want less than %v", part, d, limit)
		}
		if again := r.Text(got); again != got {
			t.Errorf("Text of %q repeated isn't finished after one call", part)
		}
	}
}
