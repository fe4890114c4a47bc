// Command servers measures what dumps of big servers hide: whether secrets that they were
// given are in plain, and how many of the other texts are hidden. See .ci/servers.sh.
//
//	servers -bin DIR [-v] [-depth N] [-keep DIR] -coredumpy NAME=FILE... [SERVER]...
//
// Each server gets a real configuration with secrets made for this run, and requests with
// more of them, some of which are under way while it is dumped. It is stopped by a signal,
// dumped by each coredumpy, and by the same without any redaction: so each text is known as
// it was and as it is shown.
//
// Planted secrets are looked for in all strings, bytes and numbers that the dump without
// redaction has, in any case, in hexadecimal, in base64 and escaped: in memory are those that
// are there at all. In part is one of which 12 bytes in a row are left. In the file are those
// that are anywhere in the text of the redacted dump. Own are places of secrets that the
// server has made itself, see own.go, and how many of these are in plain. Other texts are all
// strings, and bytes from 8 on, with neither; a text is hidden if any part of it is. Different
// ones count once wherever they are.
//
// The status is 1 if a server can't be measured, or if the last coredumpy shows a secret or
// hides more than 1 % of the other texts.
package main

import (
	"crypto/tls"
	"debug/buildinfo"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

var servers = []struct {
	name  string
	start func(*run)
}{
	{"etcd", etcd}, {"pocketbase", pocketbase}, {"caddy", caddy},
	{"prometheus", prometheus}, {"nats", nats}, {"hugo", hugo},
}

var (
	bin     = flag.String("bin", "", "directory of the servers")
	verbose = flag.Bool("v", false, "list the places of leaks, and what else is hidden")
	depth   = flag.Int("depth", 10, "how many references the dumps follow from a variable")
	keep    = flag.String("keep", "", "directory in which dumps and logs stay")
)

// A tool is a coredumpy to measure.
type tool struct{ name, file string }

func main() {
	var tools []tool
	flag.Func("coredumpy", "NAME=FILE, may be repeated", func(s string) error {
		name, file, ok := strings.Cut(s, "=")
		if !ok {
			return fmt.Errorf("want NAME=FILE")
		}
		tools = append(tools, tool{name, file})
		return nil
	})
	flag.Parse()
	wanted := flag.Args()
	if len(wanted) == 0 {
		for _, s := range servers {
			wanted = append(wanted, s.name)
		}
	}
	failed := false
	fmt.Println(heading)
	for _, s := range servers {
		i := slices.Index(wanted, s.name)
		if i < 0 {
			continue
		}
		wanted = slices.Delete(wanted, i, i+1)
		info, err := buildinfo.ReadFile(filepath.Join(*bin, s.name))
		if err != nil {
			fmt.Printf("| %s | not built: %v |\n", s.name, err)
			failed = true
			continue
		}
		name := fmt.Sprintf("%s %s, %s", s.name, info.Main.Version, info.GoVersion)
		good, err := measure(name, s.name, s.start, tools)
		if err != nil {
			fmt.Printf("| %s | failed: %v |\n", name, err)
		}
		failed = failed || !good
	}
	if len(wanted) > 0 || len(tools) == 0 {
		fmt.Fprintf(os.Stderr, "servers: no server is called %q, or there is no -coredumpy\n", wanted)
		failed = true
	}
	if failed {
		os.Exit(1)
	}
}

// measure starts one server, dumps it with each tool, and prints what is in the dumps. It
// reports whether that of the last tool is as it should be.
func measure(title, name string, start func(*run), tools []tool) (good bool, err error) {
	dir := filepath.Join(*keep, name)
	if *keep == "" {
		if dir, err = os.MkdirTemp("", "servers-"); err != nil {
			return false, err
		}
		defer os.RemoveAll(dir)
	} else if err = os.RemoveAll(dir); err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return false, err
	}
	r := &run{bin: *bin, dir: dir}
	r.client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}}
	defer r.stop()
	defer func() {
		if e := recover(); e != nil {
			good, err = false, fmt.Errorf("%v", e)
		}
	}()
	start(r)
	time.Sleep(time.Second) // for what the requests have set off
	if err := halt(r.process.Process); err != nil {
		return false, err
	}
	for _, t := range tools {
		report, err := r.dump(t)
		if err != nil {
			return false, fmt.Errorf("%s: %w", t.name, err)
		}
		report.print(title, t.name)
		good = report.good()
	}
	return good, nil
}
