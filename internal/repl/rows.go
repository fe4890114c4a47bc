package repl

import (
	"cmp"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/pretty"
	"coredumpy/internal/printable"
	"coredumpy/internal/views"
)

const rowsHelp = `x[*] is each element of an array, a slice, a map, a channel or a list, a row each: orders[*],
orders[*].Total, m[*].Items[*].SKU. Behind where comes a condition, in which value is the
element, .Field its field, and key its key or number:
  p orders[*].ID where .Total > 5 && !.Paid
  p ages where value < 10
  p users where key == "ann"
-table prints fields in columns, -table=ID,User.Name those: p -table orders[*] where .Total > 5
Rows have values as v prints them. config max-elements says how many rows are printed.`

// rowsOptions say how to print the values of an expression that is for many.
type rowsOptions struct {
	format  string
	table   bool
	columns []string // of the table, nil for all fields
}

// cutTable cuts -table off the beginning of arguments.
func cutTable(args string) (rest string, o rowsOptions, err error) {
	word, rest, _ := strings.Cut(args, " ")
	names, named := strings.CutPrefix(word, "-table=")
	switch {
	case named:
		o.columns = strings.Split(names, ",")
		for i := range o.columns {
			o.columns[i] = strings.TrimPrefix(o.columns[i], ".")
		}
		if strings.Contains(names, ",,") || strings.Trim(names, ",") != names || names == "" {
			return "", o, fmt.Errorf("-table= takes names of fields: -table=ID,User.Name")
		}
	case word != "-table":
		return args, o, nil
	}
	o.table = true
	return strings.TrimSpace(rest), o, nil
}

// implied returns the list whose element a dot in a condition stands for: that of p orders where.
func (s *session) implied(text string) string {
	if rest, _, err := cutTable(text); err == nil {
		text = rest
	}
	return inspector.RowsElement(text)
}

// rows prints the values of an expression that is for many.
func (s *session) rows(expr string, o rowsOptions) error {
	var all []inspector.Row
	var found inspector.Rows
	var err error
	most := s.show.full.Elements
	s.compute(func(p dump.Progress) {
		found, err = s.in.Rows(expr, func(r *inspector.Row) bool {
			if len(all) < most {
				all = append(all, *r)
			}
			return len(all) < most
		}, p)
	})
	switch {
	case err != nil:
		return err
	case found.Stopped:
		return nil
	}
	w := rowsWriter{s, o, s.show.options(s.show.brief)}
	w.opt.Views, w.opt.Bytes, w.opt.Leaf = true, maxLine, leafOf(o.format)
	if i := slices.IndexFunc(all, func(r inspector.Row) bool { return r.Err == nil }); i < 0 && len(all) > 0 {
		return all[0].Err
	}
	if len(all) == found.Matched {
		slices.SortStableFunc(all, byKeys)
	}
	if o.table {
		w.opt.Untyped = true
		err = w.table(all)
	} else {
		w.lines(all)
	}
	if err != nil {
		return err
	}
	s.out.Printf("(%s)\n", s.rowsSummary(&found, len(all)))
	if found.Noted != nil {
		s.out.Printf("(%s: %s)\n", printable.Line(found.Noted.Name), printable.Line(found.Noted.Note()))
	}
	return nil
}

// rowsSummary says how many rows there are, and what is missing.
func (s *session) rowsSummary(r *inspector.Rows, shown int) string {
	var b strings.Builder
	switch {
	case r.Where:
		verb := map[bool]string{true: "matches", false: "match"}[r.Matched == 1]
		fmt.Fprintf(&b, "%d of %s %s", r.Matched, printable.Count(r.All, "element"), verb)
	default:
		b.WriteString(printable.Count(r.All, "element"))
	}
	if r.Unknown > 0 {
		fmt.Fprintf(&b, "; for %d that isn't known: %s", r.Unknown, printable.Line(r.Why.Error()))
	}
	if r.Cut {
		b.WriteString("; there are more, which weren't looked at")
	}
	if r.Lacks {
		why, many := cmp.Or(r.Reason.String(), "not stored"), "others"
		if r.Lacking > 0 {
			many = fmt.Sprint(r.Lacking, " more")
		}
		fmt.Fprintf(&b, "; the dump lacks %s: %s", many, printable.Line(why))
	}
	if shown < r.Matched {
		fmt.Fprintf(&b, "; %d shown: config max-elements shows more", shown)
	}
	return b.String()
}

// byKeys compares rows by the keys of maps that lead to them, texts and numbers, so that a map is
// sorted.
func byKeys(a, b inspector.Row) int {
	for i := range min(len(a.Keys), len(b.Keys)) {
		x, y := &a.Keys[i], &b.Keys[i]
		order := cmp.Compare(x.Index, y.Index)
		if x.Kind == inspector.Entry && y.Kind == inspector.Entry {
			order = compareKeys(x.Key, y.Key)
		}
		if order != 0 {
			return order
		}
	}
	return 0
}

