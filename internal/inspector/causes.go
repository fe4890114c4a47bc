package inspector

import (
	"coredumpy/internal/dump"
	"coredumpy/internal/views"
)

// Causes returns the errors that an error wraps, if its type is in the standard library.
func Causes(v dump.Value) (causes []dump.Value) {
	for _, c := range views.Causes(PartsOf(v, "").Of) {
		causes = append(causes, c.Value)
	}
	return causes
}
