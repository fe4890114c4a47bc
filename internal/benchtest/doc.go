// Package benchtest has no code. Its benchmarks compare coredumpy with a peer
// that does comparable work on the same data, in turns with it:
//
//	go test -run '^$' -bench . -benchtime 5x ./internal/benchtest
//
// x-json and the like are times divided by the peer's, medians both; with -cpu
// it is the time of all processors, which depends less on what else the machine
// does. Its tests pin what a capture allocates.
//
// # Results
//
// On 2 cores of an AMD EPYC, linux/amd64, Go 1.26.8, otherwise idle but for the
// lines marked busy: there 25 to 30 threads were ready to run.
//
//	Capture: 100,000 records captured and written, against json.Marshal and
//	gzip at level 1 of the same records
//	    x-json 2.0, x-json-cpu 2.7; 3.4 MB against 1.7 MB
//	Open: that dump opened up to the first prompt, against json.Unmarshal of that
//	JSON into any
//	    x-json 0.28, x-json-cpu 0.36
//	Memory: what that capture takes, against the dump before compression, 30 MB
//	    x-dump-peak 2.3, x-dump-allocated 2.2
//	NoPanic: a deferred OnPanic without a panic, against a deferred recover
//	    1.7 ns more (x-recover 1.3), no allocation
//	Peek: a summary of each of 1,000 dumps of 290 bytes, 0.8 MB and 8.4 MB
//	    0.04 ms, 0.18 ms and 0.20 ms
//	LargeBinary: a crash of a program of 21 MB, up to the file
//	    81 ms; 119 ms cpu with the program's start
//	Goroutines: a crash with parked goroutines, up to the file
//	    100         37 ms    0.14 MB
//	    1,000       55 ms    0.19 MB
//	    10,000     183 ms    0.68 MB
//	    100,000   1880 ms    5.4 MB
//	Objects: a slice of pointers to structs of two fields, each (busy)
//	    1,000      7.4 µs cpu
//	    10,000     1.5 µs cpu
//	    100,000    0.83 µs cpu
//	    1,000,000  0.85 µs cpu
//
// A dump of the records is three times as long as their JSON: it has types, ids
// and addresses, and what is shared is on a line of its own. Half of the time
// goes into rendering and compressing it, on all processors; the walk before
// that is on one, so that the program's goroutines keep still.
package benchtest
