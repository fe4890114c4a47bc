package capture

import "testing"

func TestWithoutLabels(t *testing.T) {
	for trace, want := range map[string]string{
		"goroutine 1 [running]:\nmain.main()\n":                                "goroutine 1 [running]:\nmain.main()\n",
		"goroutine 1 [running labels:{\"a\": \"b]\"}]:\nmain.main()\n":         "goroutine 1 [running]:\nmain.main()\n",
		"goroutine 1 [select, 2 minutes] {a: b}:\nmain.main()\n":               "goroutine 1 [select, 2 minutes]:\nmain.main()\n",
		"goroutine 1 gp=0x1 m=nil [running, locked to thread] {}:\nmain.f()\n": "goroutine 1 gp=0x1 m=nil [running, locked to thread]:\nmain.f()\n",
		"of another form: a secret\nmain.main()\n":                             "\nmain.main()\n",
		"": "",
	} {
		if got := withoutLabels(trace); got != want {
			t.Errorf("%q: got %q, want %q", trace, got, want)
		}
	}
}
