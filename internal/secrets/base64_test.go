package secrets

import (
	"encoding/base64"
	"math/rand/v2"
	"testing"
)

// Nearly all random keys look random.
func TestLooksRandom(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	for _, size := range []int{30, 32, 48, 64} {
		const keys = 5000
		key, found := make([]byte, size), 0
		for range keys {
			random.Read(key)
			if looksRandom([]byte(base64.RawStdEncoding.EncodeToString(key))) {
				found++
			}
		}
		if found < keys*97/100 {
			t.Errorf("got %d of %d keys of %d bytes, want 97 of 100", found, keys, size)
		}
	}
}
