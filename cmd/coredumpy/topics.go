package main

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"coredumpy/internal/shell"
)

// topicTexts are the topics that coredumpy help explains besides the commands. The first
// line of each is its name and what it is about.
//
//go:embed help/*.txt
var topicTexts embed.FS

// topics are listed in this order.
var topics = []string{
	"events", "panics", "monitor", "builds", "limits", "secrets", "places", "conf", "frameworks", "format",
}

// topicText returns the text of a topic, "" if there is none of that name.
func topicText(name string) string {
	if !slices.Contains(topics, name) {
		return ""
	}
	text, err := topicTexts.ReadFile("help/" + name + ".txt")
	if err != nil {
		panic(err) // can't be: it is embedded
	}
	return string(text)
}

func printTopics(w io.Writer) {
	fmt.Fprintln(w, "\nand about these topics:")
	fmt.Fprintln(w)
	for _, name := range topics {
		title, _, _ := strings.Cut(topicText(name), "\n")
		_, about, _ := strings.Cut(title, ": ")
		fmt.Fprintf(w, "  %-10s %s\n", name, strings.TrimSuffix(about, "."))
	}
}

// nearest returns the name that a user may have meant by one that doesn't exist, "" if none
// is similar.
func nearest(name string, names []string) (best string) {
	bestDistance := 3
	for _, n := range names {
		if d := shell.Distance(name, n); d < min(bestDistance, len(n)-1) {
			best, bestDistance = n, d
		}
	}
	return best
}
