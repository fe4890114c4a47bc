package settings

import (
	"encoding/json"
	"fmt"
)

// handedOptions are the Options in the form in which another process gets them.
type handedOptions struct {
	Path, Directory, Description []byte // any bytes
	Depth                        int
	Config                       Config
}

// Hand returns o as a text for Handed in another process of the same executable. It
// returns an error if there are options that can't be handed over.
func (o *Options) Hand() ([]byte, error) {
	for _, option := range []struct {
		name  string
		given bool
	}{
		{"PathFunc", o.PathFunc != nil},
		{"Create", o.Create != nil},
		{"Exclude", len(o.Exclude) > 0},
		{"Var", len(o.Given) > 0},
		{"Skip", o.Skip != 0},
	} {
		if option.given {
			return nil, fmt.Errorf("%s can't be handed to the watcher process: leave it out", option.name)
		}
	}
	return json.Marshal(handedOptions{
		Path: []byte(o.Path), Directory: []byte(o.Directory), Description: []byte(o.Description),
		Depth: o.Depth, Config: o.Config,
	})
}

// Handed reads what Hand has returned.
func Handed(text []byte) (*Options, error) {
	var h handedOptions
	if err := json.Unmarshal(text, &h); err != nil {
		return nil, err
	}
	return &Options{
		Path: string(h.Path), Directory: string(h.Directory), Description: string(h.Description),
		Depth: h.Depth, Config: h.Config,
	}, nil
}
