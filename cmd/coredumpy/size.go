package main

import (
	"fmt"
	"os"
	"sync"
)

// terminalSize is the size of a terminal. To ask for it a program is run, stty, so that is done only
// after something that may have changed it: see forget.
type terminalSize struct {
	terminal *os.File

	mu            sync.Mutex
	known         bool
	rows, columns int
}

// get returns how many rows and columns the terminal has, 0 if it doesn't say.
func (s *terminalSize) get() (rows, columns int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.known {
		s.rows, s.columns, s.known = 0, 0, true
		if size, err := stty(s.terminal, "size"); err == nil {
			fmt.Sscan(size, &s.rows, &s.columns)
		}
	}
	return s.rows, s.columns
}

// width returns how many columns the terminal has.
func (s *terminalSize) width() int {
	_, columns := s.get()
	return columns
}

// forget has the next get ask the terminal.
func (s *terminalSize) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = false
}
