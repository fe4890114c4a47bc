package main

import (
	"strings"
	"testing"
)

// A flag of the original for Python, or of another command, is answered with the right one.
func TestFlagsOfOthers(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"load --directory x", "-directory is for Python: name the dump, or open the newest one by coredumpy load in its directory"},
		{"load --ipdb x", "-ipdb is for Python: there is only the prompt of coredumpy load"},
		{"load --conf c x", "-conf is for Python: settings are for making dumps"},
		{"peek --directory x", "-directory isn't needed: name the directory, as in coredumpy peek DIRECTORY"},
		{"peek --conf c", "-conf is for coredumpy run, test, attach, redact"},
		{"redact --directory x", "-directory is for coredumpy run, test, attach"},
		{"dap --directory x", "-directory is for coredumpy run, test, attach"},
		{"host --conf c", "-conf is for coredumpy run, test, attach, redact"},
		{"demo --depth 3", "-depth is for coredumpy run, test, attach"},
		{"vendor -src x", "-src is for coredumpy load"},
		{"version --json", "-json is for coredumpy peek"},
		{"run -m unittest", "-m is for Python: name a command in place of a module, such as coredumpy run go test ./..."},
		{"run --enable-coredumpy pytest", "-enable-coredumpy is for Python: coredumpy test runs tests so that each that fails is dumped"},
		{"run --coredumpy-dir x pytest", "-coredumpy-dir is for Python: write coredumpy test -dir DIR ./..."},
		{"load -bogus", "flag provided but not defined: -bogus"},
		{"attach -dir", "flag needs an argument: -dir"},
	} {
		var out, failed strings.Builder
		status := run(strings.NewReader(""), &out, &failed, strings.Fields(tt.args))
		if status != statusUsage || !strings.Contains(failed.String(), ": "+tt.want+"; see coredumpy help ") {
			t.Errorf("%s: got status %d and %q, want %q", tt.args, status, failed.String(), tt.want)
		}
	}
}
