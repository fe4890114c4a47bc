// Package bubble has tests that use coredumpy in bubbles of testing/synctest (Go 1.25),
// at the same time as others. The dumps go to the directory BUBBLE_DIR; without it none
// are made.
package bubble
