package corefile

// RawObject returns the type of an object, what follows the type on its line, and in a file
// of format 2 the object's address: in format 1 that follows the value, if there is one.
// RawObject doesn't check the value. It is for going through all objects; use File.Object
// for a single one.
func (f *File) RawObject(id int) (typ int, rest []byte, addr uint64, ok bool) {
	line, addr, err := f.objectLine(id)
	if err != nil {
		return 0, nil, 0, false
	}
	i := 1
	if f.Old() {
		for addr = 0; i < len(line) && line[i] != ','; i++ { // the id
		}
		i++
	}
	for ; i < len(line) && '0' <= line[i] && line[i] <= '9'; i++ {
		typ = typ*10 + int(line[i]-'0')
	}
	if i >= len(line) || line[i] != ',' {
		return 0, nil, 0, false
	}
	return typ, line[i+1:], addr, true
}

// Text returns the decompressed file. It must not be changed.
func (f *File) Text() []byte { return f.data }

// MaxObject returns the largest id of an object, without the far too large ids that only a
// forged file has.
func (f *File) MaxObject() int {
	if f.Old() {
		return len(f.objects.dense)
	}
	last, count := int64(0), int64(0)
	for _, r := range f.runs.all {
		last, count = max(last, r.First+int64(r.count)-1), count+int64(r.count)
	}
	return int(min(last, 4*count+4096)) // as for the index of other records
}
