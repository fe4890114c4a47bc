package target

// maxEnviron bounds how many entries of an environment are read, and how long
// one may be.
const (
	maxEnviron      = 1 << 16
	maxEnvironEntry = 1 << 20
)

// Environ returns the program's current environment, "KEY=VALUE": syscall.envs
// (syscall/env_unix.go, Go 1.24 to 1.27), which os.Setenv changes. It may have empty
// entries, and is empty if it can't be read.
func (p *Process) Environ() []string {
	if p.Info == nil {
		return nil
	}
	addr, _, err := p.Global("syscall.envs")
	if err != nil {
		return nil
	}
	header, err := p.ReadPair(addr)
	if err != nil {
		return nil
	}
	var environ []string
	for i := range min(header[1], maxEnviron) {
		if entry, err := p.ReadString(header[0]+i*2*word, maxEnvironEntry); err == nil {
			environ = append(environ, entry)
		}
	}
	return environ
}
