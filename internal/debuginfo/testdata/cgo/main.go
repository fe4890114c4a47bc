// A program with C code in it, for the tests of package debuginfo.
package main

/*
struct pair { int first; double second; };
typedef int (*callback)(struct pair *, unsigned char);
enum color { red, green };
union either { int i; float f; };

static inline __attribute__((always_inline)) int twice(int n) { volatile int m = n; return m * 2; }

int sum(struct pair *p, int n, enum color c, union either e, char name[4]) {
	int total = 0;
	for (int i = 0; i < n; i++) {
		int part = twice(p[i].first);
		total += part;
	}
	return total + c + e.i + name[0];
}
*/
import "C"

//go:noinline
func goSum(n int) int {
	pairs := []C.struct_pair{{first: 1}, {first: C.int(n)}}
	var either C.union_either
	var name [4]C.char
	total := C.sum(&pairs[0], 2, C.red, either, &name[0])
	return int(total)
}

func main() {
	println(goSum(2))
}
