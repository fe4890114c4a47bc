package waits

import (
	"fmt"
	"slices"

	"coredumpy/internal/dump"
)

// Row holds goroutines that wait at one place, for one thing or each for its own.
type Row struct {
	Waiters []Waiter
	Things  []*Thing // of the first goroutine
	Own     []bool   // the others wait for different ones
}

// Rows groups the goroutines that wait into rows, the largest first. Goroutines that share a
// thing with others aren't in one row with those that wait for another thing.
func (r *Report) Rows() (rows []Row) {
	type key struct {
		op     Op
		place  dump.Place
		shared *Thing
		types  string
	}
	index := map[key]int{}
	for _, b := range r.Blocked {
		k := key{op: b.Op, place: b.Place}
		if len(b.Things) == 1 && len(b.Things[0].Waiters) > 1 {
			k.shared = b.Things[0]
			k.place, k.op = dump.Place{}, 0
		}
		for _, t := range b.Things {
			k.types += fmt.Sprintf("%d %d %s;", t.Kind, t.Role, t.Type)
		}
		i, ok := index[k]
		if !ok {
			i = len(rows)
			index[k] = i
			rows = append(rows, Row{Things: b.Things, Own: make([]bool, len(b.Things))})
		}
		row := &rows[i]
		row.Waiters = append(row.Waiters, b.Waiter)
		for j, t := range b.Things {
			row.Own[j] = row.Own[j] || t != row.Things[j]
		}
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return len(b.Waiters) - len(a.Waiters) })
	return rows
}

// ByPlace groups waiters by where they wait, the most first.
func ByPlace(all []Waiter) (groups [][]Waiter) {
	index := map[dump.Place]int{}
	for _, w := range all {
		i, ok := index[w.Place]
		if !ok {
			i = len(groups)
			index[w.Place] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], w)
	}
	slices.SortStableFunc(groups, func(a, b []Waiter) int { return len(b) - len(a) })
	return groups
}

// IDs returns the ids of waiters.
func IDs(all []Waiter) (ids []int64) {
	for _, w := range all {
		ids = append(ids, w.ID)
	}
	return ids
}
