// A YAML decoder calls our UnmarshalYAML inside lists and maps.
package main

import (
	"gopkg.in/yaml.v3"

	"coredumpy/real/stop"
)

type size struct{ bytes int }

func (s *size) UnmarshalYAML(node *yaml.Node) error {
	var text string
	if err := node.Decode(&text); err != nil {
		return err
	}
	for _, c := range text {
		if c == 'M' {
			stop.At(2)
		}
		s.bytes = s.bytes*10 + int(c-'0')
	}
	return nil
}

func main() {
	var config struct {
		Name  string
		Sizes map[string][]size
	}
	err := yaml.Unmarshal([]byte("name: x\nsizes:\n  small: [1, 2]\n  large: [10M, 20M]\n"), &config)
	if err != nil {
		panic(err)
	}
	stop.Never()
}
