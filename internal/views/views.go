// Package views says how to show values of some types, for all front ends: a time as a text,
// a sync.Map as a map. A view is made from the fields alone, and no method of a value is
// called. To add a type, add it to [makerOf], with the whole import path ("net/netip.Addr"),
// and a function that reads it.
package views

import (
	"reflect"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
)

// View is how to show a value: a text, children, or a text that sums up the children. A line
// shows the text if there is one.
type View struct {
	Text    string
	Form    Form              // of the children
	Len     int               // how many children there are
	More    int64             // how many more the value has, which the view hasn't
	Child   func(i int) Child // returns child i, from 0 to Len-1
	Missing caveat.Reason     // why children are missing, zero if none are
}

// Form is how children are told apart.
type Form int

// The forms of children.
const (
	None  Form = iota // there are none
	Named             // by a name, as fields are
	List              // by number
	Map               // by key
	Inner             // there is one, shown in place of the value
)

// Child is a part of what is shown.
type Child struct {
	Name  string     // of form Named
	Key   dump.Value // of form Map
	Value dump.Value
	View  *View // how to show Value, nil for its own view
	// Path leads from the value to Value if it is put behind an expression for the value, such
	// as ".root.next.Value"; it is "" if nothing does.
	Path string
}

// Reader finds the views of values that are shown together. It looks at a bounded number
// of objects for all of them.
type Reader struct {
	left    int // values that it may still look at
	longest int // bytes of a text of the program
	briefs  int // texts that it makes within each other
	within  int // views that it makes within each other

	given int // left at first
	total int // of a shared one: values that it may look at in all, from the next Again on
}

// maxNodes is how many nodes a reader looks at: a forged tree may have cycles.
const maxNodes = 1 << 16

// maxWithin is how many views are made within each other: an address in the message of an error
// is one in one. In a forged dump they may form a cycle.
const maxWithin = 8

// NewReader returns a reader that has looked at nothing yet. Its views quote at most longest
// bytes of a text.
func NewReader(longest int) *Reader { return &Reader{left: maxNodes, longest: longest} }

// NewShared returns a reader to be used again and again, which looks at a bounded number of objects
// in all: a forged dump may have as many endless trees as it has values.
func NewShared(most int) *Reader { return &Reader{total: most} }

// Again makes a shared reader one that has looked at nothing yet, as NewReader does.
func (r *Reader) Again(longest int) *Reader {
	total := max(r.total-(r.given-r.left), 0)
	*r = Reader{left: min(maxNodes, total), total: total, longest: longest}
	r.given = r.left
	return r
}

// Spent reports whether a shared reader has looked at as many objects as it may.
func (r *Reader) Spent() bool { return r.total <= r.given-r.left }

// maker makes the view of a value; ok is false if the value has another layout than the maker
// knows, or not all in it that matters is in the dump.
type maker func(r *Reader, v dump.Value) (view View, ok bool)

// Of returns the view of a value; ok is false if it has none: then show its fields or elements.
func (r *Reader) Of(v dump.Value) (view View, ok bool) {
	if !v.Valid() || v.Kind() == reflect.Invalid {
		return view, false
	}
	name := v.Type().String()
	if i := strings.IndexByte(name, '['); i > 0 { // type arguments
		name = name[:i]
	}
	m := makerOf(name)
	switch k := v.Kind(); {
	case m != nil:
	case k == reflect.Slice && v.Type().Elem().String() == "uint8":
		m = ofBytes
	case k == reflect.Array && v.Type().Len() == 16 && strings.HasSuffix(strings.ToLower(name), "uuid"):
		m = ofUUID
	case k == reflect.Struct && isMessage(v.Type()):
		m = ofMessage
	case k == reflect.Struct || k == reflect.String || k == reflect.Uintptr:
		m = ofError
	default:
		return view, false
	}
	if r.within == maxWithin {
		return view, false
	}
	r.within++
	defer func() { r.within-- }()
	return m(r, v)
}

// Classic returns the view of a value that is shown by its fields: the text of a time, to be
// written before them as Delve does, and the entries of a sync.Map.
func (r *Reader) Classic(v dump.Value) (view View, ok bool) {
	switch v.Type().String() {
	case "time.Time":
		return timeOf(v, true)
	case "sync.Map":
		return ofSyncMap(r, v)
	}
	return view, false
}

