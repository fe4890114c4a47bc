package coredumpy

import (
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"time"

	"coredumpy/internal/capture"
	"coredumpy/internal/guard"
	"coredumpy/internal/outcome"
	"coredumpy/internal/quota"
	"coredumpy/internal/retain"
	"coredumpy/internal/secrets"
	"coredumpy/internal/settings"
	"coredumpy/internal/walk"
)

// What a dump leaves out: secrets, and what is beyond a limit. [Configuration] says
// which; internal/secrets finds the secrets. All text that reaches a dump goes through
// the redactor, after the walk: by then it has learned the values that stood under
// secret names, and removes them wherever else they are.

// Configuration is what [Config] holds. A negative number is treated as 0.
type Configuration struct {
	// Depth is how many references are followed from a variable, unless the
	// option Depth says otherwise.
	Depth int
	// Timeout bounds the time a capture takes. What isn't read by then is left
	// out, and says so. It also bounds the time of the functions given to PathFunc and
	// Create, which have at least a second.
	Timeout time.Duration
	// AllGoroutines is false if only the current goroutine is wanted.
	AllGoroutines bool

	// HideSecret removes text that looks like a secret: what matches
	// SecretPatterns, and keys, tokens and passwords of well-known forms.
	HideSecret     bool
	SecretPatterns []*regexp.Regexp
	// HideNamed removes values whose variable, field, map key or header name
	// says that they are secret: password, token, authorization and so on, and
	// SecretNames, compared without regard to case. It also removes values of
	// types named so, of cookies, and the numbers of keys and ciphers.
	HideNamed   bool
	SecretNames []string
	// HideEnviron removes the values of environment variables that
	// EnvironFilter reports true for, except words such as localhost.
	HideEnviron   bool
	EnvironFilter func(value string) bool `json:"-"`
	// ShowRules turns single rules off by their names, such as "card": see coredumpy help
	// secrets. A note in each dump tells of a name that no rule has.
	ShowRules []string

	// HideText removes all text of the program's memory, whatever it looks like: strings,
	// slices and arrays of bytes and of characters, keys of maps, the message of a panic or
	// of a test that failed, labels of goroutines, arguments. Numbers are shown as far as
	// the rules above allow, and so are the names of functions, types and variables and the
	// source files. A hidden text is hidden as a secret is.
	//
	// ShowText names what may have text that is shown, still by the rules above: a type
	// (example.com/shop.Order, or main.Order in package main), a field of a struct
	// (main.Order.Status), a variable of a package (main.version) or of a function
	// (main.handle.status), a package (example.com/shop), or a package and those below it
	// (example.com/shop/...). A package stands for its types and variables. A name shows the
	// elements of the value, and what pointers in it lead to, but in a struct only those
	// fields of which the type or the field itself is named. The message of a panic is
	// shown if the type of its value is named.
	HideText bool
	ShowText []string

	MaxString     int   // bytes kept of a string, or of a slice or array of bytes
	MaxElements   int   // kept of a slice, array, map or channel
	MaxObjects    int   // in a dump
	MaxBytes      int64 // of encoded values in a dump, before compression
	MaxGoroutines int   // besides the current one
	MaxFrames     int   // of a goroutine
	MaxGlobals    int   // package-level variables
	MaxSource     int64 // bytes of source files

	// WholeSources says that all source files on the stacks are wanted whole, and all files of the
	// packages of the main module and of its workspace that are on the stacks. Otherwise of other
	// modules and of the standard library there are the functions on the stacks, and what says
	// more about these; and of the program's own packages the files on the stacks, and the other
	// ones up to 512 KB.
	WholeSources bool

	// DumpAbortHandler says that panics with http.ErrAbortHandler are dumped, too. With such
	// a panic a handler of net/http tells its server to end the response, such as that of a
	// proxy whose client has gone away.
	DumpAbortHandler bool

	// How many panics OnPanic dumps, so that a storm of them doesn't stall a program
	// that recovers. 0 is no limit. The panics beyond are counted: a line on standard
	// error says once that a limit is reached, and a note in each dump from then on
	// says how many there were. A dump that couldn't be written counts for
	// MaxPanicsPerMinute only. DumpPanic counts, too; Dump, DumpTo and OnFailure
	// have no limit.
	MaxPanics          int // in the life of the process
	MaxPanicsPerSite   int // at one crash site: with the same eight innermost frames
	MaxPanicsPerMinute int // at once, and then per minute; the first at a site isn't held back

	// How much a directory may hold, so that a program that crashes, is started again and
	// crashes again doesn't fill the volume. 0 is no limit. All dumps with a default name
	// count, whoever wrote them, and so does the new one. To make room for it the oldest
	// dumps of its crash are removed: of the same program (the same executable, or the same
	// package built once more by go run or go test) on the same host, with the same function
	// and line in the top frame. The very first of these stays as long as others can go. No
	// other file is ever removed: if too few can go there is no dump, and an error says so,
	// for OnPanic and OnFailure on standard error.
	//
	// The unfinished file of a killed program, .coredumpy-*.tmp, counts as a dump once nobody
	// has written to it for ten minutes, and is removed before whole ones.
	//
	// There is no limit for a Path, a PathFunc or a writer, nor in a directory that can't be
	// listed. If listing takes longer than a second, the dumps seen by then count. To find
	// what can go, at most 1024 dumps with the same function and line in their names are
	// looked at, the oldest first, for a second. All this is done twice: before a dump is
	// written, and when its size is known. Processes that crash at the same moment may
	// together exceed the limits, until the next dump.
	MaxDumps     int   // files in a directory
	MaxDumpBytes int64 // in these files, as they are: compressed

	// Notify is called for each dump that OnPanic or OnFailure makes, or fails to make, in
	// place of the lines on standard error or in the test's output; for a logger, or to
	// count dumps. Functions that return an error, such as Dump and DumpPanic, don't call
	// it; nor do OnPanic and OnFailure under the command coredumpy run, which makes the
	// dump itself.
	//
	// It is called once the dump is written and the panic value's method has been asked for
	// the message, on a goroutine of its own. The goroutine that panics waits for it, for a
	// second at most. Several goroutines may call it at once, but it isn't called while
	// 16 calls haven't returned. If it isn't called, takes longer, panics or calls
	// runtime.Goexit, a line on standard error says so, and the lines that it replaces
	// follow. Messages that aren't about a single dump, such as that a limit is reached, and
	// those about options that exclude each other, stay on standard error.
	Notify func(Report) `json:"-"`
}

