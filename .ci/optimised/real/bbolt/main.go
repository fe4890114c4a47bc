// A database calls us back inside a transaction.
package main

import (
	"encoding/binary"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"coredumpy/real/stop"
)

func main() {
	dir, err := os.MkdirTemp("", "real")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	db, err := bbolt.Open(filepath.Join(dir, "db"), 0o600, nil)
	if err != nil {
		panic(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists([]byte("counts"))
		if err != nil {
			return err
		}
		for i := range 5 {
			key := binary.BigEndian.AppendUint16(nil, uint16(i))
			if err := b.Put(key, []byte{byte(i * i)}); err != nil {
				return err
			}
		}
		sum := 0
		return b.ForEach(func(k, v []byte) error {
			sum += int(v[0])
			if sum > 10 {
				os.RemoveAll(dir)
				stop.At(1)
			}
			return nil
		})
	})
	if err != nil {
		panic(err)
	}
	stop.Never()
}
