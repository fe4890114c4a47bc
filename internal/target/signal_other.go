//go:build !linux

package target

// SignalStack returns nil: where this system keeps the registers from before a
// signal isn't known.
func SignalStack() []byte { return nil }

// RehearseSignal does nothing.
func RehearseSignal() {}
