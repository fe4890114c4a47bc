// The standard library's JSON encoder calls our MarshalJSON deep inside, and sort our less.
package main

import (
	"encoding/json"
	"sort"
	"strconv"

	"coredumpy/real/stop"
)

type money int64

func (m money) MarshalJSON() ([]byte, error) {
	units, cents := int64(m)/100, int64(m)%100
	digits := []int{int(units), int(cents), 3}
	sort.Slice(digits, func(i, j int) bool {
		if digits[j] > 90 {
			stop.At(1)
		}
		return digits[i] < digits[j]
	})
	return []byte(strconv.FormatInt(units, 10)), nil
}

type bill struct {
	Items map[string][]any `json:"items"`
	Total *money           `json:"total,omitempty"`
}

func main() {
	m := money(9950)
	_, err := json.MarshalIndent([]bill{{Items: map[string][]any{"a": {1, "x", money(120)}}}, {Total: &m}}, "", " ")
	if err != nil {
		panic(err)
	}
	stop.Never()
}