// Report says what became of a dump. If Path is empty there is no dump, and Err says why.
// Otherwise Err, if it isn't nil, says why the dump isn't where it was to go. Secrets are
// removed from all texts, as in the dump, except from Path and Err.
type Report struct {
	Path    string // of the file, absolute; with Create the name that its function was given
	Err     error  // nil if the dump is where it was to go
	Reason  string // "panic" or "test failure"
	Message string // of the panic, or "TestX failed"; empty if it couldn't be read
	Test    string // the name of the failed test
	Top     Place  // the function, file and line it is about; may be empty

	// Description is the text given to the option.
	Description string
	// Hint says which flags of the go command bring missing variables:
	// "build with -gcflags='example.com/shop/...=-N -l'". It is empty if none are missing.
	Hint string
}

// Config holds the defaults of all dumps. It should be set before the first
// one; it isn't guarded against changes during a dump.
var Config = Configuration{
	Depth:          40,
	Timeout:        60 * time.Second,
	AllGoroutines:  true,
	HideSecret:     true,
	SecretPatterns: defaultSecretPatterns(),
	HideNamed:      true,
	HideEnviron:    true,
	EnvironFilter:  defaultEnvironFilter,
	MaxString:      64 << 10,
	MaxElements:    100_000,
	MaxObjects:     4_000_000,
	MaxBytes:       1 << 30,
	MaxGoroutines:  100_000,
	MaxFrames:      2_000,
	MaxGlobals:     5_000,
	MaxSource:      64 << 20,

	MaxPanics:          1000,
	MaxPanicsPerSite:   10,
	MaxPanicsPerMinute: 60,

	MaxDumps:     200,
	MaxDumpBytes: 1e9,
}

