package repl

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"coredumpy/internal/printable"
)

// table is a text in columns.
type table struct {
	header []string
	rows   [][]string
	has    map[int]bool // the columns that have a value in a row
}

// These bound the width of a column.
const (
	widestCell    = 40
	narrowestCell = 6
	betweenCells  = 2
)

func (t *table) found(column int) {
	if t.has == nil {
		t.has = map[int]bool{}
	}
	t.has[column] = true
}

// write writes the table in lines of that many columns at most, and returns the names of columns for
// which there is no room.
func (t *table) write(w io.Writer, columns int) (hidden []string) {
	widths := make([]int, len(t.header))
	numeric := make([]bool, len(t.header))
	for i, name := range t.header {
		widths[i], numeric[i] = printable.Width(printable.Line(name), 0), len(t.rows) > 0
		for _, row := range t.rows {
			widths[i] = max(widths[i], printable.Width(row[i], 0))
			_, err := strconv.ParseFloat(row[i], 64)
			numeric[i] = numeric[i] && (err == nil || row[i] == "" || row[i] == "*nil")
		}
	}
	widths = fit(widths, columns)
	t.line(w, t.header, widths, numeric)
	for _, row := range t.rows {
		t.line(w, row, widths, numeric)
	}
	return t.header[len(widths):]
}

func (t *table) line(w io.Writer, cells []string, widths []int, numeric []bool) {
	var b strings.Builder
	for i, width := range widths {
		cell := printable.Cut(printable.Line(cells[i]), width)
		pad := strings.Repeat(" ", max(width-printable.Width(cell, 0), 0))
		if numeric[i] {
			cell = pad + cell
		} else {
			cell += pad
		}
		b.WriteString(cell + strings.Repeat(" ", betweenCells))
	}
	fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
}

// fit makes the widest columns narrower until all fit into a line, and leaves out the last ones
// if that isn't enough.
func fit(widths []int, columns int) []int {
	total := func() (n int) {
		for _, width := range widths {
			n += width + betweenCells
		}
		return n - betweenCells
	}
	for over := total() - columns; over > 0; over = total() - columns {
		widest := slices.Max(widths)
		if widest <= narrowestCell {
			if len(widths) <= 2 {
				return widths
			}
			widths = widths[:len(widths)-1]
			continue
		}
		next := narrowestCell // the widest columns get as wide as the one after them, or a bit less
		same := 0
		for _, width := range widths {
			switch {
			case width == widest:
				same++
			case width > next:
				next = width
			}
		}
		next = max(next, widest-(over+same-1)/same)
		for i, width := range widths {
			if width == widest {
				widths[i] = next
			}
		}
	}
	return widths
}
