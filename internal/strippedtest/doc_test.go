// Package strippedtest tests dumps of programs that were built with -trimpath and
// -ldflags='-s -w', and have their debug information in a file beside them.
package strippedtest
