//go:build !unix

package destination

import "io/fs"

// owner doesn't know the owner. On Windows making a symbolic link takes a privilege, and
// the directory for temporary files is the user's own.
func owner(fs.FileInfo) (uid int, ok bool) { return 0, false }
