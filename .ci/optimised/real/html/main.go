// A CSS selector library walks a parsed HTML page.
package main

import (
	"strings"

	"github.com/PuerkitoBio/goquery"

	"coredumpy/real/stop"
)

const page = `<html><body><ul class="a"><li>one<li id="x">two<p>deep</ul><ul><li>three</ul></body></html>`

func main() {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		panic(err)
	}
	texts := map[string]int{}
	doc.Find("ul > li").EachWithBreak(func(i int, s *goquery.Selection) bool {
		text := strings.TrimSpace(s.Text())
		texts[text] = i
		s.Children().Each(func(j int, child *goquery.Selection) {
			html, err := child.Html()
			if err == nil && len(html) > j {
				stop.At(1)
			}
		})
		return len(text) > 0
	})
	stop.Never()
}
