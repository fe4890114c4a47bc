package printable

import "time"

// Waits returns how long those wait that have waited for a time between two, in seconds: "5m0s",
// "1s to 5m0s", "" if that is less than one.
func Waits(shortest, longest time.Duration) string {
	from, to := shortest.Truncate(time.Second), longest.Truncate(time.Second)
	switch {
	case to < time.Second:
		return ""
	case from == to:
		return to.String()
	}
	return from.String() + " to " + to.String()
}
