// Maps are decoded into structs, with a hook of ours.
package main

import (
	"reflect"
	"time"

	"github.com/go-viper/mapstructure/v2"

	"coredumpy/real/stop"
)

func hook(from, to reflect.Type, data any) (any, error) {
	if to == reflect.TypeFor[time.Duration]() {
		text := data.(string)
		d, err := time.ParseDuration(text)
		stop.At(2)
		return d, err
	}
	return data, nil
}

func main() {
	var config struct {
		Name string
		Jobs []struct {
			Every time.Duration
			Tags  map[string]string
		}
	}
	d, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{DecodeHook: hook, Result: &config})
	if err != nil {
		panic(err)
	}
	err = d.Decode(map[string]any{"name": "n", "jobs": []any{
		map[string]any{"every": "5s", "tags": map[string]any{"a": "b"}},
		map[string]any{"every": "7m"},
	}})
	if err != nil {
		panic(err)
	}
	stop.Never()
}
