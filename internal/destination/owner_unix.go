//go:build unix

package destination

import (
	"io/fs"
	"syscall"
)

// owner returns the id of the user who owns a file, if the system has such ids.
func owner(info fs.FileInfo) (uid int, ok bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(stat.Uid), true
}
