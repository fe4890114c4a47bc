package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"syscall"

	"coredumpy"
	"coredumpy/internal/printable"
	"coredumpy/internal/vendoring"
)

var vendorCommand = command{
	name:    "vendor",
	args:    "[-as IMPORT/PATH] DIR",
	summary: "copy coredumpy into your module, with its import paths changed",
	help: `
Vendor copies the library and this command to DIR, without tests. The packages
there import each other by the import path of DIR, which is the path of the
module around it and the directories between:

  coredumpy vendor third_party/coredumpy
  go run ./third_party/coredumpy/cmd/coredumpy demo

  -as IMPORT/PATH   the import path of the copy

DIR is a new directory, or one that is empty except for a go.mod and go.sum, or an
earlier copy, which is brought up to date. A copy that was changed or has more in
it is an error: nothing of yours is overwritten or removed. DIR is replaced as a
whole or not at all.

Vendor copies the source that this command was built from, as it is now. If that
isn't there any more, or the command was built with -trimpath, it copies the
source that the go command finds: the current directory must be in a checkout of
coredumpy, or in a module that can import it.
`,
	run: vendor,
}

// library is the import path of package coredumpy. It differs in a copy.
var library = reflect.TypeFor[coredumpy.Configuration]().PkgPath()

func vendor(_ io.Reader, stdout, stderr io.Writer, args []string) (status int) {
	flags := flag.NewFlagSet("vendor", flag.ContinueOnError)
	as := flags.String("as", "", "")
	rest, status := parseFlags(flags, stderr, args)
	switch {
	case status != statusOK:
		return status
	case len(rest) == 0 || rest[0] == "":
		return misused(stderr, "vendor", "name the directory for the copy, such as third_party/coredumpy")
	case len(rest) > 1:
		return misused(stderr, "vendor", fmt.Sprintf("unexpected argument %q", rest[1]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	path, changed, err := vendorTo(ctx, rest[0], *as)
	switch {
	case errors.Is(err, context.Canceled):
		return statusInterrupted
	case err != nil:
		printError(stderr, "vendor", err)
		return statusFailed
	case !changed:
		fmt.Fprintf(stdout, "%s is up to date: import %q\n", printable.Line(rest[0]), path)
	default:
		fmt.Fprintf(stdout, "%s is a copy: import %q\n", printable.Line(rest[0]), path)
	}
	return statusOK
}

// vendorTo makes the copy and returns its import path. changed is false if the copy was
// already there.
func vendorTo(ctx context.Context, dir, as string) (path string, changed bool, err error) {
	if path, err = vendoring.ImportPath(dir, as); err != nil {
		return "", false, err
	}
	source, err := sourceDir(ctx)
	if err != nil {
		return "", false, err
	}
	files, err := vendoring.Read(os.DirFS(source), library, path)
	if err != nil {
		return "", false, fmt.Errorf("read %s: %w", source, err)
	}
	changed, err = vendoring.Write(ctx, dir, path, files)
	return path, changed, err
}

// sourceDir returns the directory of package coredumpy: where it was when this command
// was built, or where the go command has it.
func sourceDir(ctx context.Context) (string, error) {
	f := runtime.FuncForPC(reflect.ValueOf(coredumpy.OnPanic).Pointer())
	file, _ := f.FileLine(f.Entry())
	if filepath.IsAbs(file) && isFile(file) {
		return filepath.Dir(file), nil
	}
	var said strings.Builder
	cmd := exec.CommandContext(ctx, "go", "list", "-f", "{{.Dir}}", library)
	cmd.Stderr = &said
	out, err := cmd.Output()
	if dir := strings.TrimSpace(string(out)); err == nil && dir != "" {
		return dir, nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	why, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
	if why == "" {
		why = fmt.Sprint(err)
	}
	return "", fmt.Errorf("this command was built from %s, which doesn't exist, "+
		"and the go command doesn't find %s here (%s); "+
		"run it in a checkout of coredumpy, or in a module that can import it", file, library, why)
}
