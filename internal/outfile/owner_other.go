//go:build !unix

package outfile

import "io/fs"

// owner doesn't know. On Windows it takes a privilege to make a symbolic link, and the
// directory for temporary files is the user's own.
func owner(fs.FileInfo) (uid int, ok bool) { return 0, false }
