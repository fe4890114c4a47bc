package hook

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A Trial shows whether a toolchain compiles the overlay. The edits may fit the sources
// and yet the names that the added files use may be missing, or the linker may refuse.
type Trial struct {
	// Key is what decides how the standard library is compiled, such as the flag
	// -race. The result of a trial is used again for the same key.
	Key string
	// Build builds the program of trialSource with the overlay, or without it if files
	// is nil. It returns the go command's output, and whether it succeeded. An error
	// ends the trial, and [Overlay] returns it.
	Build func(source, program string, files *Files) (said string, ok bool, err error)
}

// trialSource is a program that links all that the overlay changes, and crashes.
const trialSource = `package main

import _ "testing"

func main() { panic("trial") }
`

// tried removes from files, which have all that fits the sources, what fails.
func (l *layer) tried(files Files, try *Trial) (Files, error) {
	verdict := filepath.Join(filepath.Dir(files.Overlay), "tried-"+keyHash(try.Key))
	if out, ok := readVerdict(verdict); ok {
		if len(out) == 0 {
			return files, nil
		}
		return l.lay(out)
	}
	dir, err := os.MkdirTemp("", "coredumpy-trial-")
	if err != nil {
		return Files{}, err
	}
	defer os.RemoveAll(dir)
	t := &trial{layer: l, try: try, out: make(map[string]string), dir: dir}
	tried, sure, err := t.run(files)
	if err == nil && sure {
		writeVerdict(verdict, t.out)
	}
	return tried, err
}

// trial is a trial under way.
type trial struct {
	*layer
	try *Trial
	out map[string]string // parts left out, and why
	dir string            // for the program
}

// run returns the files that the toolchain compiles. sure says that the result will be the
// same the next time: an error may also come from a full disk or a killed process.
func (t *trial) run(files Files) (fit Files, sure bool, err error) {
	source, program := filepath.Join(t.dir, "main.go"), filepath.Join(t.dir, "trial")
	if err := os.WriteFile(source, []byte(trialSource), 0o600); err != nil {
		return Files{}, false, err
	}
	all := files
	sure = true
	for files.Overlay != "" {
		said, ok, err := t.try.Build(source, program, &files)
		if err != nil {
			return Files{}, false, err
		}
		if ok {
			if why := checkReport(program, files); why != nil {
				t.out[corePart], sure = why.Error(), false
				files, err = t.lay(t.out)
			}
			return files, sure, err
		}
		guilty := t.blame(said)
		if len(guilty) == 0 && sure {
			// Does it fail without us, too?
			if _, ok, err := t.try.Build(source, program, nil); err != nil || !ok {
				return all, false, err // the user's command will show the error
			}
			sure = false
		}
		if len(guilty) == 0 {
			guilty = t.suspects(said)
		}
		for name, why := range guilty {
			t.out[name] = why
		}
		if files, err = t.lay(t.out); err != nil {
			return Files{}, false, err
		}
	}
	return files, sure, nil
}

// suspects returns the parts to leave out if the messages name none: first those for
// tests, then all.
func (t *trial) suspects(said string) map[string]string {
	why := "with it the go command fails"
	if line := lastLine(said); line != "" {
		why += ": " + line
	}
	if t.has["failure"] || t.has["testpanic"] {
		return map[string]string{"failure": why, "testpanic": why}
	}
	return map[string]string{corePart: why}
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// trialPatience is how long the program may take, far more than it needs.
const trialPatience = time.Minute

// checkReport runs the program of a trial, and returns an error unless it reports its
// panic and then ends by it.
func checkReport(program string, files Files) error {
	if !files.Panics {
		return nil
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(filepath.Dir(program), "s"), Net: "unix"})
	if err != nil {
		return nil // its name is too long: the trial shows nothing
	}
	defer l.Close()
	event := make(chan error, 1)
	go func() { event <- firstEvent(l) }()
	ctx, cancel := context.WithTimeout(context.Background(), trialPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program)
	// Under GOTRACEBACK=crash it would leave a core file.
	cmd.Env = append(os.Environ(), "GOTRACEBACK=single", SocketEnv+"="+l.Addr().String())
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		return nil // the temporary directory may not allow programs
	}
	err = cmd.Wait()
	const panicked = 2 // exit status, runtime.fatalpanic
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != panicked ||
		!strings.Contains(stderr.String(), "panic: trial") {
		return fmt.Errorf("with it a program that panics doesn't end by its panic: %v", err)
	}
	l.Close()
	return <-event
}

// firstEvent reads the event of the first process to connect, and wants a panic.
func firstEvent(l *net.UnixListener) error {
	c, err := l.AcceptUnix()
	if err != nil {
		return errors.New("with it a program that panics reports nothing")
	}
	defer c.Close() // lets the process go on
	e, err := ReadEvent(c)
	if err == nil && e.Kind != Panic {
		err = fmt.Errorf("with it a program that panics reports a %s", e.Kind)
	}
	return err
}

func keyHash(key string) string {
	h := sha256.Sum256([]byte(key))
	return hex.EncodeToString(h[:8])
}

// readVerdict returns which parts an earlier trial has left out.
func readVerdict(path string) (out map[string]string, ok bool) {
	b, err := os.ReadFile(path)
	return out, err == nil && json.Unmarshal(b, &out) == nil
}

// writeVerdict keeps the result for the next time. If it can't, the next time needs a
// trial of its own.
func writeVerdict(path string, out map[string]string) {
	b, err := json.Marshal(out)
	if err != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(path), "tmp-")
	if err != nil {
		return
	}
	_, err = f.Write(b)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil || os.Rename(f.Name(), path) != nil {
		os.Remove(f.Name())
	}
}
