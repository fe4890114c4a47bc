package apitest

import (
	"bytes"
	"strings"
	"testing"

	"coredumpy"
)

// A dump of format 1 may say what this version doesn't know, in sentences. Redact looks for
// secrets in them, and leaves out constants that are secrets.
func TestRedactSentences(t *testing.T) {
	old := strings.Join([]string{
		`{"coredumpy":{"version":1,"reason":"panic","message":"x","goroutine":1,"notes":["noted password=p1-merivo84"]}}`,
		`{"type":{"id":1,"name":"main.level","kind":"int","size":8,"constants":[{"name":"Low","value":1},` +
			`{"name":"adminPassword","value":84729},{"name":"kindPassword","value":3},{"name":"Passwords","value":4096}]}}`,
		`{"goroutine":{"id":1,"status":"running","note":"slept with password=p2-merivo84","frames":[` +
			`{"func":"main.f","file":"x.go","line":1,"vars":[{"name":"x","type":1,"value":3,"note":"set where password=p3-merivo84"}]},` +
			`{"func":"main.g","file":"x.go","line":2,"note":"called with password=p4-merivo84"}]}}`,
		`{"global":{"id":1,"name":"main.y","type":1,"value":3,"note":"set where password=p5-merivo84"}}`,
		`{"end":{"records":5}}`,
	}, "\n") + "\n"
	core, err := coredumpy.Read(strings.NewReader(old))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := coredumpy.Redact(&out, core, coredumpy.RedactOptions{Plain: true}); err != nil {
		t.Fatal(err)
	}
	d := read(t, out.Bytes())
	d.wantText(t, "noted password=", "slept with password=", "set where password=", "called with password=", "Low", "kindPassword",
		"Passwords")
	for _, secret := range []string{"p1-merivo84", "p2-merivo84", "p3-merivo84", "p4-merivo84", "p5-merivo84", "adminPassword"} {
		if strings.Contains(d.text, secret) {
			t.Errorf("got %s in %s", secret, d.text)
		}
	}
	if strings.Contains(d.text, "84729") {
		t.Errorf("got the value of adminPassword in %s", d.text)
	}
}
