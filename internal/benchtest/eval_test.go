package benchtest

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"coredumpy"
)

func init() { children["eval"] = timeExpressions }

// expressions are evaluated in the dump of BenchmarkExpressions, in this order.
var expressions = []string{
	`srv.items[499999].id`, `srv.items[7].other.name`, `srv.items[400000].next.(*main.item).tags[1]`,
	`srv.sessions["user 7777"].history[0].id`, `len(srv.items)`, `srv.items[300000:300002]`, `*srv.items[1000].prev`,
	`srv.items[5] == srv.items[6].prev`, `main.item{id: 3}`, `srv.sessions["nobody"]`, `srv.nothing`, `nothing`,
}

// timeExpressions opens a dump, and evaluates expressions and then an address, each twice, in a
// process of its own. It prints how many nanoseconds the first expression takes, the slowest of
// the others, the first address, and the second; and how much memory the process had at most.
func timeExpressions() {
	core, err := coredumpy.Open(os.Args[1])
	if err != nil {
		fail(err)
	}
	start := time.Now()
	var first, slowest time.Duration
	var address []time.Duration
	var lines []string
	for range 2 {
		for _, expr := range expressions {
			lines = append(lines, "p "+expr+"\n")
		}
	}
	exprs := len(lines)
	for _, addr := range os.Args[2:] {
		lines = append(lines, "p *(*main.item)("+addr+")\n")
	}
	in := &steps{lines: lines, at: func(n int) {
		took := time.Since(start)
		switch start = time.Now(); {
		case n == 1:
			first = took
		case n > 1 && n <= exprs:
			slowest = max(slowest, took)
		case n > exprs:
			address = append(address, took)
		}
	}}
	var out counter
	if err := coredumpy.Load(core, coredumpy.LoadOptions{In: in, Out: &out, Err: &out, Prompt: true}); err != nil {
		fail(err)
	}
	fmt.Println(first.Nanoseconds(), slowest.Nanoseconds(), address[0].Nanoseconds(), address[1].Nanoseconds(),
		status("VmHWM"))
}

// BenchmarkExpressions evaluates expressions over a dump of 1,000 goroutines and a million objects.
func BenchmarkExpressions(b *testing.B) {
	path := crowd(b, 1000, 1_000_000)
	core, err := coredumpy.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	var out strings.Builder
	err = coredumpy.Load(core, coredumpy.LoadOptions{Commands: []string{
		"frame 0", "p srv.items[250000]", "p srv.items[3]",
	}, Out: &out, Err: os.Stderr})
	addrs := regexp.MustCompile(`\(\*main\.item\)\((0x[0-9a-f]+)\)\n`).FindAllStringSubmatch(out.String(), -1)
	if err != nil || len(addrs) != 2 {
		b.Fatalf("got error %v and\n%s", err, out.String())
	}
	results := make([][]time.Duration, 4)
	var peak int64
	for b.Loop() {
		took, _ := runChild(b, "eval", 5, path, addrs[0][1], addrs[1][1])
		for i := range results {
			results[i] = append(results[i], time.Duration(took[i]))
		}
		peak = took[4]
	}
	for i, unit := range []string{"ms-first", "ms-slowest", "ms-address", "ms-address2"} {
		b.ReportMetric(median(results[i]).Seconds()*1000, unit)
	}
	b.ReportMetric(float64(peak)/1e6, "MB-peak")
	b.ReportMetric(0, "ns/op")
}
