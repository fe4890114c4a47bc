// Package quota decides which of a process's panics are dumped, and counts the
// others. Those cost next to nothing: no lock, no allocation, no text.
package quota

import (
	"hash/maphash"
	"sync/atomic"
	"time"
)

// Limits bound how many panics are dumped. A limit of 0 or less means no limit.
type Limits struct {
	All       int // in the life of the process
	Site      int // at one crash site, in the life of the process
	PerMinute int // at once, and then every minute; the first dump at a site isn't held back
}

// Limit is one of the limits.
type Limit int

const (
	None Limit = iota
	All
	PerSite
	PerMinute
	limits
)

// String returns the limit's name in coredumpy.Config.
func (l Limit) String() string {
	return [limits]string{"none", "MaxPanics", "MaxPanicsPerSite", "MaxPanicsPerMinute"}[l]
}

// Quota is the account of a process. Its zero value is ready for use, by several
// goroutines at once.
type Quota struct {
	dumps  atomic.Int64
	due    atomic.Int64 // see inTime
	sites  [maxSites]atomic.Pointer[account]
	others account // of all sites for which there is no room
	told   [limits]atomic.Bool
	recent recent

	Firsts Tally // of the dumps that are the first at their crash site
}

const (
	maxSites  = 1024
	maxProbes = 16 // places where a site may be
)

// account counts the panics of a crash site.
type account struct {
	site    Site
	tried   atomic.Bool
	dumps   atomic.Int64
	refused [limits]atomic.Int64
}

// Answer is what [Quota.Ask] decided.
type Answer struct {
	Refused Limit // None if the panic may be dumped
	Tell    bool  // it is the first panic that this limit refuses

	site    Site
	quota   *Quota
	account *account
	first   *Task // nil if it isn't the first at its site
}

// Ask decides whether a panic may be dumped, and counts it. If it may, call Done when the
// dump is made, or can't be.
func (q *Quota) Ask(site Site, l Limits, now time.Time) Answer {
	account := q.account(site)
	a := Answer{site: site, quota: q, account: account}
	switch {
	case full(&account.dumps, l.Site):
		return a.refuse(PerSite)
	case full(&q.dumps, l.All):
		return a.refuse(All)
	case account.tried.Load():
		return a.claim(l, now)
	}
	a.first = q.Firsts.Begin() // before this panic can cause another one to be refused
	got := a.claim(l, now)
	if !got.First() {
		a.first.End()
	}
	return got
}

// claim takes a dump's share of the limits.
func (a Answer) claim(l Limits, now time.Time) Answer {
	if !take(&a.account.dumps, l.Site) {
		return a.refuse(PerSite)
	}
	if !take(&a.quota.dumps, l.All) {
		a.account.dumps.Add(-1)
		return a.refuse(All)
	}
	if a.First() && a.account.tried.Swap(true) {
		a.first = nil // another was faster
	}
	if !a.quota.inTime(l.PerMinute, now) && !a.First() {
		a.GiveBack()
		return a.refuse(PerMinute)
	}
	return a
}

func (a Answer) refuse(l Limit) Answer {
	a.account.refused[l].Add(1)
	told := &a.quota.told[l]
	a.Refused, a.Tell = l, !told.Load() && !told.Swap(true)
	a.first = nil
	return a
}

// First reports whether the dump is the first one at its crash site.
func (a Answer) First() bool { return a.first != nil }

// Done says that a dump has been made, or can't be.
func (a Answer) Done() {
	if a.First() {
		a.first.End()
	}
}

// GiveBack says that a dump that was allowed couldn't be made. It still counts for
// PerMinute: its time is spent.
func (a Answer) GiveBack() {
	a.account.dumps.Add(-1)
	a.quota.dumps.Add(-1)
}

// full reports whether n has reached a limit.
func full(n *atomic.Int64, limit int) bool { return limit > 0 && n.Load() >= int64(limit) }

// take adds one to n unless that would exceed the limit.
func take(n *atomic.Int64, limit int) bool {
	if n.Add(1) <= int64(limit) || limit <= 0 {
		return true
	}
	n.Add(-1)
	return false
}

// epoch is what times are relative to, by a clock that is never set back.
var epoch = time.Now()

// inTime reports whether there have been few enough dumps recently. Each dump moves a
// date by its share of a minute; the date is at most a minute ahead (the generic cell
// rate algorithm).
func (q *Quota) inTime(perMinute int, now time.Time) bool {
	if perMinute <= 0 {
		return true
	}
	t := int64(now.Sub(epoch))
	for {
		due := q.due.Load()
		next := max(due, t) + int64(time.Minute)/int64(perMinute)
		if next > t+int64(time.Minute) {
			return false
		}
		if q.due.CompareAndSwap(due, next) {
			return true
		}
	}
}

var seed = maphash.MakeSeed()

// account returns the account of a site, a new one if there is room.
func (q *Quota) account(site Site) *account {
	hash := maphash.Comparable(seed, site)
	var fresh *account
	for i := range uint64(maxProbes) {
		place := &q.sites[(hash+i)%maxSites]
		a := place.Load()
		if a == nil {
			if fresh == nil {
				fresh = &account{site: site}
			}
			if place.CompareAndSwap(nil, fresh) {
				return fresh
			}
			a = place.Load()
		}
		if a.site == site {
			return a
		}
	}
	return &q.others
}

// recent remembers panic values that were settled recently: more than are likely between
// one OnPanic and the next one further out.
type recent struct {
	hashes [4096]atomic.Uint64
	n      atomic.Uint64
}

// Settled says that a panic with this value has been dumped or refused.
func (q *Quota) Settled(value [2]uint64) {
	r := &q.recent
	r.hashes[(r.n.Add(1)-1)%uint64(len(r.hashes))].Store(maphash.Comparable(seed, value))
}

// WasSettled reports whether Settled was called with the value not long ago.
func (q *Quota) WasSettled(value [2]uint64) bool {
	r, hash := &q.recent, maphash.Comparable(seed, value)
	n := r.n.Load()
	for i := n; i > 0 && i+uint64(len(r.hashes)) > n; i-- {
		if r.hashes[(i-1)%uint64(len(r.hashes))].Load() == hash {
			return true
		}
	}
	return false
}
