// Package benchtest has no code. Its benchmarks compare coredumpy with a peer
// that does comparable work, in the same run.
package benchtest
