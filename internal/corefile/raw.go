package corefile

// RawObject returns the type of an object, and what its line holds behind the type: the
// value, and the address if it has one. Nothing of it is checked: it is for who looks
// through all objects, see File.Object for one.
func (f *File) RawObject(id int) (typ int, rest []byte, ok bool) {
	offset, ok := f.objects.find(int64(id))
	if !ok {
		return 0, nil, false
	}
	line := f.line(offset)
	i := 0
	for i < len(line) && line[i] != ',' { // the id
		i++
	}
	for i++; i < len(line) && '0' <= line[i] && line[i] <= '9'; i++ {
		typ = typ*10 + int(line[i]-'0')
	}
	if i >= len(line) || line[i] != ',' {
		return 0, nil, false
	}
	return typ, line[i+1:], true
}

// MaxObject returns the largest id that an object may have, of those without gaps.
func (f *File) MaxObject() int { return len(f.objects.dense) }
