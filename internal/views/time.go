package views

import (
	"fmt"
	"reflect"
	"time"

	"coredumpy/internal/dump"
)

// How time.Time keeps the time: src/time/time.go, Go 1.9 to 1.27.
const (
	hasMonotonic  = 1 << 63 // bit of wall: the seconds are in wall, ext is the monotonic clock
	nanosecondsIn = 30      // low bits of wall
	year1ToUnix   = -62135596800
	year1885      = -2682288000 // in Unix seconds
)

// ofTime returns the time that a time.Time holds, in its own zone if the dump tells that.
func ofTime(_ *Reader, v dump.Value) (view View, ok bool) { return timeOf(v, false) }

// timeOf is ofTime, on request with the reading of the monotonic clock if it has one.
func timeOf(v dump.Value, monotonic bool) (view View, ok bool) {
	if v.Type().NumField() < 2 {
		return view, false
	}
	wall, ext := v.Field(0), v.Field(1)
	if wall.Kind() != reflect.Uint64 || ext.Kind() != reflect.Int64 || !wall.Valid() || !ext.Valid() {
		return view, false
	}
	w, e := wall.Uint(), ext.Int()
	nanoseconds := int64(w & (1<<nanosecondsIn - 1))
	seconds := e + year1ToUnix
	if w&hasMonotonic != 0 {
		seconds = int64(w<<1>>(nanosecondsIn+1)) + year1885
	}
	at := time.Unix(seconds, nanoseconds).UTC()
	if loc, ok := fieldOf(v, "loc"); ok {
		at = located(at, loc)
	}
	text := at.Format(time.RFC3339Nano)
	if monotonic && w&hasMonotonic != 0 {
		text = fmt.Sprintf("%s, %+d", text, e)
	}
	return View{Text: text}, true
}
