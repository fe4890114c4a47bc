package page

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"coredumpy/internal/dump"
	"coredumpy/internal/views"
)

// blocks writes the blocks of a page. A block is JSON, compressed with gzip, in base64:
//
//	<script type="application/octet-stream" data-kind="goroutine" data-first="0" data-count="3">H4sI...</script>
//
// No letter of base64 can end the element, and a browser doesn't run a script of that type.
type blocks struct {
	w    io.Writer
	gz   *gzip.Writer
	zip  bytes.Buffer
	text []byte
	err  error // the first
}

// markup writes what isn't of the dump.
func (b *blocks) markup(text string) {
	if b.err == nil {
		_, b.err = io.WriteString(b.w, text)
	}
}

// write writes a block of a kind with rows first to first+count-1.
func (b *blocks) write(kind string, first, count int, v any) {
	text, err := json.Marshal(v)
	if err != nil && b.err == nil {
		b.err = fmt.Errorf("page: %w", err) // can't be
	}
	b.block(kind, first, count, text)
}

func (b *blocks) block(kind string, first, count int, text []byte) {
	if b.err != nil {
		return
	}
	b.zip.Reset()
	if b.gz == nil {
		b.gz = gzip.NewWriter(&b.zip)
	} else {
		b.gz.Reset(&b.zip)
	}
	b.gz.Write(text) // into memory: no error
	b.gz.Close()
	const begin = `<script type="application/octet-stream" data-kind="%s" data-first="%d" data-count="%d">`
	b.text = fmt.Appendf(b.text[:0], begin, kind, first, count)
	b.text = base64.StdEncoding.AppendEncode(b.text, b.zip.Bytes())
	b.text = append(b.text, "</script>\n"...)
	_, b.err = b.w.Write(b.text)
}

// blockSize is how much JSON is in a block, about: what is unpacked to see one row of it.
const blockSize = 96 << 10

// rows writes rows of a kind into blocks. A block has the names of its types once:
//
//	{"types":[["cart.Item","example.com/shop/cart.Item"]],"rows":[...]}
//
// the short one first, and then the whole one.
type rows struct {
	out          *blocks
	kind         string
	first, count int // of the rows in text
	text         bytes.Buffer
	types        map[*dump.Type]int
	names        [][2]string
	named        int // bytes of names
	size         int // of all text so far
}

// typ returns the index of a type in the block of the next row.
func (r *rows) typ(t *dump.Type) int {
	i, ok := r.types[t]
	if !ok {
		if r.types == nil {
			r.types = map[*dump.Type]int{}
		}
		i = len(r.names)
		r.types[t] = i
		names := [2]string{line(views.TypeName(t)), line(t.String())}
		r.names = append(r.names, names)
		more := len(names[0]) + len(names[1])
		r.named, r.size = r.named+more, r.size+more
	}
	return i
}

// add adds the next row.
func (r *rows) add(row any) {
	text, err := json.Marshal(row)
	if err != nil && r.out.err == nil {
		r.out.err = fmt.Errorf("page: %w", err) // can't be
	}
	if r.count > 0 {
		r.text.WriteByte(',')
	}
	r.text.Write(text)
	r.count++
	r.size += len(text)
	if r.text.Len()+r.named >= blockSize {
		r.flush()
	}
}

// flush ends the block.
func (r *rows) flush() {
	if r.count == 0 {
		return
	}
	names, err := json.Marshal(r.names)
	if err != nil && r.out.err == nil {
		r.out.err = fmt.Errorf("page: %w", err) // can't be
	}
	if r.names == nil {
		names = []byte("[]")
	}
	text := append(append([]byte(`{"types":`), names...), `,"rows":[`...)
	r.out.block(r.kind, r.first, r.count, append(append(text, r.text.Bytes()...), "]}"...))
	r.first, r.count = r.first+r.count, 0
	r.text.Reset()
	r.names, r.named = r.names[:0], 0
	clear(r.types)
}

// goID is the id of a goroutine. JavaScript has no integers larger than 1<<53; only a forged
// dump has such ids, and the page has them as texts.
type goID int64

func (id goID) MarshalJSON() ([]byte, error) {
	text := strconv.AppendInt(nil, int64(id), 10)
	if id > -1<<53 && id < 1<<53 {
		return text, nil
	}
	return append(append([]byte{'"'}, text...), '"'), nil
}

func goIDs(ids []int64) []goID {
	all := make([]goID, len(ids))
	for i, id := range ids {
		all[i] = goID(id)
	}
	return all
}
