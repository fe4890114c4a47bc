// The standard library's templates call a function of ours in a nested template.
package main

import (
	"io"
	"strings"
	"text/template"

	"coredumpy/real/stop"
)

type line struct {
	Name  string
	Count int
}

func pad(width int, text string) (string, error) {
	n := width - len(text)
	if n < 0 {
		stop.At(1)
		return "", io.ErrShortBuffer
	}
	return text + strings.Repeat(" ", n), nil
}

func main() {
	t := template.Must(template.New("list").Funcs(template.FuncMap{"pad": pad}).Parse(
		`{{define "line"}}{{pad 6 .Name}}{{.Count}}{{end}}` +
			`{{range $i, $l := .}}{{if $l.Count}}{{template "line" $l}}{{end}}{{end}}`))
	if err := t.Execute(io.Discard, []line{{"pen", 2}, {"ink", 0}, {"notebook", 1}}); err != nil {
		panic(err)
	}
	stop.Never()
}
