//go:build !unix

package benchtest

import "time"

// cpuTime isn't known on this system.
func cpuTime() time.Duration { return 0 }
