// Package front has a test that fails, and directives for go generate.
package front

//go:generate go run ./starts sh -c "echo $DOLLAR{GOROOT}/src/"
//go:generate go run ./crashes
