// A Markdown renderer calls a renderer of ours for a heading.
package main

import (
	"bytes"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"

	"coredumpy/real/stop"
)

type headings struct{ prefix string }

func (h headings) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindHeading, h.render)
}

func (h headings) render(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	level := node.(*ast.Heading).Level
	stop.At(3 + level)
	_, err := w.WriteString(h.prefix)
	return ast.WalkContinue, err
}

func main() {
	md := goldmark.New(goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(headings{"# "}, 1))))
	var out bytes.Buffer
	if err := md.Convert([]byte("# One\n\ntext *with* `code`\n\n## Two\n\n- a\n- b\n\n### Three\n"), &out); err != nil {
		panic(err)
	}
	stop.Never()
}
