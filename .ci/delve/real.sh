#!/bin/bash
# Makes real programs crash deep inside and compares their dumps with what Delve
# sees: a web framework, a command line library, a Markdown and a YAML library,
# taken from the Go module proxy. They are built with and without optimisation.
#
#	.ci/delve/real.sh [DIR]     DIR keeps the programs; a temporary one if not given
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=${1:-$(mktemp -d)}
mkdir -p "$work"

# make_module NAME MODULE@VERSION... < main.go
make_module() {
	local name=$1
	shift
	mkdir -p "$work/$name"
	cat >"$work/$name/main.go"
	(
		cd "$work/$name"
		rm -f go.mod go.sum
		go mod init "example.com/$name"
		go mod edit -require=coredumpy@v0.0.0 -replace=coredumpy="$root"
		go get "$@"
		go mod tidy
	) >"$work/$name.log" 2>&1 || { cat "$work/$name.log"; exit 1; }
}

# A handler's value panics while gin renders it as JSON, next to a real server
# with idle connections.
make_module web github.com/gin-gonic/gin@v1.10.1 <<'GO'
package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"coredumpy"
	"github.com/gin-gonic/gin"
)

type item struct {
	SKU   string            `json:"sku" binding:"required"`
	Count int               `json:"count"`
	Tags  map[string]string `json:"tags"`
	Price price             `json:"price"`
}

type price struct {
	Cents    int64
	Currency string
}

func (p price) MarshalJSON() ([]byte, error) {
	units := p.Cents / 100
	if p.Currency == "" {
		panic(fmt.Errorf("price %d has no currency", units))
	}
	return fmt.Appendf(nil, "%d", units), nil
}

type store struct{ items map[string]*item }

func (s *store) put(c *gin.Context) {
	var in item
	if err := c.ShouldBindJSON(&in); err != nil {
		c.JSON(http.StatusBadRequest, gin.H{"error": err.Error()})
		return
	}
	in.Price.Cents = 1234
	s.items[in.SKU] = &in
	c.JSON(http.StatusCreated, gin.H{"item": in, "path": c.FullPath(), "id": c.Param("id")})
}

func count(hits map[string]int) gin.HandlerFunc {
	return func(c *gin.Context) {
		hits[c.Request.Method]++
		c.Set("hits", hits)
		c.Next()
	}
}

func main() {
	defer coredumpy.OnPanic()
	gin.SetMode(gin.ReleaseMode)
	s := &store{items: map[string]*item{}}
	engine := gin.New()
	group := engine.Group("/v1", count(map[string]int{}))
	group.PUT("/items/:id", s.put)
	group.GET("/ping", func(c *gin.Context) { c.String(http.StatusOK, "pong") })
	srv := httptest.NewServer(engine)
	for range 3 {
		res, err := http.Get(srv.URL + "/v1/ping")
		if err != nil {
			panic(err)
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	body := `{"sku":"pen-7","count":3,"tags":{"color":"blue","size":"m"}}`
	req := httptest.NewRequest(http.MethodPut, "/v1/items/7?verbose=1", strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	engine.ServeHTTP(rec, req)
	fmt.Println(rec.Code)
}
GO

# A flag's own type panics while cobra parses the command line.
make_module cli github.com/spf13/cobra@v1.9.1 <<'GO'
package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"coredumpy"
	"github.com/spf13/cobra"
)

type labels struct {
	pairs map[string]string
	order []string
}

func (l *labels) String() string { return strings.Join(l.order, ",") }
func (l *labels) Type() string   { return "labels" }

func (l *labels) Set(text string) error {
	for i, part := range strings.Split(text, ",") {
		key, value, _ := strings.Cut(part, "=")
		if value == "" {
			var broken map[string]int
			broken[key] = i
		}
		l.order = append(l.order, key)
	}
	return nil
}

func deploy() *cobra.Command {
	l := &labels{pairs: map[string]string{"env": "test"}}
	var retries int
	var wait time.Duration
	cmd := &cobra.Command{
		Use:     "deploy NAME",
		Aliases: []string{"d"},
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return fmt.Errorf("deploy %s: %v %d %v", args[0], l, retries, wait)
		},
	}
	cmd.Flags().Var(l, "labels", "labels to set")
	cmd.Flags().IntVarP(&retries, "retries", "r", 3, "how often to try")
	cmd.Flags().DurationVar(&wait, "wait", time.Second, "time between tries")
	return cmd
}

func main() {
	defer coredumpy.OnPanic()
	root := &cobra.Command{Use: "tool", Short: "does things"}
	root.PersistentFlags().Bool("verbose", false, "say more")
	root.AddCommand(deploy(), &cobra.Command{Use: "status", Run: func(*cobra.Command, []string) {}})
	root.SetArgs([]string{"deploy", "--verbose", "-r", "5", "--labels", "app=shop,tier=,x=y", "web"})
	if err := root.Execute(); err != nil {
		os.Exit(1)
	}
}
GO

# A renderer panics at the 40th piece of inline code of goldmark's own README.
make_module markdown github.com/yuin/goldmark@v1.7.13 <<'GO'
package main

import (
	"bytes"
	_ "embed"
	"fmt"

	"coredumpy"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

//go:embed README.md
var readme []byte

type counter struct {
	seen  map[string]int
	total int
	last  []byte
}

func (c *counter) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindCodeSpan, c.code)
}

