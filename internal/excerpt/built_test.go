package excerpt

import (
	"go/build"
	"io"
	"path/filepath"
	"strings"
	"testing"
)

// A file is in a build if package go/build says so.
func TestBuilt(t *testing.T) {
	names := strings.Fields("a.go linux.go windows.go a_linux.go a_windows.go a_linux_amd64.go a_linux_arm64.go " +
		"a_windows_amd64.go a_amd64.go a_arm64.go a_linux_test.go a_windows_test.go test.go a_b_c.go a_linux.pb.go " +
		"a_windows.pb.go amd64_linux.go a_unix.go a_android.go a_amd64_linux.go windows_amd64.go")
	headers := []string{"", "//go:build ignore\n\n", "//go:build linux\n\n", "//go:build !linux\n\n",
		"// Text.\n\n//go:build windows || darwin\n\n", "/* //go:build ignore */\n\n", "//go:build unix && cgo\n\n",
		"//go:build go1.20\n\n", "//go:build go1.999\n\n", "//go:build special\n\n", "//go:build !special\n\n",
		"//go:build other\n\n", "//go:build gc && !race\n\n", "/* a\nb */\n// Text.\n//go:build arm64\n\n",
		"\ufeff//go:build ignore\n\n", "//go:build ignore\r\n\r\n", "//go:build (\n\n"}
	for _, system := range strings.Fields("linux windows android ios illumos darwin js freebsd") {
		for _, tags := range []string{"", "special", "x,special"} {
			c := build.Default
			c.GOOS, c.GOARCH, c.CgoEnabled = system, "amd64", true
			c.BuildTags, c.ReleaseTags = strings.Split(tags, ","), build.Default.ReleaseTags[:24]
			b := &Build{System: system, Processor: "amd64", Version: "go1.24.13",
				Settings: [][2]string{{"-compiler", "gc"}, {"CGO_ENABLED", "1"}, {"-tags", tags}}}
			for _, name := range names {
				for _, header := range headers {
					text := header + "package a\n\n//go:build ignore\n"
					c.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
					want, err := c.MatchFile("dir", name)
					if want = want || err != nil; b.Has(filepath.Join("dir", name), text) != want {
						t.Errorf("%s, tags %q, %s, %q: got %t, want %t", system, tags, name, header, !want, want)
					}
				}
			}
		}
	}
}
