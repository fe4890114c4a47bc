//go:build !go1.25

package capture

func setDefaultProcs() {}
