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

// ofTime returns the time that a time.Time holds, in UTC, with the reading of the
// monotonic clock if it has one.
func ofTime(v dump.Value) (view View, ok bool) {
	if v.Type().NumField() < 2 {
		return view, false
	}
	wall, ext := v.Field(0), v.Field(1)
	if wall.Kind() != reflect.Uint64 || ext.Kind() != reflect.Int64 || !wall.Valid() || !ext.Valid() {
		return view, false
	}
	w, e := wall.Uint(), ext.Int()
	if w&hasMonotonic == 0 {
		return View{Kind: Text, Text: time.Unix(e+year1ToUnix, 0).UTC().Format(time.RFC3339)}, true
	}
	seconds := int64(w << 1 >> (nanosecondsIn + 1))
	at := time.Unix(seconds+year1885, 0).UTC()
	return View{Kind: Text, Text: fmt.Sprintf("%s, %+d", at.Format(time.RFC3339), e)}, true
}
