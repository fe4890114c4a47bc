// Package modproxy publishes modules for tests, in a directory for GOPROXY=file://DIR.
package modproxy

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
)

// Publish publishes the only version of a module. content has the texts of its files by
// name, go.mod among them.
func Publish(dir, module, version string, content map[string]string) error {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, text := range content {
		w, err := z.Create(module + "@" + version + "/" + name)
		if err != nil {
			return err
		}
		if _, err := w.Write([]byte(text)); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	at := filepath.Join(dir, filepath.FromSlash(module), "@v")
	if err := os.MkdirAll(at, 0o700); err != nil {
		return err
	}
	for name, text := range map[string]string{
		version + ".zip": buf.String(), version + ".mod": content["go.mod"],
		version + ".info": `{"Version": "` + version + `"}`, "list": version + "\n",
	} {
		if err := os.WriteFile(filepath.Join(at, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}