func (c *counter) code(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	c.total++
	c.last = nil
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		segment := child.(*ast.Text).Segment
		c.last = append(c.last, segment.Value(source)...)
	}
	c.seen[string(c.last)]++
	if c.total == 40 {
		limits := []int{10, 20, 30}
		fmt.Fprint(w, limits[len(c.last)])
	}
	return ast.WalkSkipChildren, nil
}

func main() {
	defer coredumpy.OnPanic()
	c := &counter{seen: map[string]int{}}
	md := goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Footnote),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(c, 100))),
	)
	var out bytes.Buffer
	if err := md.Convert(readme, &out); err != nil {
		panic(err)
	}
	fmt.Println(out.Len(), c.total)
}
GO
(cd "$work/markdown" && cp "$(go list -m -f '{{.Dir}}' github.com/yuin/goldmark)/README.md" . && chmod +w README.md)

# A type's own unmarshaller panics deep in a document; yaml.v3 recovers panics
# and panics again with those that aren't its own.
make_module yaml gopkg.in/yaml.v3@v3.0.1 <<'GO'
package main

import (
	"fmt"

	"coredumpy"
	"gopkg.in/yaml.v3"
)

const document = `
name: shop
defaults: &defaults
  replicas: 2
  env: {LEVEL: info, ZONE: "eu"}
services:
  - <<: *defaults
    name: web
    ports: [80, 443]
    limits: {cpu: 500m, memory: 1.5Gi}
  - name: db
    replicas: 1
    ports: [5432]
    limits: {cpu: "2", memory: lots}
`

type quantity struct {
	value float64
	unit  string
}

func (q *quantity) UnmarshalYAML(n *yaml.Node) error {
	count, err := fmt.Sscanf(n.Value, "%g%s", &q.value, &q.unit)
	if count == 0 {
		var none *quantity
		none.unit = n.Value + fmt.Sprint(err)
	}
	return nil
}

type service struct {
	Name     string
	Replicas int
	Ports    []uint16
	Env      map[string]string
	Limits   map[string]quantity
}

type config struct {
	Name     string
	Defaults map[string]any
	Services []service
}

func main() {
	defer coredumpy.OnPanic()
	var c config
	err := yaml.Unmarshal([]byte(document), &c)
	fmt.Println(c, err)
}
GO

programs=()
for name in web cli markdown yaml; do
	(
		cd "$work/$name"
		go build -gcflags='all=-N -l' -o "$name.debug" .
		go build -o "$name.optimised" .
	)
	programs+=("$work/$name/$name.debug" "$work/$name/$name.optimised")
done
cd "$root"
exec go run ./.ci/delve "${programs[@]}"
