package corefile

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// maxHeadLine bounds the first line, all of which is decoded. For a program with a thousand
// dependencies and as many arguments it has 100 kB.
const maxHeadLine = 4 << 20

func longHead() error {
	return damaged("has a head of more than %d MB: not what coredumpy writes", maxHeadLine>>20)
}

// ReadHead reads only the head of a dump, however large the dump is, and the message at
// its end, if that can be found.
func ReadHead(r io.Reader) (Head, error) {
	in, err := newInput(r)
	if err != nil {
		return Head{}, err
	}
	line, err := in.headLine()
	if err != nil {
		return Head{}, err
	}
	head, err := decodeHead(line)
	if at, ok := r.(io.ReaderAt); ok && err == nil && in.size > 0 {
		if text, ok := lastMessage(at, in.size, in.gunzip()); ok {
			head.Message = text
		}
	}
	return head, err
}

// OpenHead is ReadHead for the file at path. It also returns the file's size.
func OpenHead(path string) (head Head, size int64, err error) {
	err = again(path, func(f *os.File) (err error) {
		if stat, err := f.Stat(); err == nil {
			size = stat.Size()
		}
		head, err = ReadHead(f)
		return err
	})
	return head, size, err
}

// again reads a file, and again a few times if it is damaged: the reason may be that its
// message has just been replaced, see [Retell].
func again(path string, read func(*os.File) error) error {
	for try := 1; ; try++ {
		f, err := openFile(path)
		if err != nil {
			return err
		}
		err = read(f)
		stat, statErr := f.Stat()
		f.Close()
		if !errors.Is(err, ErrDamaged) || try == 3 || statErr != nil || !stat.Mode().IsRegular() {
			return withPath(err, path)
		}
	}
}

// openFile opens a file, or a pipe that somebody writes to. It never waits for the other
// end to be opened.
func openFile(path string) (*os.File, error) {
	flags := os.O_RDONLY
	if stat, err := os.Stat(path); err == nil {
		switch mode := stat.Mode(); {
		case mode&fs.ModeDevice != 0:
			return nil, &FormatError{Path: path, Problem: "is a device", Err: ErrNotDump}
		case mode&fs.ModeNamedPipe != 0:
			flags |= syscall.O_NONBLOCK
		}
	}
	f, err := os.OpenFile(path, flags, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &FormatError{Path: path, Problem: "does not exist", Err: fs.ErrNotExist}
	}
	if err != nil {
		cause := err
		if in := (*fs.PathError)(nil); errors.As(err, &in) {
			cause = in.Err // without the path, which isn't quoted there
		}
		return nil, &FormatError{Path: path, Problem: fmt.Sprintf("can't be opened (%v)", cause), Err: cause}
	}
	if stat, err := f.Stat(); err == nil && stat.IsDir() {
		f.Close()
		return nil, &FormatError{Path: path, Problem: "is a directory", Err: ErrNotDump}
	}
	return f, nil
}

// headLine returns the first line without its newline.
func (in *input) headLine() ([]byte, error) {
	var line []byte
	for {
		part, err := in.lines.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxHeadLine:
			return nil, longHead()
		case err == nil:
			return line, in.checkHead(len(line))
		case errors.Is(err, bufio.ErrBufferFull):
		case json.Valid(line):
			return line, in.checkHead(len(line)) // the file ends here, but the head is whole
		default:
			return nil, damaged("ends before its head does (%v)", endOf(err))
		}
	}
}

// checkHead reports whether the members with the first line, which has that length, are
// damaged: their checksum follows the line. In format 1 it doesn't check.
func (in *input) checkHead(length int) error {
	m := in.members
	if m == nil || !m.indexed {
		return nil
	}
	var err error
	piece := make([]byte, inputBuffer)
	for more := 0; m.whole < int64(length) && err == nil && more < maxHeadLine; {
		n := 0
		n, err = m.Read(piece) // not of the members behind
		more += n
	}
	if m.whole < int64(length) && isDamage(err) {
		return damaged("has a damaged head (%v)", err)
	}
	return nil
}

// decodeHead decodes the first line. It checks the version first, by itself: the rest of
// another version's head may have any shape.
func decodeHead(line []byte) (Head, error) {
	payload, ok := kindHead.payload(line)
	if !ok {
		return Head{}, damaged("has a damaged head (its line doesn't end as a record does)")
	}
	var version struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(payload, &version); err != nil {
		return Head{}, damaged("has a damaged head (%.300v)", err)
	}
	if v := version.Version; v != Version && v != oldVersion {
		advice := ""
		if v > Version {
			advice = ": use a newer coredumpy"
		}
		return Head{}, &FormatError{
			Problem: fmt.Sprintf("is a dump of format version %d; this coredumpy reads versions %d and %d%s",
				v, oldVersion, Version, advice),
			Err: ErrVersion,
		}
	}
	var head Head
	more, err := unmarshal(payload, &head)
	if err != nil {
		return Head{}, damaged("has a damaged head (%.300v)", err)
	}
	head.More = more
	return head, nil
}
