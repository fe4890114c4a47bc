package main

import (
	"math"
	"time"
	"unsafe"
)

type celsius float32

type weekday uint8

const (
	sunday weekday = iota
	monday
)

//go:noinline
func scalars() {
	// want: main.scalars yes = true
	// want: main.scalars no = false
	yes, no := true, false
	// want: main.scalars i = -9223372036854775808
	// want: main.scalars i8 = -128
	// want: main.scalars i16 = -32768
	// want: main.scalars i32 = -2147483648
	// want: main.scalars i64 = 9223372036854775807
	i, i8, i16, i32, i64 := math.MinInt, int8(math.MinInt8), int16(math.MinInt16), int32(math.MinInt32), int64(math.MaxInt64)
	// want: main.scalars u = 18446744073709551615
	// want: main.scalars u8 = 255
	// want: main.scalars u16 = 65535
	// want: main.scalars u32 = 4294967295
	// want: main.scalars u64 = 18446744073709551615
	// want: main.scalars up = 3735928559
	u, u8, u16, u32, u64, up := uint(math.MaxUint), uint8(math.MaxUint8), uint16(math.MaxUint16), uint32(math.MaxUint32), uint64(math.MaxUint64), uintptr(0xdeadbeef)
	// want: main.scalars f32 = 1.1
	// want: main.scalars f64 = 0.1
	// want: main.scalars huge = 179769313486231570000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
	// want: main.scalars nan = NaN
	// want: main.scalars inf = +Inf
	// want: main.scalars ninf = -Inf
	f32, f64, huge := float32(1.1), 0.1, math.MaxFloat64
	nan, inf, ninf := math.NaN(), math.Inf(1), math.Inf(-1)
	// want: main.scalars c64 = (1.5 + -2i)
	// want: main.scalars c128 = (NaN + +Infi)
	c64, c128 := complex64(complex(1.5, -2)), complex(nan, inf)
	// want: main.scalars r = 9786
	// want: main.scalars temp = 36.6
	// want: main.scalars day = 1 | main.monday (1) | monday (1)
	// want: main.scalars wait = 1500000000
	// want: main.scalars raw = unsafe.Pointer(0x0) | unsafe.Pointer(nil)
	// want-type: main.scalars temp = main.celsius
	// want-type: main.scalars day = main.weekday
	// want-type: main.scalars wait = time.Duration
	r, temp, day, wait, raw := '☺', celsius(36.6), monday, 1500*time.Millisecond, unsafe.Pointer(nil)
	use(yes, no, i, i8, i16, i32, i64, u, u8, u16, u32, u64, up, f32, f64, huge, nan, inf, ninf, c64, c128, r, temp, day, wait, raw)
	texts("ünïcode ☺")
	use(yes, i, u, f64, day)
}
