// Package benchtest has no code. Its benchmarks compare coredumpy with a peer that does
// comparable work on the same data, in turns:
//
//	go test -run '^$' -bench . -benchtime 5x ./internal/benchtest
//
// x-json and the like are median times divided by the peer's median times; -cpu means the
// time on all processors, which depends less on what else the machine does. The tests
// limit what a capture allocates.
//
// # Results
//
// On 2 cores of an AMD EPYC, linux/amd64, Go 1.26.8, otherwise idle; figures with debug
// information, and x-json-cpu of Capture, while the machine was busy.
//
//	Capture: 100,000 records captured and written, against json.Marshal and
//	gzip at level 1 of the same records
//	    x-json 1.5, x-json-cpu 2.0; 2.9 MB against 1.7 MB
//	    in a program with debug information, which go test -c leaves in: x-json-cpu 2.8
//	Open: that dump opened up to the first prompt, against json.Unmarshal of that
//	JSON into any
//	    x-json 0.20, x-json-cpu 0.28
//	Memory: what that capture takes, against the dump before compression, 14 MB
//	    x-dump-peak 2.8, x-dump-allocated 2.7
//	NoPanic: a deferred OnPanic without a panic, against a deferred recover
//	    6 ns more (x-recover 1.65), no allocation
//	Peek: a summary of each of 1,000 dumps of 320 bytes, 0.8 MB and 8.1 MB
//	    0.07 ms, 0.09 ms and 0.08 ms (the least of 7 runs, beside ten times as much other work)
//	LargeBinary: a crash of a program of 21 MB, up to the finished file
//	    87 ms; 133 ms cpu with the program's start
//	Goroutines: a crash with parked goroutines, up to the finished file
//	    100         62 ms    0.015 MB
//	    1,000      103 ms    0.051 MB
//	    10,000     328 ms    0.42 MB
//	    100,000   4150 ms    4.2 MB
//	Objects: a slice of pointers to structs of two fields, each
//	    1,000      6.3 µs cpu     61 bytes of the file
//	    10,000     1.3 µs cpu     12 bytes
//	    100,000    0.65 µs cpu    6.8 bytes
//	    1,000,000  0.66 µs cpu    6.4 bytes
//	    with debug information, which is kept after the first dump: 1,000 15 µs cpu
//	Expressions: over a dump of 1,000 goroutines and a million objects, from a cold
//	start
//	    the first 38 ms, the slowest of the others 2.9 ms; the first with an
//	    address 0.47 s, the next 0.34 ms; 282 MB
//	Answers: a question about a dump of 10,000 goroutines and 1,000,000 objects, 66 MB
//	before compression, from a cold start; time on
//	all processors, with that up to the first prompt after 0.11 s, and the most memory against
//	those 66 MB, for diff against one of two such dumps
//	    waits 0.72 s  2.4    find 1.02 s  2.0    refs 0.62 s  2.1
//	    size 0.80 s   2.1    histogram 0.76 s  2.0    diff 0.88 s  3.1
//	and those that need no objects
//	    bt 0.22 s  1.4    locals 0.24 s  1.5    goroutines 0.30 s  1.5
//	Editor: that dump in an editor, up to the first stack, likewise, and by the clock
//	    0.29 s  1.5  0.17 s
//
// A dump of the records is 1.7 times as long as their JSON: it has types and
// addresses, and shared values are on lines of their own. Of the time on all processors a
// quarter goes into compressing it, a fifth into rendering it. The walk before that is on one
// processor, so that the program's goroutines keep still, and text is rendered only when
// the walk is over and all secrets are known.
package benchtest
