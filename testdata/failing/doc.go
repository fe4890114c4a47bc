// Package failing has tests that fail, each in its own way and its own file,
// for internal/crashtest to run: it reads the dumps that they leave.
//
// FAILING_DIR is where the dumps go.
package failing
