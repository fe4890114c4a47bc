//go:build !linux

package hook

const kernelTellsPeer = false
