// A logger calls our sink and our marshaler.
package main

import (
	"os"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"coredumpy/real/stop"
)

type user struct {
	name string
	tags []string
}

func (u user) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddString("name", u.name)
	return enc.AddArray("tags", zapcore.ArrayMarshalerFunc(func(a zapcore.ArrayEncoder) error {
		for i, tag := range u.tags {
			if i == 1 {
				stop.At(1)
			}
			a.AppendString(tag)
		}
		return nil
	}))
}

func main() {
	encoder := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	core := zapcore.NewCore(encoder, zapcore.AddSync(os.Stderr), zap.DebugLevel)
	log := zap.New(core).With(zap.Duration("took", time.Second))
	log.Info("hello", zap.Int("n", 3), zap.Object("user", user{"ann", []string{"a", "b", "c"}}))
	stop.Never()
}
