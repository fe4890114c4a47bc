package main

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strings"

	"coredumpy"
)

// rules are settings of coredumpy: no redaction, all of it, and each kind of rule alone.
var rules = []struct{ name, settings string }{
	{"plain", `{"HideSecret": false, "HideNamed": false, "HideEnviron": false}`},
	{"all", `{}`},
	{"form", `{"HideNamed": false, "HideEnviron": false}`},
	{"name", `{"HideSecret": false, "HideEnviron": false}`},
	{"environment", `{"HideSecret": false, "HideNamed": false}`},
}

// mask is what stands in place of what is hidden.
var mask = regexp.MustCompile(`^\*\*\*redacted\*\*\*(#\d+)?`)

// shortest is how many bytes bytes must have to count as a text. A string counts from 1.
const shortest = 8

// A report is what one tool's dump of one server has.
type report struct {
	planted   []*secret
	held      map[*secret]int // in memory that the dump has: in how many places
	whole     map[*secret]int // leaked whole, in how many places
	part      map[*secret]int // leaked in part
	inFile    map[*secret]bool
	own       int             // places of secrets that the server has made
	ownShown  int             // of these: in plain
	texts     int             // other ones, in how many places
	hidden    int             // of these, at least in part
	lost      int             // of those hidden: nothing leads to them any more
	different map[string]bool // other texts, and whether any place of them is hidden
	leaks     map[string]int
	kinds     map[string]*kind
}

// A kind is other text that is hidden in the same way.
type kind struct {
	rule, where string
	count       int
	example     string
}

const heading = "| server | coredumpy | planted | in memory (places) | whole (places) | in part (places) | " +
	"in the file | own | in plain | other texts | hidden | different ones | hidden |\n" +
	"|---|---|---|---|---|---|---|---|---|---|---|---|---|"

// dump makes dumps with each of the rules, and compares them.
func (r *run) dump(t tool) (*report, error) {
	w := &walker{}
	var file string
	wanted := rules[:2]
	if *verbose {
		wanted = rules
	}
	for j, rule := range wanted {
		path := filepath.Join(r.dir, t.name+"-"+rule.name+".dump")
		conf := r.file(rule.name+".conf", rule.settings)
		out, err := exec.Command(t.file, "attach", "-conf", conf, "-path", path,
			"-depth", fmt.Sprint(*depth), fmt.Sprint(r.process.Process.Pid)).CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("attach: %w: %s", err, out)
		}
		core, err := coredumpy.Open(path)
		if err != nil {
			return nil, err
		}
		w.cores = append(w.cores, core)
		if j == 1 {
			file = path
		}
	}
	p := &report{
		planted: r.secrets, held: make(map[*secret]int), whole: make(map[*secret]int),
		part: make(map[*secret]int), inFile: make(map[*secret]bool),
		different: make(map[string]bool), leaks: make(map[string]int), kinds: make(map[string]*kind),
	}
	w.visit = func(t *text) { p.text(&r.vault, t) }
	if err := w.walk(); err != nil {
		return nil, err
	}
	return p, p.file(&r.vault, file)
}

// text counts a text.
func (p *report) text(v *vault, t *text) {
	if held := v.find([]byte(t.plain)); len(held) > 0 {
		left := v.find([]byte(t.shown[1]))
		for s := range held {
			p.held[s]++
			f, leaks := left[s]
			if !leaks {
				continue
			}
			if f.whole {
				p.whole[s]++
			} else {
				p.part[s]++
			}
			p.leaks[t.at.String()+": "+around(t.shown[1], s, f)]++
		}
		return
	}
	if t.plain == "" || t.numbers || t.kind != reflect.String && len(t.plain) < shortest {
		return
	}
	if own(t.at, t.plain) {
		if p.own++; t.shown[1] == t.plain || ownForms.MatchString(t.shown[1]) {
			p.leaks["secret that the server has made: "+t.at.String()]++
			p.ownShown++
		}
		return
	}
	p.texts++
	hidden := t.shown[1] != t.plain
	p.different[t.plain] = p.different[t.plain] || hidden
	if !hidden {
		return
	}
	p.hidden++
	if t.lost[1] {
		p.lost++
	}
	rule := ""
	for j := 2; j < len(t.shown); j++ {
		if t.shown[j] != t.plain {
			rule += "+" + rules[j].name
		}
	}
	rule = cmp.Or(strings.TrimPrefix(rule, "+"), "together")
	key := rule + t.at.last()
	k := p.kinds[key]
	if k == nil {
		k = &kind{rule: rule, where: t.at.String(), example: difference(t.plain, t.shown[1])}
		p.kinds[key] = k
	}
	k.count++
}

