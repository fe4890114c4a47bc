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

// A Trial shows whether a toolchain takes the overlay. That the edits fit the
// sources says nothing of the names that the added files use, nor of what the
// linker allows.
type Trial struct {
	// Key is what decides on how the standard library is compiled, such as the
	// flag -race. What a trial has shown is used again where it is the same.
	Key string
	// Build builds the program of TrialSource, with the overlay or, if files is nil,
	// without. It returns what the go command has said, and whether it succeeded.
	// An error ends the trial, and is returned by [Overlay].
	Build func(source, program string, files *Files) (said string, ok bool, err error)
}

// trialSource is a program that links all that the overlay changes, and crashes.
const trialSource = `package main

import _ "testing"

func main() { panic("trial") }
`

// tried leaves out of files, which have all that fits the sources, what fails.
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

// trial is one under way.
type trial struct {
	*layer
	try *Trial
	out map[string]string // parts left out, and why
	dir string            // for the program
}

// run returns the files that the toolchain takes, and whether the trial has shown
// what will be so the next time: disks run full, and processes are killed.
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
			if why := tells(program, files); why != nil {
				t.out[corePart], sure = why.Error(), false
				files, err = t.lay(t.out)
			}
			return files, sure, err
		}
		guilty := t.blame(said)
		if len(guilty) == 0 {
			if sure {
				// Is it us at all?
				if _, ok, err := t.try.Build(source, program, nil); err != nil || !ok {
					return all, false, err // what the command will say isn't our doing
				}
			}
			sure = false
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

// suspects are the parts to try without when the messages name none: first those
// for tests, then all.
func (t *trial) suspects(said string) map[string]string {
	why := "the go command fails with it"
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

// trialPatience is how long the program may take: far longer than it ever does.
const trialPatience = time.Minute

// tells runs the program of a trial, and returns an error unless it reports its
// panic and then ends by it.
func tells(program string, files Files) error {
	if !files.Panics {
		return nil
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(filepath.Dir(program), "s"), Net: "unix"})
	if err != nil {
		return nil // its name is too long: nothing is learned
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
		return nil // a temporary directory needn't allow programs
	}
	err = cmd.Wait()
	const panicked = 2 // exit status, runtime.fatalpanic
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != panicked ||
		!strings.Contains(stderr.String(), "panic: trial") {
		return fmt.Errorf("a program that panics ends otherwise with it: %v", err)
	}
	l.Close()
	return <-event
}

// firstEvent reads what the first one to connect says, and wants a panic.
func firstEvent(l *net.UnixListener) error {
	c, err := l.AcceptUnix()
	if err != nil {
		return errors.New("a program that panics reports nothing with it")
	}
	defer c.Close() // lets the process go on
	e, err := ReadEvent(c)
	if err == nil && e.Kind != Panic {
		err = fmt.Errorf("a program that panics reports a %s with it", e.Kind)
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

// writeVerdict keeps the result for the next time. If it can't, that time has to
// find out for itself.
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
