package destination

import (
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"coredumpy/internal/clock"
)

// maxFunc is how much of a function's name goes into a file's: file systems
// allow 255 bytes.
const maxFunc = 100

// Name returns the default name of a dump, coredumpy_<func>_<line>_<time>.dump,
// with the function's name without its package reduced to [A-Za-z0-9_]. No two
// calls return the same.
func Name(function string, line int) string {
	name := withoutTypeArguments(function)
	name = name[strings.LastIndexByte(name, '/')+1:]
	if _, after, ok := strings.Cut(name, "."); ok {
		name = after
	}
	name = strings.Trim(notWord.ReplaceAllString(name, "_"), "_")
	name = name[:min(len(name), maxFunc)]
	stamp := strings.Replace(uniqueTime().Format("20060102_150405.000000"), ".", "_", 1)
	return fmt.Sprintf("coredumpy_%s_%d_%s.dump", name, line, stamp)
}

// ofName matches what Name returns.
var ofName = regexp.MustCompile(`^(coredumpy_\w*_\d+_)\d{8}_\d{6}_\d{6}\.dump$`)

// Stem returns how Name begins the names of all dumps of the same function and line,
// coredumpy_<func>_<line>_, if name is one of Name's. Functions that differ only in the
// package, or after the hundredth letter, have the same stem.
func Stem(name string) (stem string, ok bool) {
	if !strings.HasPrefix(name, "coredumpy_") { // most files of a directory: this is faster
		return "", false
	}
	m := ofName.FindStringSubmatch(name)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// withoutTypeArguments returns "main.(*List).Push" for "main.(*List[...]).Push".
func withoutTypeArguments(name string) string {
	depth := 0
	return strings.Map(func(r rune) rune {
		switch r {
		case '[':
			depth++
		case ']':
			depth--
			return -1
		}
		if depth > 0 {
			return -1
		}
		return r
	}, name)
}

// lastName is the time of the latest name, in microseconds since 1970.
var lastName atomic.Int64

// uniqueTime returns the present time, or a little later, so that it never returns the
// same time twice.
func uniqueTime() time.Time {
	for {
		last, now := lastName.Load(), clock.Now()
		if micros := max(now.UnixMicro(), last+1); lastName.CompareAndSwap(last, micros) {
			return time.UnixMicro(micros)
		}
	}
}

var notWord = regexp.MustCompile(`[^A-Za-z0-9_]+`)
