// Command servers measures what dumps of big servers hide: whether secrets that they were
// given are in plain, and how many of the other texts are hidden. See .ci/servers.sh.
//
//	servers -bin DIR [-v] [-depth N] [-keep DIR] -coredumpy NAME=FILE... [SERVER]...
//
// Each server gets a real configuration with secrets made for this run, and requests with
// more of them, some of which are under way while it is dumped. It is stopped by a signal,
// dumped by each coredumpy, and by the same without any redaction: so each text is known as
// it was and as it is shown.
package main

import (
	"crypto/tls"
	"debug/buildinfo"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
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
	failed := false
	fmt.Println(heading)
	for _, s := range servers {
		if flag.NArg() > 0 && !strings.Contains(" "+strings.Join(flag.Args(), " ")+" ", " "+s.name+" ") {
			continue
		}
		info, err := buildinfo.ReadFile(filepath.Join(*bin, s.name))
		if err != nil {
			fmt.Printf("| %s | not built: %v |\n", s.name, err)
			failed = true
			continue
		}
		name := fmt.Sprintf("%s %s, %s", s.name, info.Main.Version, info.GoVersion)
		if err := measure(name, s.name, s.start, tools); err != nil {
			fmt.Printf("| %s | failed: %v |\n", name, err)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}

// measure starts one server, dumps it with each tool, and prints what is in the dumps.
func measure(title, name string, start func(*run), tools []tool) (err error) {
	dir, err := os.MkdirTemp("", "servers-")
	if err != nil {
		return err
	}
	if *keep != "" {
		dir = filepath.Join(*keep, name)
		os.RemoveAll(dir)
		check(os.MkdirAll(dir, 0o700))
	} else {
		defer os.RemoveAll(dir)
	}
	r := &run{bin: *bin, dir: dir}
	r.client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}}
	defer r.stop()
	defer func() {
		if e := recover(); e != nil {
			err = fmt.Errorf("%v", e)
		}
	}()
	start(r)
	time.Sleep(time.Second) // for what the requests have set off
	if err := r.process.Process.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	for _, t := range tools {
		report, err := r.dump(t)
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		report.print(title, t.name)
	}
	return nil
}
