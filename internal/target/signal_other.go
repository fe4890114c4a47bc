//go:build !linux

package target

// SignalStack returns nil: we don't know where this system keeps the registers from before
// a signal.
func SignalStack() []byte { return nil }

// RehearseSignal does nothing.
func RehearseSignal() {}
