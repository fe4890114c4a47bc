package inspector

import (
	"cmp"
	"errors"
	"fmt"
	"hash/maphash"
	"regexp"
	"slices"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/eval"
	"coredumpy/internal/symbol"
)

// EachValue is a value that an expression has in goroutines, in a frame of the same function.
type EachValue struct {
	Func string
	Text string // the beginning of it
	IDs  []int64
}

// EachMissing is why an expression has no value in goroutines.
type EachMissing struct {
	Why string
	IDs []int64
}

// Each is what an expression is in many goroutines.
type Each struct {
	Values     []EachValue   // those of most goroutines first
	Distinct   int           // how many values differ, whatever the function
	Missing    []EachMissing // the same
	Goroutines int           // that were asked
	Without    int           // that have no frame to ask in
	Stopped    bool
}

// EachQuery is what to ask of goroutines.
type EachQuery struct {
	expr  *prepared
	where *regexp.Regexp // of functions; nil for those of the program's own code
}

// ParseEach parses "[REGEXP] EXPRESSION". What is an expression as a whole has no regular
// expression before it; /REGEXP/ always is one.
func (in *Inspector) ParseEach(text string) (q EachQuery, err error) {
	if text == "" {
		return q, errors.New("name an expression: each i, or each main.serve i")
	}
	if IsRows(text) {
		return q, errors.New("x[*] and where are for p: each takes an expression with one value")
	}
	re, rest, slashed := strings.Cut(strings.TrimPrefix(text, "/"), "/ ")
	if slashed = slashed && strings.HasPrefix(text, "/"); !slashed {
		var whole error
		if q.expr, whole = in.prepare(text); whole == nil {
			return q, nil
		}
		if re, rest, _ = strings.Cut(text, " "); rest == "" {
			return q, whole
		}
	}
	if q.expr, err = in.prepare(strings.TrimSpace(rest)); err != nil {
		return q, err
	}
	if q.where, err = regexp.Compile(re); err != nil {
		return q, fmt.Errorf("%q is not a regular expression", re)
	}
	return q, nil
}

// Each evaluates an expression in each goroutine but the runtime's own: in the innermost frame of
// the program's own code in which it means something, or of the functions that were asked for. text
// returns the value; what has the same text is the same value. The error is why a goroutine couldn't
// be read.
func (in *Inspector) Each(q EachQuery, text func(Evaluated) string, progress dump.Progress) (e Each, failed error) {
	defer in.Select(in.Selection())
	values, missing, distinct := map[GroupKey]int{}, map[string]int{}, map[GroupKey]bool{}
	defer func() { e.Distinct = len(distinct) }()
	ids, done := len(in.Goroutines()), 0
	for g, err := range in.AllGoroutines() {
		if done++; progress(done, ids) {
			return Each{Stopped: true}, nil
		}
		if err != nil {
			failed = err
			continue
		}
		if g.System {
			continue
		}
		frames := q.frames(in, g)
		if len(frames) == 0 {
			e.Without++
			continue
		}
		e.Goroutines++
		r, f, err := q.evaluate(in, g, frames)
		if err != nil {
			i, known := missing[err.Error()]
			if !known {
				i = len(e.Missing)
				missing[err.Error()] = i
				e.Missing = append(e.Missing, EachMissing{Why: err.Error()})
			}
			e.Missing[i].IDs = append(e.Missing[i].IDs, g.ID)
			continue
		}
		whole := text(r)
		distinct[textKey(whole)] = true
		key := textKey(f.Func + "\n" + whole)
		i, known := values[key]
		if !known {
			i = len(e.Values)
			values[key] = i
			e.Values = append(e.Values, EachValue{Func: f.Func, Text: beginning(whole)})
		}
		e.Values[i].IDs = append(e.Values[i].IDs, g.ID)
	}
	slices.SortStableFunc(e.Values, func(a, b EachValue) int { return cmp.Compare(len(b.IDs), len(a.IDs)) })
	slices.SortStableFunc(e.Missing, func(a, b EachMissing) int { return cmp.Compare(len(b.IDs), len(a.IDs)) })
	return e, failed
}

// beginning returns as much of a text as is kept of each of many.
func beginning(text string) string {
	const most = 1000
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// textKey returns a hash of a text, see groupKey.
func textKey(text string) GroupKey {
	return GroupKey{maphash.String(seeds[0], text), maphash.String(seeds[1], text)}
}

// frames returns the numbers of the frames to ask in, the innermost first.
func (q *EachQuery) frames(in *Inspector, g *dump.Goroutine) (numbers []int) {
	for i := range g.Frames {
		f := &g.Frames[i]
		switch {
		case q.where != nil && !q.where.MatchString(f.Func):
		case q.where == nil && (!in.Mine(f) || symbol.Wrapper(f.Func)):
		default:
			numbers = append(numbers, i)
		}
	}
	if len(numbers) == 0 && q.where == nil && len(g.Frames) > 0 {
		numbers = append(numbers, in.UserFrame(g))
	}
	return numbers
}

// evaluate evaluates the expression in the first of some frames in which its names are known.
func (q *EachQuery) evaluate(in *Inspector, g *dump.Goroutine, frames []int) (r Evaluated, f *dump.Frame, err error) {
	var first error
	for _, n := range frames {
		f = &g.Frames[n]
		in.Select(Selection{g, n})
		r, err = q.expr.evaluate(f, f.Package)
		var unknown *eval.UnknownError
		if errors.As(err, &unknown) {
			first = cmp.Or(first, err)
			continue
		}
		if err == nil && r.Const == nil && !r.Nil && !r.Value.Valid() {
			err = eval.Missing(q.expr.source(), r.Value.Reason())
		}
		return r, f, err
	}
	return r, nil, first
}
