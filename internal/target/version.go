package target

import (
	"fmt"
	"strconv"
	"strings"
)

// Versions of Go whose layouts are those of this package. Those of types, maps
// and channels are tried in this process; others can't be.
const (
	firstMinor = 24
	lastMinor  = 26
)

// knownVersion reports whether version is one such as "go1.26.8".
func knownVersion(version string) bool {
	rest, ok := strings.CutPrefix(version, "go1.")
	if !ok {
		return false
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(rest)
	}
	minor, err := strconv.Atoi(rest[:end])
	return err == nil && firstMinor <= minor && minor <= lastMinor
}

// checkVersion notes what can't be tried and isn't known of the process's
// version of Go.
func (p *Process) checkVersion(version string) {
	if knownVersion(version) {
		return
	}
	p.tablesErr = fmt.Errorf("which variables are still used isn't known in %s", version)
	p.versionErr = fmt.Errorf("labels, saved registers and who waits for a channel aren't known in %s", version)
}