// apply returns what a call wants of its dump.
func apply(opts []Option) *options {
	o := &options{Config: configured(), Depth: Config.Depth}
	for _, opt := range opts {
		if opt != nil {
			opt(o)
		}
	}
	return o
}

// configured returns what Config says now.
func configured() settings.Config {
	c := &Config
	s := settings.Config{
		Limits: capture.Limits{
			Limits: walk.Limits{
				Elements: max(c.MaxElements, 0), String: max(c.MaxString, 0),
				Objects: max(c.MaxObjects, 0), Bytes: max(c.MaxBytes, 0),
			},
			Timeout: max(c.Timeout, 0), AllGoroutines: c.AllGoroutines,
			Goroutines: count(c.MaxGoroutines), Frames: max(count(c.MaxFrames), 1),
			Globals: count(c.MaxGlobals), Source: max(c.MaxSource, 0), WholeSources: c.WholeSources,
		},
		Panics:       quota.Limits{All: c.MaxPanics, Site: c.MaxPanicsPerSite, PerMinute: c.MaxPanicsPerMinute},
		Directory:    retain.Limits{Dumps: max(c.MaxDumps, 0), Bytes: max(c.MaxDumpBytes, 0)},
		Redaction:    c.redaction(),
		AbortHandler: c.DumpAbortHandler,
	}
	if f := c.Notify; f != nil {
		s.Notify = func(r outcome.Report) { f(Report(r)) }
	}
	return s
}

// count returns the number of frames or goroutines n, in bounds in which sums don't
// overflow.
func count(n int) int { return max(0, min(n, math.MaxInt32)) }

// defaultSecretPatterns find most keys and hashes, keys in base64 among them, see
// secrets.LongRun. Other secrets with a form, such as a private key or a password
// in a URL, are found without a pattern.
func defaultSecretPatterns() []*regexp.Regexp {
	return []*regexp.Regexp{regexp.MustCompile(secrets.LongRun)}
}

// defaultEnvironFilter leaves out values such as "true", "1" and "xterm".
var defaultEnvironFilter = settings.LongValue

// redaction returns the settings in c about secrets.
func (c *Configuration) redaction() settings.Redaction {
	return settings.Redaction{
		HideSecret: c.HideSecret, SecretPatterns: c.SecretPatterns,
		HideNamed: c.HideNamed, SecretNames: c.SecretNames,
		HideEnviron: c.HideEnviron, EnvironFilter: c.EnvironFilter,
		HideText: c.HideText, ShowText: c.ShowText, ShowRules: c.ShowRules,
	}
}

// RedactOptions changes what Redact writes.
type RedactOptions struct {
	// Plain writes the dump without compression.
	Plain bool
	// Progress is called now and then, with how much is done of how much. An error ends
	// the work, and Redact returns it.
	Progress func(done, all int) error
}

// Redact writes a dump to w from which secrets are removed by what [Config] says about them
// now, so that a dump made with other rules, or by an earlier version, can be shared. What
// was hidden before stays hidden. The environment of the program isn't in a dump, so values
// that only that marks aren't found, and EnvironFilter has no effect.
//
// What is damaged in the dump, what this version doesn't know, and objects to which no
// variable leads are left out, and a note in the dump says what is missing. After an error
// w has a part of a dump, or nothing.
func Redact(w io.Writer, c *Core, opts RedactOptions) error {
	if w == nil || c == nil {
		return errors.New("coredumpy: the writer or the dump given to Redact is nil")
	}
	r := Config.redaction()
	file := c.core.File()
	stored := &capture.Stored{
		File: file, Redact: r.Redactor(nil, file.Head.Args, max(Config.Timeout, guard.Patience)),
		SecretName: r.SecretName(), ShowsText: r.ShowsText(), Shown: r.ShowRules,
		Progress: opts.Progress,
	}
	if err := stored.Write(w, !opts.Plain); err != nil {
		return fmt.Errorf("coredumpy: no dump written: %w", err)
	}
	return nil
}
