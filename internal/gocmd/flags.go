package gocmd

import "strings"

// arity says how a flag of the go command takes its value.
type arity int

const (
	unknown arity = iota
	boolean       // -race, -race=false; never the next argument
	valued        // -p=4 or -p 4
)

// names returns a set of names from a list separated by spaces.
func names(list string) map[string]bool {
	set := make(map[string]bool)
	for _, name := range strings.Fields(list) {
		set[name] = true
	}
	return set
}

// The flags of the subcommands that this package rewrites, in Go 1.24 to 1.27.
// A newer go command may have others; those are passed on as they are.
var (
	// AddBuildFlags and AddCoverFlags in build.go of package cmd/go/internal/work.
	buildBooleans = names("a asan buildvcs cover json linkshared modcacherw msan n race trimpath v work x")
	buildValued   = names(`C asmflags buildmode compiler covermode coverpkg
		debug-actiongraph debug-runtime-trace debug-trace gccgoflags gcflags
		installsuffix ldflags mod modfile o overlay p pgo pkgdir tags toolexec`)

	// cmd/go/internal/test/testflag.go. The flags of the test binary are also
	// known as -test.NAME (flagdefs.go).
	testBooleans = names("c")
	testValued   = names("exec vet")
	// -artifacts is new in Go 1.26. Earlier it could be a flag that a test
	// binary defined, with or without a value.
	testBinaryBooleans = names("artifacts benchmem failfast fullpath short v")
	testBinaryValued   = names(`bench benchtime blockprofile blockprofilerate
		count coverprofile cpu cpuprofile fuzz fuzzminimizetime fuzztime list
		memprofile memprofilerate mutexprofile mutexprofilefraction outputdir
		parallel run shuffle skip timeout trace`)
)

// arityOf says how the subcommand sub takes the flag called name, without
// dashes.
func arityOf(sub, name string) arity {
	switch {
	case name == "o" && sub != "build" && sub != "test":
		return unknown
	case buildBooleans[name]:
		return boolean
	case buildValued[name]:
		return valued
	case name == "exec" && sub == "run":
		return valued
	case sub != "test":
		return unknown
	case testBooleans[name]:
		return boolean
	case testValued[name]:
		return valued
	}
	name = strings.TrimPrefix(name, "test.")
	switch {
	case testBinaryBooleans[name]:
		return boolean
	case testBinaryValued[name]:
		return valued
	}
	return unknown
}
