package views

import (
	"math"
	"reflect"
	"time"

	"coredumpy/internal/dump"
)

// located returns at in the zone of loc, a *time.Location, if the dump holds what tells it;
// otherwise in UTC. How a Location keeps its zones: src/time/zoneinfo.go, Go 1.9 to 1.27.
func located(at time.Time, loc dump.Value) time.Time {
	if loc.Kind() != reflect.Pointer || !loc.Valid() || loc.IsNil() {
		return at
	}
	l := loc.Elem()
	zone, ok := cachedZone(l, at.Unix())
	if !ok {
		zone, ok = transitionZone(l, at.Unix())
	}
	if !ok {
		return at
	}
	name, ok := fieldOf(zone, "name")
	if !ok {
		return at
	}
	offset, ok := fieldOf(zone, "offset")
	text, _ := name.Text()
	if day := int64(24 * 60 * 60); !ok || offset.Int() < -day || offset.Int() > day {
		return at
	}
	return at.In(time.FixedZone(text, int(offset.Int())))
}

// cachedZone returns the zone that the Location keeps at hand, if it is that of a second.
func cachedZone(l dump.Value, second int64) (zone dump.Value, ok bool) {
	start, ok := fieldOf(l, "cacheStart")
	if !ok {
		return zone, false
	}
	end, ok := fieldOf(l, "cacheEnd")
	if !ok || second < start.Int() || second >= end.Int() {
		return zone, false
	}
	cached, ok := fieldOf(l, "cacheZone")
	if !ok || cached.IsNil() || !cached.Elem().Valid() {
		return zone, false
	}
	return cached.Elem(), true
}

// transitionZone returns the zone since the last transition before a second. Behind the last
// of all a rule counts that isn't evaluated, unless it is for all times.
func transitionZone(l dump.Value, second int64) (zone dump.Value, ok bool) {
	zones, ok := fieldOf(l, "zone")
	if !ok {
		return zone, false
	}
	tx, ok := fieldOf(l, "tx")
	if !ok || int64(tx.Stored()) != tx.Len() || int64(zones.Stored()) != zones.Len() {
		return zone, false
	}
	low, high := 0, tx.Stored()
	for low < high {
		middle := (low + high) / 2
		if when, ok := fieldOf(tx.Index(middle), "when"); !ok {
			return zone, false
		} else if when.Int() <= second {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low == 0 {
		return zone, false
	}
	last := tx.Index(low - 1)
	if rule, ok := fieldOf(l, "extend"); low == tx.Stored() && (!ok || rule.Len() > 0) {
		if when, _ := fieldOf(last, "when"); when.Int() != math.MinInt64 {
			return zone, false
		}
	}
	index, ok := fieldOf(last, "index")
	if !ok || index.Uint() >= uint64(zones.Stored()) {
		return zone, false
	}
	return zones.Index(int(index.Uint())), true
}