func compareKeys(a, b dump.Value) int {
	switch k := a.Kind(); {
	case k != b.Kind():
		return cmp.Compare(k, b.Kind())
	case k == reflect.String:
		x, _ := a.Text()
		y, _ := b.Text()
		return strings.Compare(x, y)
	case k >= reflect.Int && k <= reflect.Int64:
		return cmp.Compare(a.Int(), b.Int())
	case k >= reflect.Uint && k <= reflect.Uintptr:
		return cmp.Compare(a.Uint(), b.Uint())
	case k == reflect.Float32 || k == reflect.Float64:
		return cmp.Compare(a.Float(), b.Float())
	}
	return 0
}

// rowsWriter prints rows.
type rowsWriter struct {
	*session
	o   rowsOptions
	opt pretty.Options
}

// label returns the numbers and keys that lead to a row: [3]["ann"].
func (w *rowsWriter) label(r *inspector.Row) string {
	var b strings.Builder
	for i := range r.Keys {
		k := &r.Keys[i]
		if k.Kind != inspector.Entry {
			fmt.Fprintf(&b, "[%d]", k.Index)
			continue
		}
		text, _ := inspector.Line(k.Key, shownKey, w.opt)
		b.WriteString("[" + text + "]")
	}
	return b.String()
}

// shownKey is how wide the key of a row may be.
const shownKey = 40

// text returns the value of a row, cut to some columns.
func (w *rowsWriter) text(r *inspector.Row, columns int) string {
	switch {
	case r.Err != nil:
		return printable.Cut("("+printable.Line(r.Err.Error())+")", columns)
	case r.Const != nil:
		return printable.Cut(pretty.Constant(r.Const, w.opt), columns)
	}
	text, _ := inspector.Line(r.Value, columns, w.opt)
	return text
}

// lines prints rows as lines.
func (w *rowsWriter) lines(all []inspector.Row) {
	const fewest = 20
	labels := make([]string, len(all))
	width := 0
	for i := range all {
		labels[i] = w.label(&all[i])
		width = max(width, printable.Width(labels[i], 0))
	}
	columns := w.show.columns()
	width = min(width, columns/2)
	for i := range all {
		if w.out.Err() != nil {
			return
		}
		pad := strings.Repeat(" ", max(width-printable.Width(labels[i], 0), 0)+2)
		room := columns - printable.Width(labels[i]+pad, 0)
		io.WriteString(w.out, labels[i]+pad+w.text(&all[i], max(room, fewest))+"\n")
	}
}

// table prints rows as a table of their fields.
func (w *rowsWriter) table(all []inspector.Row) error {
	t := table{header: []string{"[*]"}}
	if w.o.columns != nil {
		t.header = append(t.header, w.o.columns...)
	} else if t.header = append(t.header, w.fields(all)...); len(t.header) == 1 {
		t.header = append(t.header, "value")
	}
	missed := make([]error, len(t.header))
	for i := range all {
		if w.out.Err() != nil {
			return nil
		}
		row := make([]string, len(t.header))
		row[0] = w.label(&all[i])
		whole := w.o.columns == nil && len(w.fields(all[i:i+1])) == 0
		for n, name := range t.header[1:] {
			value, err := w.cell(&all[i], name, whole)
			if err != nil && w.o.columns != nil {
				missed[n+1] = cmp.Or(missed[n+1], err)
			} else {
				t.found(n + 1)
			}
			row[n+1] = value
		}
		if strings.Join(row[1:], "") == "" { // it is nil, or the dump doesn't have it
			row[1] = w.text(&all[i], widestCell)
		}
		t.rows = append(t.rows, row)
	}
	for n, err := range missed {
		if err != nil && !t.has[n] {
			return fmt.Errorf("-table=%s: %w", t.header[n], err)
		}
	}
	if hidden := t.write(w.out, w.show.columns()); len(hidden) > 0 {
		w.out.Printf("(not in %d columns: %s; -table=NAME,... chooses)\n", w.show.columns(),
			printable.Line(strings.Join(hidden, ", ")))
	}
	return nil
}

// cell returns what a row has in a column. whole says that its value isn't shown by its fields.
func (w *rowsWriter) cell(r *inspector.Row, name string, whole bool) (string, error) {
	if whole {
		if name == "value" || r.Err != nil {
			return w.text(r, widestCell), nil
		}
		return "", nil
	}
	if r.Err != nil || r.Const != nil {
		return "", nil
	}
	v, err := inspector.FieldAt(r.Value, name)
	if err != nil {
		return "", err
	}
	text, _ := inspector.Line(v, widestCell, w.opt)
	return text, nil
}

// fields returns the names of the fields of the values, each once; none if a value is shown as a
// text, such as a time.
func (w *rowsWriter) fields(all []inspector.Row) (names []string) {
	const most = 64
	known := map[string]bool{}
	var last *dump.Type
	for i := range all {
		of := inspector.PartsOf(all[i].Value, "")
		if all[i].Err != nil || all[i].Const != nil || !of.Of.Valid() || of.Indexed > 0 || of.Of.Type() == last {
			continue
		}
		if view, ok := views.NewReader(w.opt.String).Of(of.Of); ok && view.Text != "" {
			continue
		}
		last = of.Of.Type()
		for n := range of.Named {
			if p := of.NamedPart(n); p.Kind == inspector.Field && p.Name != "_" && !known[p.Name] && len(names) < most {
				known[p.Name] = true
				names = append(names, p.Name)
			}
		}
	}
	return names
}
