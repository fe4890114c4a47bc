package corefile

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Sources returns the paths of the source files in the dump, in the order of
// their ids.
func (f *File) Sources() []string {
	f.pathsOnce.Do(f.readPaths)
	return f.paths
}

// Source returns the text of a source file; ok says whether the dump has it. Lines that were left
// out are empty, see [File.SourceOmitted].
func (f *File) Source(path string) (text string, ok bool, err error) {
	f.pathsOnce.Do(f.readPaths)
	id, ok := f.pathIDs[path]
	if !ok {
		return "", false, nil
	}
	source, err := decode[Source](f, kindSource, &f.sources, id)
	if err != nil {
		return "", true, err
	}
	return source.Text, true, nil
}

// SourceNewer reports whether a source file is newer than the program.
func (f *File) SourceNewer(path string) bool {
	source := f.source(path)
	return source != nil && source.Newer
}

// SourceOmitted returns the first and the last line of each range of lines of a source file that
// were left out, in order.
func (f *File) SourceOmitted(path string) [][2]int {
	source := f.source(path)
	if source == nil {
		return nil
	}
	last, lines := 0, strings.Count(source.Text, "\n")+1
	for i, r := range source.Omitted {
		if r[0] <= last || r[1] < r[0] || r[1] > lines {
			return source.Omitted[:i] // a forged one
		}
		last = r[1]
	}
	return source.Omitted
}

// source returns the record of a source file, nil if there is none that can be read.
func (f *File) source(path string) *Source {
	f.pathsOnce.Do(f.readPaths)
	id, ok := f.pathIDs[path]
	if !ok {
		return nil
	}
	source, err := decode[Source](f, kindSource, &f.sources, id)
	if err != nil {
		return nil
	}
	return source
}

// readPaths finds the paths without decoding the texts.
func (f *File) readPaths() {
	ids := f.sources.ids()
	f.pathIDs = make(map[string]int64, len(ids))
	for _, id := range ids {
		offset, _ := f.sources.find(id)
		path, ok := sourcePath(f.line(offset))
		if !ok {
			continue
		}
		if _, known := f.pathIDs[path]; !known {
			f.pathIDs[path] = id
			f.paths = append(f.paths, path)
		}
	}
}

// sourcePath returns the path in the line of a source record, where it comes
// right after the id:
//
//	{"source":{"id":1,"path":"/src/main.go","text":...  is  /src/main.go
func sourcePath(line []byte) (path string, ok bool) {
	const before = `,"path":`
	start := bytes.IndexByte(line, ',')
	if start < 0 || !bytes.HasPrefix(line[start:], []byte(before)) {
		return "", false
	}
	value := line[start+len(before):]
	err := json.NewDecoder(bytes.NewReader(value)).Decode(&path)
	return path, err == nil
}
