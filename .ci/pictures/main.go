// Pictures makes the pictures in README small and plain:
//
//	pictures terminal <session >picture.svg   a terminal's text, with colours, as SVG
//	pictures palette <shot.png >picture.png   a screenshot with 64 colours
//
// make.sh beside it runs it.
package main

import (
	"bufio"
	"cmp"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"log"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("pictures: ")
	if len(os.Args) != 2 {
		log.Fatal("usage: pictures terminal | palette")
	}
	out := bufio.NewWriter(os.Stdout)
	var err error
	switch os.Args[1] {
	case "terminal":
		err = terminal(os.Stdin, out)
	case "palette":
		err = palette(os.Stdin, out)
	default:
		err = fmt.Errorf("unknown picture %q", os.Args[1])
	}
	if err = cmp.Or(err, out.Flush()); err != nil {
		log.Fatal(err)
	}
}

// The picture of a terminal, in pixels.
const (
	charWidth  = 8
	lineHeight = 18
	margin     = 16
	fontSize   = 13
)

// style is the style sheet of a picture: the colours of GitHub's dark theme. A picture has its
// own background, so it looks the same in a light theme.
const style = `text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;` +
	`fill:#e6edf3;white-space:pre}` +
	`.c1{font-weight:bold}.c2{fill:#8b949e}.c31{fill:#ff7b72}.c32{fill:#7ee787}.c33{fill:#f2cc60}.c34{fill:#79c0ff}` +
	`.c35{fill:#d2a8ff}.c36{fill:#76e3ea}`

// sgr matches an escape sequence that sets how characters look.
var sgr = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// terminal writes the text of a terminal as SVG.
func terminal(in io.Reader, out io.Writer) error {
	raw, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimRight(strings.ReplaceAll(string(raw), "\r", ""), "\n"), "\n")
	columns := 0
	for i, line := range lines {
		lines[i] = expandTabs(line)
		columns = max(columns, utf8.RuneCountInString(sgr.ReplaceAllString(lines[i], "")))
	}
	width, height := 2*margin+columns*charWidth, 2*margin+len(lines)*lineHeight
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">`
	fmt.Fprintf(out, svg+"\n", width, height, width, height)
	fmt.Fprintf(out, "<title>A session of coredumpy load</title>\n<style>%s</style>\n", style)
	fmt.Fprintf(out, `<rect width="%d" height="%d" rx="8" fill="#0d1117"/>`+"\n", width, height)
	for i, line := range lines {
		fmt.Fprintf(out, `<text x="%d" y="%d" xml:space="preserve">%s</text>`+"\n",
			margin, margin+i*lineHeight+fontSize, spans(line))
	}
	_, err = fmt.Fprintln(out, "</svg>")
	return err
}

// expandTabs replaces tabs by spaces, as a terminal shows them.
func expandTabs(line string) string {
	var b strings.Builder
	column := 0
	for len(line) > 0 {
		if at := sgr.FindStringIndex(line); at != nil && at[0] == 0 {
			b.WriteString(line[:at[1]])
			line = line[at[1]:]
			continue
		}
		r, size := utf8.DecodeRuneInString(line)
		line = line[size:]
		if r != '\t' {
			b.WriteRune(r)
			column++
			continue
		}
		n := 8 - column%8
		b.WriteString(strings.Repeat(" ", n))
		column += n
	}
	return b.String()
}

// spans returns a line as SVG, with a span for each piece that looks alike. Its length is given, as
// fonts differ.
func spans(line string) string {
	var b strings.Builder
	class, column := "", 0
	write := func(text string) {
		if text == "" {
			return
		}
		n := utf8.RuneCountInString(text)
		attributes := fmt.Sprintf(` x="%d" textLength="%d"`, margin+column*charWidth, n*charWidth)
		if class != "" {
			attributes += fmt.Sprintf(` class="%s"`, class)
		}
		fmt.Fprintf(&b, "<tspan%s>", attributes)
		xml.EscapeText(&b, []byte(text)) // a strings.Builder never fails
		b.WriteString("</tspan>")
		column += n
	}
	for {
		at := sgr.FindStringSubmatchIndex(line)
		if at == nil {
			write(line)
			return b.String()
		}
		write(line[:at[0]])
		class = ""
		for _, code := range strings.Split(line[at[2]:at[3]], ";") {
			if code != "" && code != "0" {
				class = strings.TrimSpace(class + " c" + code)
			}
		}
		line = line[at[1]:]
	}
}

// colours is how many a picture keeps.
const colours = 64

// palette writes a screenshot with its most frequent colours.
func palette(in io.Reader, out io.Writer) error {
	shot, err := png.Decode(in)
	if err != nil {
		return err
	}
	counts := map[color.RGBA]int{}
	bounds := shot.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			counts[color.RGBAModel.Convert(shot.At(x, y)).(color.RGBA)]++
		}
	}
	var all []color.RGBA
	for c := range counts {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]),
			cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	chosen := color.Palette{}
	for _, c := range all {
		if len(chosen) < colours && (len(chosen) == 0 || distance(chosen[chosen.Index(c)], c) > 300) {
			chosen = append(chosen, c)
		}
	}
	small := image.NewPaletted(bounds, chosen)
	index := map[color.RGBA]uint8{}
	for c := range counts {
		index[c] = uint8(chosen.Index(c))
	}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			small.SetColorIndex(x, y, index[color.RGBAModel.Convert(shot.At(x, y)).(color.RGBA)])
		}
	}
	e := png.Encoder{CompressionLevel: png.BestCompression}
	return e.Encode(out, small)
}

// distance is how different two colours are: the sum of the squares of the differences.
func distance(a, b color.Color) (d int) {
	p, q := color.RGBAModel.Convert(a).(color.RGBA), color.RGBAModel.Convert(b).(color.RGBA)
	for _, n := range []int{int(p.R) - int(q.R), int(p.G) - int(q.G), int(p.B) - int(q.B)} {
		d += n * n
	}
	return d
}
