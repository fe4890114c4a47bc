// Package tests has tests that fail in many ways.
package tests