// difference shows the first part of a text that is hidden, in brackets, and what is around it.
func difference(plain, shown string) string {
	const width, most = 48, 160
	from := 0
	for from < min(len(plain), len(shown)) && plain[from] == shown[from] {
		from++
	}
	to, rest := len(plain), mask.ReplaceAllString(shown[from:], "")
	if next := rest[:min(len(rest), 24)]; next != "" && rest != shown[from:] {
		if i := strings.Index(plain[from:], next); i >= 0 {
			to = from + i
		}
	}
	return fmt.Sprintf("%q[%.*q]%q",
		plain[max(0, from-width):from], most, plain[from:to], plain[to:min(len(plain), to+width)])
}

// around returns what stands around a secret in a text, with the secret's name in its place.
func around(text string, s *secret, f found) string {
	const width = 48
	part := "part of "
	if f.whole {
		part = ""
	}
	return fmt.Sprintf("%q<%s%s>%q", text[max(0, f.from-width):f.from], part, s.name,
		text[f.to:min(len(text), f.to+width)])
}

// file looks for secrets in all of the file, wherever it may have them.
func (p *report) file(v *vault, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	in := bufio.NewReaderSize(z, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		for s, f := range v.find(line) {
			p.inFile[s] = true
			p.leaks["in the file: "+around(string(line), s, f)]++
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (p *report) print(title, tool string) {
	different := 0
	for _, hidden := range p.different {
		if hidden {
			different++
		}
	}
	fmt.Printf("| %s | %s | %d | %d (%d) | %d (%d) | %d (%d) | %d | %d | %d | ", title, tool,
		len(p.planted), len(p.held), sum(p.held), len(p.whole), sum(p.whole), len(p.part), sum(p.part),
		len(p.inFile), p.own, p.ownShown)
	fmt.Printf("%d | %d (%.2f %%) | %d | %d (%.2f %%) |\n", p.texts, p.hidden, percent(p.hidden, p.texts),
		len(p.different), different, percent(different, len(p.different)))
	if p.lost > 0 {
		fmt.Printf("\tof those hidden %d are texts to which nothing leads any more\n", p.lost)
	}
	if !*verbose {
		return
	}
	for _, s := range p.planted {
		if p.held[s] == 0 {
			fmt.Printf("\tNOT IN MEMORY %s\n", s.name)
		}
	}
	for _, l := range slices.Sorted(maps.Keys(p.leaks)) {
		fmt.Printf("\tLEAK %d x %s\n", p.leaks[l], l)
	}
	var kinds []*kind
	for _, k := range p.kinds {
		kinds = append(kinds, k)
	}
	sort.Slice(kinds, func(i, j int) bool { return kinds[i].count > kinds[j].count })
	for _, k := range kinds {
		fmt.Printf("\tHIDDEN %d x by %s: %s: %s\n", k.count, k.rule, k.where, k.example)
	}
}

// good reports whether the dump shows no secret, and hides 1 % of the other texts or less.
func (p *report) good() bool {
	return len(p.whole)+len(p.part)+len(p.inFile)+p.ownShown == 0 && percent(p.hidden, p.texts) <= 1
}

func sum(m map[*secret]int) (n int) {
	for _, k := range m {
		n += k
	}
	return n
}

func percent(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }
