// Command unused lists unused declarations: those that no program reaches, or that only
// tests reach, and exported ones under internal/ that no other package names. It prints
// nothing and exits with status 0 if there are none. Run it in the project's root:
//
//	go run ./.ci/unused [ROOM]...
//
// It reports the given rooms, or all packages if none is given. It looks at the packages
// as the compiler sees them on each of the platforms below: what is used on one of them
// is used. It doesn't look at fields, nor at constants that are enumerated or whose type
// is declared in the same package: they belong together.
package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
)

// platforms cover the files for all systems and processors.
var platforms = []string{"linux/amd64", "darwin/arm64", "windows/amd64"}

func main() {
	modules := make([]*module, len(platforms))
	errs := make([]error, len(platforms))
	var wait sync.WaitGroup
	for i, platform := range platforms {
		wait.Add(1)
		go func() {
			defer wait.Done()
			modules[i], errs[i] = load(platform)
		}()
	}
	wait.Wait()
	for i, err := range errs {
		if err != nil {
			fmt.Fprintf(os.Stderr, "unused: %s: %v\n", platforms[i], err)
			os.Exit(2)
		}
	}
	found := findings(modules)
	slices.Sort(found)
	for _, line := range found {
		fmt.Println(line)
	}
	if len(found) > 0 {
		os.Exit(1)
	}
}

// findings merges what is used on each platform and returns what remains.
func findings(modules []*module) []string {
	used, named, declared := map[string]bool{}, map[string]bool{}, map[string]declaration{}
	for _, m := range modules {
		m.build()
		maps.Copy(named, m.methodsOfInterfaces())
		maps.Copy(used, m.reached())
		maps.Copy(named, m.namedElsewhere())
		maps.Copy(declared, m.declared)
	}
	elsewhere := otherNames(modules)
	var found []string
	for name, d := range declared {
		switch {
		case elsewhere[d.obj.Name()], d.enum, !held(d.obj.Pkg().Path()):
		case !used[name]:
			found = append(found, fmt.Sprintf("%s: no program uses %s", d.place(), d))
		case d.exported() && !named[name]:
			found = append(found, fmt.Sprintf("%s: no other package uses %s, which is exported", d.place(), d))
		}
	}
	return found
}

// held reports whether the command line asks for a package.
func held(path string) bool {
	room, _ := strings.CutPrefix(path, "coredumpy/internal/")
	return len(os.Args) == 1 || slices.Contains(os.Args[1:], room)
}
