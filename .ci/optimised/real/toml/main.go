// A TOML decoder calls our UnmarshalText.
package main

import (
	"errors"

	"github.com/BurntSushi/toml"

	"coredumpy/real/stop"
)

type level int

func (l *level) UnmarshalText(text []byte) error {
	switch string(text) {
	case "low":
		*l = 1
	case "high":
		*l = 2
	default:
		stop.At(1)
		return errors.New("unknown level " + string(text))
	}
	return nil
}

func main() {
	var config struct {
		Server []struct {
			Host  string
			Level level
		}
	}
	text := "[[server]]\nhost = 'a'\nlevel = 'low'\n[[server]]\nhost = 'b'\nlevel = 'odd'\n"
	if _, err := toml.Decode(text, &config); err != nil {
		panic(err)
	}
	stop.Never()
}
