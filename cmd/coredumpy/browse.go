package main

import (
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// fileURL returns the URL of a file, by its absolute path.
func fileURL(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// opener returns the system's command that opens a file as a double click does.
func opener() []string {
	switch runtime.GOOS {
	case "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler"}
	case "darwin":
		return []string{"open"}
	}
	return []string{"xdg-open"}
}

// maxOpening is how long the command that opens a file may take to fail. It may also go on until
// the browser is closed.
const maxOpening = 5 * time.Second

// browse opens a file in the browser.
func browse(path string) error {
	command := opener()
	cmd := exec.Command(command[0], append(command[1:], path)...)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("no browser: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("%s found no browser: %w", command[0], err)
		}
	case <-time.After(maxOpening):
	}
	return nil
}
