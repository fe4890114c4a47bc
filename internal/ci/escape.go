package ci

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"coredumpy/internal/printable"
)

// markup replaces each character that HTML, Markdown, GitHub or GitLab may read as more than
// itself by a character reference: "<b>", "@team", "#12", ":smile:", "https://", "$x$". Lines
// of GitHub's log, too, are commands if they begin with "::" or have "##[".
var markup = strings.NewReplacer(
	"&", "&#38;", "<", "&#60;", ">", "&#62;", `"`, "&#34;", "'", "&#39;",
	"`", "&#96;", "*", "&#42;", "_", "&#95;", "~", "&#126;", "[", "&#91;", "]", "&#93;", "!", "&#33;",
	"|", "&#124;", `\`, "&#92;", "#", "&#35;", "@", "&#64;", ":", "&#58;", "$", "&#36;", "^", "&#94;",
	"www.", "www&#46;",
)

// escape returns lines of text for an HTML element in Markdown. What isn't fit for a terminal
// is shown as in a string literal, so that no bidirectional control changes the page either.
func escape(text string) string { return markup.Replace(printable.Block(text, "")) }

// shortened returns lines of text of which each has so many bytes at most, and says how many
// were left out.
func shortened(text string, most int) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if len(line) > most {
			end := most
			for end > most-utf8.UTFMax && !utf8.RuneStart(line[end]) {
				end--
			}
			lines[i] = fmt.Sprintf("%s...+%d more bytes", line[:end], len(line)-end)
		}
	}
	return strings.Join(lines, "\n")
}

// clipped returns the first lines of escaped text that fit into so many bytes, and says how
// many were left out. A line isn't cut: that could be within a reference.
func clipped(text string, most int) string {
	if len(text) <= most {
		return text
	}
	end := strings.LastIndexByte(text[:most+1], '\n') + 1
	return text[:end] + "..." + printable.Count(1+strings.Count(text[end:], "\n"), "more line")
}
