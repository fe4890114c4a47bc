package page

import (
	"fmt"
	"strconv"

	"coredumpy/internal/dump"
	"coredumpy/internal/summary"
)

// head is the first block: what the dump is about.
type head struct {
	Dump       string      `json:"dump"`
	Reason     string      `json:"reason"`
	Healthy    bool        `json:"healthy,omitempty"` // nothing failed
	Text       string      `json:"text"`              // the reason and the message
	Value      string      `json:"value,omitempty"`
	About      string      `json:"about,omitempty"` // its description
	Top        *place      `json:"top,omitempty"`
	Current    *goID       `json:"current,omitempty"` // nil: there is no goroutine
	Frame      int         `json:"frame"`
	Failed     string      `json:"failed,omitempty"` // why the current goroutine isn't that of the dump
	Goroutines int         `json:"goroutines"`
	Objects    int         `json:"objects"`
	Origin     []string    `json:"origin"` // a few words each: the time, the program
	Facts      [][2]string `json:"facts"`
	Build      []string    `json:"build,omitempty"`
	Notes      []string    `json:"notes,omitempty"`
	Damaged    []string    `json:"damaged,omitempty"`
	Cuts       [][2]string `json:"cuts,omitempty"`   // limits, and how often each was reached
	Hidden     [][2]string `json:"hidden,omitempty"` // rules, and how many secrets each has hidden
	Files      []string    `json:"files"`            // source files, in the order of their blocks
}

// place is a place in the source.
type place struct {
	Func string `json:"f,omitempty"`
	File string `json:"p,omitempty"`
	Line int    `json:"l,omitempty"`
}

func placeOf(p *dump.Place) *place {
	if p == nil || p.Func == "" && p.File == "" {
		return nil
	}
	return &place{line(p.Func), line(p.File), p.Line}
}

func (p *page) head() {
	h := p.in.Head()
	out := head{
		Dump: line(p.options.Dump), Reason: line(h.Reason), Healthy: p.in.Healthy(),
		Text: block(summary.Reason(h)), Value: line(h.Value),
		Top: placeOf(h.Top), Goroutines: h.Goroutines, Objects: h.Objects,
		Origin: origin(h), Facts: facts(h), Build: build(h), Notes: lines(h.Notes), Files: lines(p.sources.paths),
	}
	if h.Description != h.Message {
		out.About = block(h.Description)
	}
	if g, err := p.in.Selected(); err == nil {
		id := goID(g.ID)
		out.Current = &id
		if _, n, err := p.in.Frame(); err == nil {
			out.Frame = n
		}
		if g.ID != h.Goroutine && h.Goroutine != 0 {
			out.Failed = fmt.Sprintf("goroutine %d, which the dump is about, can't be read", h.Goroutine)
		}
	}
	if why := p.in.Missing(); why != "" {
		out.Damaged = append(out.Damaged, line(why))
	}
	out.Damaged = append(out.Damaged, lines(p.in.Unknown())...)
	for _, c := range h.Cut {
		out.Cuts = append(out.Cuts, [2]string{line(c.Limit), strconv.Itoa(c.Count)})
	}
	hidden := p.in.Hidden()
	for _, rule := range summary.Rules(hidden) {
		out.Hidden = append(out.Hidden, [2]string{line(rule), strconv.Itoa(hidden[rule])})
	}
	p.out.write("head", 0, 1, out)
}

// origin says in a few words where the dump comes from.
func origin(h *dump.Head) (words []string) {
	add := func(s string) {
		if s != "" {
			words = append(words, line(s))
		}
	}
	if !h.Time.IsZero() {
		add(h.Time.Local().Format("2006-01-02 15:04:05 MST"))
	}
	add(summary.Program(h))
	add(summary.System(h))
	return words
}

// facts are what else the dump says about itself: a label and a text each.
func facts(h *dump.Head) (all [][2]string) {
	add := func(label, text string) {
		if text != "" {
			all = append(all, [2]string{label, line(text)})
		}
	}
	add("time", summary.Made(h))
	add("test", h.Test)
	for _, fact := range summary.Process(h) {
		add(fact.Label, fact.Text)
	}
	add("goroutines", strconv.Itoa(h.Goroutines))
	add("objects", strconv.Itoa(h.Objects))
	add("took", h.Duration)
	add("paused", h.Paused)
	return all
}

// maxBuild bounds how many lines about the build there are.
const maxBuild = 2000

func build(h *dump.Head) []string {
	all := summary.Build(h.Build)
	return lines(all[:min(len(all), maxBuild)])
}
