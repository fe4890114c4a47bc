// Package front has a test that fails, and what go generate runs.
package front

//go:generate go run ./starts sh -c "echo $DOLLAR{GOROOT}/src/"
//go:generate go run ./crashes
