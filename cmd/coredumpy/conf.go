package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"coredumpy"
	"coredumpy/internal/secrets"
	"coredumpy/internal/settings"
	"reflect"
	"strings"
)

// dumpFlags are the flags of the commands that make dumps.
type dumpFlags struct {
	dir, path, description string
	depth                  int
	redactFlags
}

const dumpFlagsHelp = `  -dir DIR          directory for dumps with names of their own, made if missing;
                    the default is COREDUMPY_DIR of the environment, or else the
                    current one; it holds 200 dumps and 1 GB, see MaxDumps below
  -path FILE        file to write; an existing one, even of this run, is replaced
  -depth N          how many references are followed from a variable (40)
  -description TEXT text for peek to show
  -conf FILE        settings, see below
` + strictFlagsHelp

const confHelp = `
The settings are those of coredumpy.Config, in JSON:

  {"MaxString": 1000, "Timeout": "10s", "SecretNames": ["pin"],
   "SecretPatterns": ["ACME-[0-9]{8}"], "HideEnviron": false}

MaxDumps (200) and MaxDumpBytes (1000000000) limit what a directory holds. When it
is full, the oldest dump of the same program, host, function and line makes room
for a new one, but not the very first. If none can go there is no new dump, and a
line says so. 0 is no limit.
`

func (d *dumpFlags) add(flags *flag.FlagSet) {
	flags.StringVar(&d.dir, "dir", "", "")
	flags.StringVar(&d.dir, "directory", "", "") // as the original for Python has it
	flags.StringVar(&d.path, "path", "", "")
	flags.StringVar(&d.description, "description", "", "")
	d.depth = -1
	flags.Func("depth", "", natural(&d.depth))
	d.redactFlags.add(flags)
}

// natural returns a parser for a flag that is a number, 0 or more.
func natural(n *int) func(string) error {
	return func(text string) error {
		v, err := strconv.Atoi(text)
		if err != nil || v < 0 {
			return errors.New("must be a number, 0 or more")
		}
		*n = v
		return nil
	}
}

// options reads the settings, and returns the coredumpy options that the flags stand
// for.
func (d *dumpFlags) options() ([]coredumpy.Option, error) {
	if d.path != "" && d.dir != "" {
		return nil, errors.New("-path and -dir exclude each other")
	}
	var opts []coredumpy.Option
	if d.path != "" {
		if info, err := os.Stat(d.path); err == nil && info.IsDir() {
			return nil, fmt.Errorf("-path %s is a directory: use -dir", d.path)
		}
		if info, err := os.Stat(filepath.Dir(d.path)); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("-path %s: there is no directory %s", d.path, filepath.Dir(d.path))
		}
		opts = append(opts, coredumpy.Path(d.path))
	}
	if d.dir != "" {
		if err := checkDirectory(d.dir); err != nil {
			return nil, err
		}
		opts = append(opts, coredumpy.Directory(d.dir))
	}
	if d.description != "" {
		opts = append(opts, coredumpy.Description(d.description))
	}
	if d.depth >= 0 {
		opts = append(opts, coredumpy.Depth(d.depth))
	}
	return opts, d.configure(&coredumpy.Config)
}

// checkDirectory says why -dir can't be a directory. It is made when it is needed.
func checkDirectory(dir string) error {
	at := filepath.Clean(dir)
	info, err := os.Stat(at)
	for ; errors.Is(err, fs.ErrNotExist) && at != filepath.Dir(at); info, err = os.Stat(at) {
		at = filepath.Dir(at)
	}
	if err != nil {
		return fmt.Errorf("-dir: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("-dir %s: %s is a file", dir, at)
	}
	return nil
}

// settingsFile is what a file of settings may hold besides the plain fields of
// coredumpy.Configuration.
type settingsFile struct {
	*plain
	Timeout        *duration
	SecretPatterns *patterns
}

// plain hides the fields that JSON can't hold, and those that have no effect here.
type plain struct {
	*coredumpy.Configuration
	EnvironFilter                                   *never
	Notify                                          *notify
	MaxPanics, MaxPanicsPerSite, MaxPanicsPerMinute *onPanic
	DumpAbortHandler                                *abortHandler
}

// configure sets the fields that the JSON text has.
func configure(c *coredumpy.Configuration, text []byte) error {
	s := settingsFile{
		plain: &plain{Configuration: c}, Timeout: (*duration)(&c.Timeout),
		SecretPatterns: (*patterns)(&c.SecretPatterns),
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return fmt.Errorf("settings: %w", plainly(err))
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("settings: more than one JSON object")
	}
	for _, name := range c.ShowText {
		if err := settings.CheckShowText(name); err != nil {
			return fmt.Errorf("settings: ShowText: %w", err)
		}
	}
	for _, name := range c.ShowRules {
		if err := secrets.CheckRule(name); err != nil {
			return fmt.Errorf("settings: ShowRules: %w", err)
		}
	}
	return nil
}

// plainly returns an error about settings without the names of Go types.
func plainly(err error) error {
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &typ):
		name := typ.Field[strings.LastIndexByte(typ.Field, '.')+1:]
		want := typ.Type.String()
		// Up to Go 1.26 encoding/json names the pointer's type.
		if typ.Type == reflect.TypeFor[duration]() || typ.Type == reflect.TypeFor[*duration]() {
			want = `a duration, such as "10s"`
		}
		return fmt.Errorf("%s is a JSON %s, want %s", name, typ.Value, want)
	case err == io.EOF:
		return errors.New("the file is empty: want a JSON object, such as {}")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the JSON object doesn't end")
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}

// duration is written as for time.ParseDuration, such as "10s".
type duration time.Duration

func (d *duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	*d = duration(v)
	return err
}

// patterns are regular expressions, in addition to the default ones.
type patterns []*regexp.Regexp

func (p *patterns) UnmarshalJSON(text []byte) error {
	var list []string
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	for _, s := range list {
		re, err := regexp.Compile(s)
		if err != nil {
			return err
		}
		*p = append(*p, re)
	}
	return nil
}

// never is a setting that JSON can't express: EnvironFilter.
type never struct{}

func (*never) UnmarshalJSON([]byte) error {
	return errors.New("EnvironFilter is a function: set it in a program, in coredumpy.Config")
}

// notify is another such setting: Notify.
type notify struct{}

func (*notify) UnmarshalJSON([]byte) error {
	return errors.New("Notify is a function, for OnPanic and OnFailure in a program: set it there, in coredumpy.Config")
}

// onPanic is a setting for a program that dumps its own panics.
type onPanic struct{}

func (*onPanic) UnmarshalJSON([]byte) error {
	return errors.New("MaxPanics, MaxPanicsPerSite and MaxPanicsPerMinute are for OnPanic in a program; " +
		"coredumpy run has -max")
}

// abortHandler is another such setting: DumpAbortHandler.
type abortHandler struct{}

func (*abortHandler) UnmarshalJSON([]byte) error {
	return errors.New("DumpAbortHandler is for OnPanic in a program: set it there, in coredumpy.Config")
}
