package corefile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// foreignError says what kind of file, not a dump, starts with these bytes.
func foreignError(start []byte, compressed bool) error {
	what := foreign(start)
	switch {
	case strings.HasPrefix(what, pythonDump):
		return &FormatError{Problem: "is " + what, Err: ErrNotDump}
	case compressed:
		what = "a gzip file that holds " + what
	}
	return &FormatError{Problem: "is " + what + ", not a coredumpy dump", Err: ErrNotDump}
}

const (
	pythonDump = "a dump of coredumpy for Python"
	headless   = "a dump without its first line"
)

// magics are formats recognised by their first bytes alone.
var magics = []struct{ magic, name string }{
	{"\x28\xb5\x2f\xfd", "a zstd file (unpack it first)"}, // RFC 8878, section 3.1.1
	{"\xfd7zXZ\x00", "an xz file (unpack it first)"},      // .xz format 1.2, section 2.1.1.1
	{"BZh", "a bzip2 file (unpack it first)"},             //
	{"PK\x03\x04", "a zip file (unpack it first)"},        // APPNOTE.TXT, section 4.3.7
	{"PK\x05\x06", "an empty zip file"},                   // APPNOTE.TXT, section 4.3.16
	{"7z\xbc\xaf\x27\x1c", "a 7z file (unpack it first)"}, // 7zFormat.txt
	{"\x04\x22\x4d\x18", "an lz4 file (unpack it first)"}, // LZ4 frame format
	{gzipMagic, "a gzip file (unpack it first)"},          // inside another one
	{"MZ", "a Windows executable (PE)"},                   // PE format, MS-DOS stub
	{"MDMP", "a Windows minidump"},                        // MINIDUMP_HEADER
	{"go1.7 heap dump\n", "a Go heap dump"},               // runtime/debug.WriteHeapDump
	{"version https://git-lfs", "a Git LFS pointer, not the file itself"},
	{"\xff\xfe", "UTF-16 text"},
	{"\xfe\xff", "UTF-16 text"},
}

// foreign names the format of a file that starts with these bytes.
func foreign(start []byte) string {
	for _, m := range magics {
		if bytes.HasPrefix(start, []byte(m.magic)) {
			return m.name
		}
	}
	for _, name := range []func([]byte) string{elf, machO, goTrace, tar, text} {
		if what := name(start); what != "" {
			return what
		}
	}
	return fmt.Sprintf("data of an unknown format (it starts with %.8q)", start)
}

// elf names an ELF file by its e_type (System V ABI, chapter 4, ELF header).
func elf(start []byte) string {
	const (
		eiData     = 5 // index in e_ident: byte order
		bigEndian  = 2 // ELFDATA2MSB
		typeAt     = 16
		typeObject = 1 // ET_REL
		typeCore   = 4 // ET_CORE
	)
	if !bytes.HasPrefix(start, []byte("\x7fELF")) || len(start) < typeAt+2 {
		return ""
	}
	var order binary.ByteOrder = binary.LittleEndian
	if start[eiData] == bigEndian {
		order = binary.BigEndian
	}
	switch order.Uint16(start[typeAt:]) {
	case typeCore:
		return "an ELF core file (dlv core and gdb open those)"
	case typeObject:
		return "an ELF object file"
	}
	return "an ELF executable"
}

// machO names a Mach-O file (loader.h and fat.h).
func machO(start []byte) string {
	const (
		magic32  = 0xfeedface
		magic64  = 0xfeedfacf
		magicFat = 0xcafebabe // also a Java class, whose version follows
		javaMin  = 45         // the first major version of a class file
		typeAt   = 12
		typeCore = 4 // MH_CORE
	)
	if len(start) < typeAt+4 {
		return ""
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch magic := order.Uint32(start); {
		case magic != magic32 && magic != magic64:
		case order.Uint32(start[typeAt:]) == typeCore:
			return "a Mach-O core file"
		default:
			return "a Mach-O file"
		}
	}
	if binary.BigEndian.Uint32(start) == magicFat && binary.BigEndian.Uint32(start[4:]) < javaMin {
		return "a Mach-O file"
	}
	return ""
}

// goTrace names an execution trace: "go 1.26 trace\x00\x00\x00".
func goTrace(start []byte) string {
	if first, _, ok := bytes.Cut(start, []byte(" trace\x00")); ok && bytes.HasPrefix(first, []byte("go 1.")) {
		return "a Go execution trace (go tool trace opens those)"
	}
	return ""
}

// tar names a tar archive (POSIX pax, ustar header block: magic).
func tar(start []byte) string {
	const magicAt = 257
	if len(start) > magicAt && bytes.HasPrefix(start[magicAt:], []byte("ustar")) {
		return "a tar archive (unpack it first)"
	}
	return ""
}

// text names a readable format.
func text(start []byte) string {
	start = bytes.TrimPrefix(start, []byte("\ufeff"))
	if !isText(start) {
		return ""
	}
	s := strings.TrimSpace(string(start))
	lower := strings.ToLower(s)
	switch {
	case s == "":
		return "blank text"
	case strings.HasPrefix(lower, "<!doctype html"), strings.HasPrefix(lower, "<html"):
		return "an HTML page"
	case strings.HasPrefix(s, "<?xml"):
		return "XML"
	case strings.HasPrefix(s, "panic: "), strings.HasPrefix(s, "fatal error: "), strings.HasPrefix(s, "goroutine "):
		return "a Go traceback as plain text"
	case s[0] == '{', s[0] == '[':
		return jsonText(s)
	}
	return "plain text"
}

// jsonText names JSON by the first key of its first object.
func jsonText(s string) string {
	first := strings.Join(strings.Fields(s[:min(len(s), 80)]), "")
	switch {
	case strings.HasPrefix(first, `{"objects":{"id":`):
		return headless
	case isPython(first, s):
		return pythonDump + " (its own coredumpy load opens it)"
	case strings.HasPrefix(first, kindHead.prefix()):
		return "a dump that was reformatted (jq -c . brings its form back)"
	case strings.HasPrefix(first, `{"type":{"id":`), strings.HasPrefix(first, `{"goroutine":{"id":`):
		return headless
	}
	return "JSON of another kind"
}

// isPython recognises what coredumpy for Python writes, one JSON object:
//
//	{"objects": {"140093...": {...}, ...}, "threads": ..., "files": ...,
//	    "metadata": {"version": ..., "python_version": ...}}
func isPython(first, s string) bool {
	if objects, ok := strings.CutPrefix(first, `{"objects":{`); ok {
		id := strings.TrimPrefix(objects, `"`)
		return id != "" && '0' <= id[0] && id[0] <= '9' || strings.Contains(s, `"metadata"`)
	}
	return strings.Contains(s, `"metadata"`) && strings.Contains(s, `"python_version"`)
}

// isText reports whether start, which may end within a character, is text.
func isText(start []byte) bool {
	for len(start) > 0 {
		r, size := utf8.DecodeRune(start)
		if r == utf8.RuneError && size == 1 {
			return !utf8.FullRune(start)
		}
		if unicode.IsControl(r) && !unicode.IsSpace(r) && r != '\x1b' {
			return false
		}
		start = start[size:]
	}
	return true
}
