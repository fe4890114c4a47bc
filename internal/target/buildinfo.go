package target

import (
	"errors"
	"os"
	"runtime"
	"runtime/debug"
)

// ReadBuildInfo reads how an executable was built; by default, only that of this process.
// Code that reads others sets it to [debug/buildinfo.ReadFile], which would link the
// formats of all systems into every program that imports coredumpy.
var ReadBuildInfo = ownBuildInfo

func ownBuildInfo(path string) (*debug.BuildInfo, error) {
	file, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	own, err := os.Stat("/proc/self/exe")
	if err != nil {
		return nil, err
	}
	if !os.SameFile(file, own) {
		return nil, errors.New("how it was built isn't known")
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		return info, nil
	}
	return &debug.BuildInfo{GoVersion: runtime.Version()}, nil
}
