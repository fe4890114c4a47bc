// Package fails has a test that fails, for dumps of tests.
package fails
