package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"coredumpy/internal/debuginfo"
	"coredumpy/internal/destination"
	"coredumpy/internal/printable"
)

var debuginfoCommand = command{
	name:    "debuginfo",
	args:    "[-o FILE] BINARY",
	summary: "write the debug information of a program to a file beside it",
	help: `
Debuginfo writes the debug information of BINARY, an ELF executable that isn't
stripped, to a file. A stripped executable of the same build, as -ldflags='-s -w'
or strip makes it, finds its variables there when it crashes:

  go build -trimpath -o server ./cmd/server
  coredumpy debuginfo server
  go build -trimpath -ldflags='-s -w' -o server ./cmd/server

The file must lie beside the executable, where it runs: server.debug beside
server. coredumpy help builds says where else it may be, and how it is known that
both belong together: the second build must have the same source, the same flags
except -ldflags, and -trimpath.

  -o FILE           the file to write; the default is BINARY.debug. A file of that
                    name is replaced

The file is an ELF file, so gdb and Delve can use it, too. Everybody who may read
BINARY may read it.
`,
	run: writeDebuginfo,
}

func writeDebuginfo(_ io.Reader, stdout, stderr io.Writer, args []string) (status int) {
	flags := flag.NewFlagSet("debuginfo", flag.ContinueOnError)
	out := flags.String("o", "", "")
	paths, status := parseFlags(flags, stderr, args)
	switch {
	case status != statusOK:
		return status
	case len(paths) == 0:
		return misused(stderr, "debuginfo", "name an executable")
	case len(paths) > 1:
		return misused(stderr, "debuginfo", fmt.Sprintf("unexpected argument %q: one executable only", paths[1]))
	}
	if *out == "" {
		*out = paths[0] + ".debug"
	}
	n, of, err := extract(paths[0], *out)
	if err != nil {
		printError(stderr, "debuginfo", err)
		return statusFailed
	}
	fmt.Fprintf(stdout, "%s: %s of debug information, %s uncompressed\n",
		printable.Argument(destination.Absolute(*out)), megabytes(n), megabytes(of))
	return statusOK
}

// extract writes the debug information of the executable at path to a file.
func extract(path, out string) (n, of int64, err error) {
	exe, err := os.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer exe.Close()
	info, err := exe.Stat()
	switch {
	case err != nil:
		return 0, 0, err
	case !info.Mode().IsRegular():
		return 0, 0, fmt.Errorf("%s is not an executable", path)
	}
	if there, err := os.Stat(out); err == nil && os.SameFile(info, there) {
		return 0, 0, fmt.Errorf("%s is the executable itself: give -o another name", out)
	}
	_, err = destination.Write(out, func(w io.Writer) (err error) {
		n, of, err = debuginfo.Write(w, exe)
		if errors.Is(err, debuginfo.ErrNoDWARF) {
			return fmt.Errorf("%s: %w: build it without -s and -w", path, err)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	return n, of, os.Chmod(out, info.Mode().Perm()&0o666)
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
