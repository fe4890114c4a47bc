package hook

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// wayEnv says how this test binary acts as the program of a trial.
const wayEnv = "HOOK_TEST_TRIAL"

// TestTrialProgram is that program.
func TestTrialProgram(t *testing.T) {
	way := os.Getenv(wayEnv)
	if way == "" {
		t.Skip("not the program of a trial")
	}
	if way != "silent" {
		c, err := net.Dial("unix", os.Getenv(SocketEnv))
		if err != nil {
			t.Fatal(err)
		}
		m := message{Kind: uint64(Panic)}
		if way == "throws" {
			m.Kind = uint64(Throw)
		}
		binary.Write(c, binary.LittleEndian, [headWords]uint64{magic, protocol, words * wordSize})
		binary.Write(c, binary.LittleEndian, m)
		c.Read(make([]byte, 1))
	}
	if way == "clean" {
		os.Exit(0)
	}
	os.Stderr.WriteString("panic: trial\n")
	os.Exit(2)
}

// toolchainToCome acts as a go command that doesn't compile some names, nor link
// others.
type toolchainToCome struct {
	unknown []string // names in the added and changed lines of the overlay
	refused []string // added files with which it fails, without naming them
	broken  bool     // it builds nothing, overlay or not
	way     string   // of the program, see wayEnv

	builds int
}

func (tc *toolchainToCome) build(source, program string, files *Files) (said string, ok bool, err error) {
	tc.builds++
	if tc.broken {
		return "go: no C compiler", false, nil
	}
	if files != nil {
		dir := filepath.Dir(files.Overlay)
		for _, name := range tc.refused {
			if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
				return "link: internal error", false, nil
			}
		}
		if said := tc.compile(dir); said != "" {
			return said, false, nil
		}
	}
	script := fmt.Sprintf("#!/bin/sh\n%s=%s exec '%s' -test.run='^TestTrialProgram$'\n", wayEnv, tc.way, os.Args[0])
	return "", true, os.WriteFile(program, []byte(script), 0o700)
}

// compile returns a message about the first unknown name.
func (tc *toolchainToCome) compile(dir string) string {
	for _, pkg := range []string{"runtime", "testing"} {
		files, _ := filepath.Glob(filepath.Join(dir, pkg, "*_linux.go"))
		more, _ := filepath.Glob(filepath.Join(dir, pkg, "[^z]*.go"))
		for _, file := range append(files, more...) {
			b, _ := os.ReadFile(file)
			for i, line := range strings.Split(string(b), "\n") {
				for _, name := range tc.unknown {
					if strings.Contains(line, name) && (filepath.Base(file)[0] == 'z' || strings.Contains(line, "coredumpy")) {
						return fmt.Sprintf("# %s\n../go/src/%s/%s:%d:2: undefined: %s", pkg, pkg, filepath.Base(file), i+1, name)
					}
				}
			}
		}
	}
	return ""
}

// TestTrial has toolchains refuse parts that fit their sources.
func TestTrial(t *testing.T) {
	needReports(t)
	all := []string{"panics", "the texts that panic values' methods make", "fatal errors of the runtime", "the texts of the runtime's fatal errors",
		"the texts of fatal errors that a program makes, such as concurrent map writes", "fatal signals",
		"fatal signals on threads that C made", "calls of os.Exit", "panics while main returns", "calls of coredumpy.OnPanic and OnFailure, which dump by themselves", "recovered panics"}
	for _, tt := range []struct {
		name   string
		tc     toolchainToCome
		lost   []string
		builds []int // the first time, and the second
	}{
		{"nothing", toolchainToCome{way: "panics"}, nil, []int{1, 0}},
		{"a name of one hook", toolchainToCome{way: "panics", unknown: []string{"argslice"}},
			[]string{"calls of os.Exit"}, []int{2, 0}},
		{"names of two", toolchainToCome{way: "panics", unknown: []string{"argslice", "osyield"}},
			[]string{"calls of os.Exit", "failures of tests", "the texts of tests' failures", "examples with another output", "panics of tests before their cleanups"}, []int{3, 0}},
		{"a name in an edit", toolchainToCome{way: "panics", unknown: []string{"sigpc"}},
			[]string{"fatal signals", "fatal signals on threads that C made"}, []int{3, 0}},
		{"a name of all", toolchainToCome{way: "panics", unknown: []string{"closefd"}},
			append(all, forTests...), []int{1, 0}},
		{"unsaid, tests", toolchainToCome{way: "panics", refused: []string{"testing/zcoredumpy_failure.go"}},
			forTests, []int{3, 3}},
		{"unsaid, all", toolchainToCome{way: "panics", refused: []string{"runtime/zcoredumpy_core_linux.go"}},
			append(all, forTests...), []int{3, 3}},
		{"builds nothing", toolchainToCome{way: "panics", broken: true}, nil, []int{2, 2}},
		{"reports nothing", toolchainToCome{way: "silent"}, append(all, forTests...), []int{1, 1}},
		{"reports something else", toolchainToCome{way: "throws"}, append(all, forTests...), []int{1, 1}},
		{"ends otherwise", toolchainToCome{way: "clean"}, append(all, forTests...), []int{1, 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root, cache := changed(t), t.TempDir()
			for _, builds := range tt.builds {
				tc := tt.tc
				files, err := Overlay(Toolchain{GOROOT: root, GOVERSION: "go1.99"}, cache, &Trial{Key: "-race", Build: tc.build})
				if err != nil {
					t.Fatal(err)
				}
				if got := lost(files.Left); !slices.Equal(got, tt.lost) {
					t.Errorf("got %q left out, want %q", got, tt.lost)
				}
				if tc.builds != builds {
					t.Errorf("got %d builds, want %d", tc.builds, builds)
				}
				if got, want := files.Overlay == "", len(tt.lost) > len(all)+1; got != want {
					t.Errorf("got overlay %q, want none: %t", files.Overlay, want)
				}
				for _, l := range files.Left {
					if strings.Contains(l.Why, "\n") || l.Why == "" {
						t.Errorf("got %q for why %s are left out, want a line", l.Why, l.Lost)
					}
				}
			}
			tc := tt.tc
			other := &Trial{Key: "-msan", Build: tc.build}
			_, err := Overlay(Toolchain{GOROOT: root, GOVERSION: "go1.99"}, cache, other)
			if err != nil || tc.builds != tt.builds[0] {
				t.Errorf("got %d builds, error %v with another flag, want %d", tc.builds, err, tt.builds[0])
			}
		})
	}
}

// TestTrialStopped wants no verdict from a trial that was stopped.
func TestTrialStopped(t *testing.T) {
	root, cache := changed(t), t.TempDir()
	stop := errors.New("stop")
	try := &Trial{Build: func(string, string, *Files) (string, bool, error) { return "", false, stop }}
	_, err := Overlay(Toolchain{GOROOT: root, GOVERSION: "go1.99"}, cache, try)
	if !errors.Is(err, stop) {
		t.Errorf("got error %v, want %v", err, stop)
	}
	if left, _ := filepath.Glob(filepath.Join(cache, "*", "tried-*")); len(left) > 0 {
		t.Errorf("got %q, want no verdict", left)
	}
}
