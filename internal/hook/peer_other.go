//go:build !linux

package hook

import "net"

// peer returns 0: SO_PEERCRED is Linux's, and so are the programs that report.
func peer(*net.UnixConn) (int, error) { return 0, nil }
