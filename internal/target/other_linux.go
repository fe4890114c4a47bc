package target

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"coredumpy/internal/debuginfo"
	"coredumpy/internal/memory"
	"coredumpy/internal/procfs"
)

// Other returns another process. The memory that mem reads must not change meanwhile. An
// error means that nothing can be read; without debug information Info is nil.
func Other(pid int, mem *memory.Remote) (*Process, error) {
	g, err := OpenProgram(pid, mem)
	if err != nil {
		return nil, err
	}
	return g.Process(mem), nil
}

// Program is the executable of another process, so that the process can be read several
// times.
type Program struct {
	Info    *debuginfo.File // nil if there is none that fits, see InfoErr
	InfoErr error
	version string
	slide   uint64
}

// OpenProgram reads the executable of a process. The caller must close Info.
func OpenProgram(pid int, mem *memory.Remote) (*Program, error) {
	exe := fmt.Sprintf("/proc/%d/exe", pid) // the file itself, even if it has been replaced
	build, err := ReadBuildInfo(exe)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
			return nil, err
		}
		return nil, fmt.Errorf("process %d runs no Go program: %w", pid, err)
	}
	g := &Program{version: build.GoVersion}
	g.Info, g.slide, g.InfoErr = otherInfo(pid, mem.Mappings())
	return g, nil
}

// Process returns a process that runs the program. The memory that mem reads must not
// change meanwhile. Closing the process closes Info.
func (g *Program) Process(mem *memory.Remote) *Process {
	p := newProcess(mem)
	p.Info, p.Slide, p.InfoErr = g.Info, g.slide, g.InfoErr
	if p.InfoErr != nil {
		p.Forbid(errNoTypes)
	} else {
		p.PrepareOther(g.version, p.layouts())
	}
	return p
}

var errNoTypes = errors.New("no debug information")

// otherInfo opens the debug information of a process, and finds how far its mapping is
// from its link-time addresses.
func otherInfo(pid int, maps []procfs.Mapping) (info *debuginfo.File, slide uint64, err error) {
	if info, err = openProcess(pid); err != nil {
		return nil, 0, err
	}
	info.Preload()
	if err = info.DWARFError(); err == nil {
		slide, err = mappedAt(fmt.Sprintf("/proc/%d/exe", pid), info, maps)
	}
	if err != nil {
		info.Close()
		return nil, 0, err
	}
	return info, slide, nil
}

// mappedAt returns the distance from the addresses in an executable to those where its
// beginning is mapped.
func mappedAt(exe string, info *debuginfo.File, maps []procfs.Mapping) (uint64, error) {
	offset, addr, err := info.Base()
	if err != nil {
		return 0, err
	}
	path, err := os.Readlink(exe)
	if err != nil {
		return 0, err
	}
	path, _ = strings.CutSuffix(path, " (deleted)")
	inode := uint64(0)
	if stat, err := os.Stat(exe); err == nil {
		if sys, ok := stat.Sys().(*syscall.Stat_t); ok {
			inode = sys.Ino
		}
	}
	for _, m := range maps {
		if (inode != 0 && m.Inode == inode || m.Path == path) && m.Offset == offset {
			return m.Lo - addr, nil
		}
	}
	return 0, errors.New("the executable isn't mapped in the process")
}

// Breakpoints returns the run-time addresses of functions of another process, with their
// names, and of all functions whose names end with a suffix, with that suffix. Functions
// that the process doesn't have are left out.
func Breakpoints(pid int, functions []string, suffixes ...string) (map[uint64]string, error) {
	mem, err := memory.OpenRemote(pid)
	if err != nil {
		return nil, err
	}
	defer mem.Close()
	info, slide, err := otherInfo(pid, mem.Mappings())
	if err != nil {
		return nil, err
	}
	defer info.Close()
	addrs := map[uint64]string{}
	for _, name := range functions {
		if fn, ok := info.FuncByName(name); ok {
			addrs[fn.Entry+slide] = name
		}
	}
	for _, suffix := range suffixes {
		for _, fn := range info.FuncsBySuffix(suffix) {
			addrs[fn.Entry+slide] = suffix
		}
	}
	return addrs, nil
}
