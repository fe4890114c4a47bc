//go:build !unix

package benchtest

import "time"

// cpuTime isn't known here.
func cpuTime() time.Duration { return 0 }
