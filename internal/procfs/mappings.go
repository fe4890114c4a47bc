// Package procfs reads what the kernel says about processes in /proc: their threads,
// their mappings, and their memory or why that may not be read.
package procfs

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Mapping is a range of addresses of a process that has memory, from /proc/PID/maps
// (proc_pid_maps(5)).
type Mapping struct {
	Lo, Hi  uint64
	Perms   string // such as "rw-p"
	Offset  uint64 // in the file
	Dev     string // of the file, such as "08:02"
	Inode   uint64 // 0 if there is no file
	Path    string // may also be a name such as "[stack]"
	Deleted bool   // the mapped file was removed; another one may be at Path
}

// Readable reports whether the process may read the range.
func (m *Mapping) Readable() bool { return strings.HasPrefix(m.Perms, "r") }

// Writable reports whether the process may write the range.
func (m *Mapping) Writable() bool { return len(m.Perms) > 1 && m.Perms[1] == 'w' }

// Private reports whether what the process writes to the range is seen by no other
// process.
func (m *Mapping) Private() bool { return strings.HasSuffix(m.Perms, "p") }

// ParseMappings parses lines such as
//
//	00400000-004b9000 r-xp 00001000 08:02 173521   /usr/bin/name (deleted)
//
// It skips lines that it doesn't understand.
func ParseMappings(text string) []Mapping {
	var ms []Mapping
	for line := range strings.Lines(text) {
		if m, ok := parseMapping(strings.TrimSuffix(line, "\n")); ok {
			ms = append(ms, m)
		}
	}
	slices.SortFunc(ms, func(a, b Mapping) int { return cmp.Compare(a.Lo, b.Lo) })
	return ms
}

func parseMapping(line string) (m Mapping, ok bool) {
	var f [5]string
	for i := range f {
		f[i], line, _ = strings.Cut(strings.TrimLeft(line, " "), " ")
	}
	lo, hi, _ := strings.Cut(f[0], "-")
	var errs [4]error
	m.Lo, errs[0] = strconv.ParseUint(lo, 16, 64)
	m.Hi, errs[1] = strconv.ParseUint(hi, 16, 64)
	m.Offset, errs[2] = strconv.ParseUint(f[2], 16, 64)
	m.Inode, errs[3] = strconv.ParseUint(f[4], 10, 64)
	if errs != [4]error{} || m.Lo >= m.Hi || len(f[1]) != 4 {
		return m, false
	}
	m.Perms, m.Dev = f[1], f[3]
	m.Path, m.Deleted = strings.CutSuffix(strings.TrimLeft(line, " "), " (deleted)")
	// The kernel writes a newline as \012, and escapes nothing else.
	m.Path = strings.ReplaceAll(m.Path, `\012`, "\n")
	return m, true
}

// FindMapping returns the mapping that addr is in.
func FindMapping(ms []Mapping, addr uint64) *Mapping {
	i, _ := slices.BinarySearchFunc(ms, addr, func(m Mapping, addr uint64) int {
		if m.Hi <= addr {
			return -1
		}
		return 1
	})
	if i < len(ms) && ms[i].Lo <= addr {
		return &ms[i]
	}
	return nil
}
