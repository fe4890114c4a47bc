package secrets

import (
	"strings"
	"testing"
	"time"
)

// Texts made of the beginnings of secrets, one after the other, take no more
// than a few milliseconds: the time grows with their length, not its square,
// which would be half a minute here.
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
