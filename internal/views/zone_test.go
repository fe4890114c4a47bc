package views

import (
	"strings"
	"testing"

	"coredumpy/internal/dump"
)

// zoned has a time of a Location with two zones, of which the second begins at second
// 1000 of 1970.
const zoned = `{"coredumpy":{"version":1,"reason":"panic","goroutine":1}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"uint64","kind":"uint64","size":8}}
{"type":{"id":3,"name":"int64","kind":"int64","size":8}}
{"type":{"id":4,"name":"time.Time","kind":"struct","size":24,"fields":[{"name":"wall","type":2},{"name":"ext","type":3},{"name":"loc","type":5}]}}
{"type":{"id":5,"name":"*time.Location","kind":"ptr","size":8,"elem":6}}
{"type":{"id":6,"name":"time.Location","kind":"struct","size":120,"fields":[{"name":"name","type":7},{"name":"zone","type":8},{"name":"tx","type":9},{"name":"extend","type":7},{"name":"cacheStart","type":3},{"name":"cacheEnd","type":3},{"name":"cacheZone","type":12}]}}
{"type":{"id":7,"name":"string","kind":"string","size":16}}
{"type":{"id":8,"name":"[]time.zone","kind":"slice","size":24,"elem":10}}
{"type":{"id":9,"name":"[]time.zoneTrans","kind":"slice","size":24,"elem":11}}
{"type":{"id":10,"name":"time.zone","kind":"struct","size":32,"fields":[{"name":"name","type":7},{"name":"offset","type":1}]}}
{"type":{"id":11,"name":"time.zoneTrans","kind":"struct","size":16,"fields":[{"name":"when","type":3},{"name":"index","type":13}]}}
{"type":{"id":12,"name":"*time.zone","kind":"ptr","size":8,"elem":10}}
{"type":{"id":13,"name":"uint8","kind":"uint8","size":1}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","vars":[{"name":"x","type":4,"value":VALUE}]}]}}
[1,6,["Europe/X",[65536,2,2],[131072,3,2],EXTEND,CACHE]]
[2,8,[["XST",3600],["XDT",OFFSET]]]
[3,9,[[-9223372036854775808,0],[1000,1]]]
[4,10,["cached",-1800]]
`

func TestZone(t *testing.T) {
	const none = `0,0,null`
	for _, tt := range []struct{ name, value, extend, cache, offset, want string }{
		{"before the change", `[5,62135597799,[4096,1]]`, `""`, none, "7200", "1970-01-01T01:16:39.000000005+01:00"},
		{"after it", `[0,62135597800,[4096,1]]`, `""`, none, "7200", "1970-01-01T02:16:40+02:00"},
		{"after the last one, with a rule", `[0,62135597800,[4096,1]]`, `"XST-1XDT"`, none, "7200", "1970-01-01T00:16:40Z"},
		{"cached", `[0,62135597800,[4096,1]]`, `"XST-1XDT"`, `900,1100,[4,4]`, "7200", "1969-12-31T23:46:40-00:30"},
		{"not in what is cached", `[0,62135597800,[4096,1]]`, `""`, `0,1000,[4,4]`, "7200", "1970-01-01T02:16:40+02:00"},
		{"no Location", `[0,62135597800,null]`, `""`, none, "7200", "1970-01-01T00:16:40Z"},
		{"one that isn't in the dump", `[0,62135597800,{"p":4096,"x":"depth limit"}]`, `""`, none, "7200", "1970-01-01T00:16:40Z"},
		{"no offset", `[0,62135597800,[4096,1]]`, `""`, none, "99999999", "1970-01-01T00:16:40Z"},
	} {
		text := strings.NewReplacer("VALUE", tt.value, "EXTEND", tt.extend, "CACHE", tt.cache, "OFFSET", tt.offset).Replace(zoned)
		core, err := dump.Read(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		g, err := core.Goroutine(1)
		if err != nil {
			t.Fatal(err)
		}
		if view, ok := NewReader(64).Of(g.Frames[0].Vars()[0].Value); !ok || view.Text != tt.want {
			t.Errorf("%s: got %q, %v, want %q", tt.name, view.Text, ok, tt.want)
		}
	}
}
