package capture

import (
	"os"
	"runtime"
	"runtime/debug"

	"coredumpy/internal/clock"
	"coredumpy/internal/corefile"
)

// Head returns what a dump says about this process.
func Head(description string) corefile.Head {
	h := corefile.Head{
		Version: corefile.Version, Description: description, Time: clock.Now(),
		GoVersion: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
		PID: os.Getpid(), Args: os.Args,
	}
	h.Host, _ = os.Hostname()
	h.Program, _ = os.Executable()
	h.Directory, _ = os.Getwd()
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return h
	}
	h.Build = build(info)
	return h
}

func build(info *debug.BuildInfo) *corefile.Build {
	b := &corefile.Build{Path: info.Path, Main: info.Main.Path, Version: info.Main.Version}
	for _, m := range info.Deps {
		for m.Replace != nil {
			m = m.Replace
		}
		b.Deps = append(b.Deps, [2]string{m.Path, m.Version})
	}
	for _, s := range info.Settings {
		b.Settings = append(b.Settings, [2]string{s.Key, s.Value})
	}
	return b
}

// Top returns the top frame of the current goroutine.
func (d *Dump) Top() corefile.Place {
	if d.head.Top == nil {
		return corefile.Place{}
	}
	return *d.head.Top
}

// Origin returns the parts of the head that say what crashed, and where: host, program,
// build and top frame, as they are written.
func (d *Dump) Origin() *corefile.Head {
	if d.made != nil {
		return &d.made.Origin
	}
	return &corefile.Head{
		Host: d.redact.Path(d.head.Host), Program: d.redact.Path(d.head.Program),
		Build: d.head.Build, Top: d.place(d.head.Top),
	}
}
