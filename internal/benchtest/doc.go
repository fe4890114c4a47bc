// Package benchtest has no code. Its benchmarks compare coredumpy with a peer
// that does comparable work on the same data, in turns with it:
//
//	go test -run '^$' -bench . -benchtime 10x ./internal/benchtest
//
// x-json is the median time divided by that of the peer, x-json-cpu the same for
// the time of all processors.
package benchtest