// makerOf returns the maker for a type, nil if it has none. It is no map: programs that never
// look into a dump would have it, too.
func makerOf(name string) maker {
	switch pkg, typ := splitName(name); pkg {
	case "time":
		return timeMaker(typ)
	case "net", "net/netip", "net/url", "net/http":
		return netMaker(pkg, typ)
	case "math/big":
		return bigMaker(typ)
	case "sync", "internal/sync", "sync/atomic", "unique", "weak":
		return syncMaker(pkg, typ)
	case "context", "os/signal":
		return contextMaker(typ)
	case "strings", "bytes":
		return textMaker(typ)
	case "container/list", "container/ring":
		return listMaker(typ)
	case "regexp", "reflect", "internal/abi", "text/template", "html/template", "text/template/parse", "io/fs":
		return otherMaker(pkg, typ)
	}
	return nil
}

// splitName splits the name of a type, without type arguments, into its import path and the rest.
func splitName(name string) (pkg, typ string) {
	dot := strings.IndexByte(name[strings.LastIndexByte(name, '/')+1:], '.')
	if dot < 0 {
		return "", name
	}
	dot += strings.LastIndexByte(name, '/') + 1
	return name[:dot], name[dot+1:]
}

func timeMaker(typ string) maker {
	switch typ {
	case "Time":
		return ofTime
	case "Duration":
		return ofDuration
	case "Location":
		return ofLocation
	}
	return nil
}

func netMaker(pkg, typ string) maker {
	switch pkg + "." + typ {
	case "net.IP":
		return ofIP
	case "net.IPMask":
		return ofMask
	case "net.HardwareAddr":
		return ofHardwareAddr
	case "net.IPNet":
		return ofIPNet
	case "net.TCPAddr", "net.UDPAddr", "net.IPAddr":
		return ofSocket
	case "net.UnixAddr":
		return ofUnixAddr
	case "net/netip.Addr":
		return ofAddr
	case "net/netip.Prefix":
		return ofPrefix
	case "net/netip.AddrPort":
		return ofAddrPort
	case "net/url.URL":
		return ofURL
	case "net/url.Userinfo":
		return ofUserinfo
	case "net/http.Request":
		return ofRequest
	case "net/http.Response":
		return ofResponse
	case "net/http.Header", "net/url.Values":
		return ofHeader
	}
	return nil
}

func bigMaker(typ string) maker {
	switch typ {
	case "Int":
		return ofBigInt
	case "Rat":
		return ofBigRat
	case "Float":
		return ofBigFloat
	}
	return nil
}

func syncMaker(pkg, typ string) maker {
	switch pkg + "." + typ {
	case "sync.Map":
		return ofSyncMap
	case "sync.Mutex", "internal/sync.Mutex":
		return ofMutex
	case "sync.RWMutex":
		return ofRWMutex
	case "sync.WaitGroup":
		return ofWaitGroup
	case "sync.Once":
		return ofOnce
	case "sync.Cond":
		return ofCond
	case "sync.Pool":
		return ofPool
	case "sync/atomic.Pointer", "sync/atomic.Value":
		return ofHolder
	case "unique.Handle":
		return ofHandle
	case "weak.Pointer":
		return ofWeak
	}
	if pkg == "sync/atomic" {
		return ofAtomic
	}
	return nil
}

func textMaker(typ string) maker {
	switch typ {
	case "Builder":
		return ofBuilder
	case "Buffer":
		return ofBuffer
	case "Reader":
		return ofReader
	}
	return nil
}

func listMaker(typ string) maker {
	switch typ {
	case "List":
		return ofList
	case "Element":
		return ofElement
	case "Ring":
		return ofRing
	}
	return nil
}

func otherMaker(pkg, typ string) maker {
	switch pkg + "." + typ {
	case "regexp.Regexp":
		return ofRegexp
	case "reflect.Value":
		return ofReflectValue
	case "reflect.rtype", "internal/abi.Type":
		return ofType
	case "text/template.Template", "html/template.Template":
		return ofTemplate
	case "text/template.state":
		return ofExecution
	case "text/template/parse.Tree":
		return ofTree
	case "io/fs.FileMode":
		return ofFileMode
	}
	if pkg == "text/template/parse" {
		return ofNode
	}
	return nil
}
