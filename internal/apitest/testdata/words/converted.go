package main

// The values of these variables have another type than the variables, by conversions that a
// function's text shows in other places than the declaration. So they are in places that other
// values use as well, and wait is called when another table is there.

//go:noinline
func convertedForCall(n int) int {
	return func(t table) int {
		x := useTable(t)
		x += useTable(t)
		return x + three(newTable(10), newTable(11), wait(n))
	}(newTable(n))
}

//go:noinline
func convertedForCallTwice(n int) int {
	return func(t table) int {
		return func(u table) int {
			x := useTable(u)
			x += useTable(t)
			return x + three(newTable(10), newTable(11), wait(n))
		}(t)
	}(newTable(n))
}

func severalTables(n int) (table, int) { return newTable(n), 3 }

//go:noinline
func oneOfSeveral(n int) int {
	t, z := severalTables(n)
	x := useTable(t)
	x += useTable(t)
	return x + z + three(newTable(10), newTable(11), wait(n))
}

func namedResult(n int) (t table) { t = newTable(n); return }

//go:noinline
func namedInCall(n int) int {
	t := namedResult(n)
	x := useTable(t)
	x += useTable(t)
	return x + three(newTable(10), newTable(11), wait(n))
}

func same(t table) table { return t }

//go:noinline
func passedThrough(n int) int {
	t := same(newTable(n))
	x := useTable(t)
	x += useTable(t)
	return x + three(newTable(10), newTable(11), wait(n))
}

type holder struct{ t table }

//go:noinline
func element(n int) int {
	h := holder{newTable(n)}
	t := h.t
	x := useTable(t)
	x += useTable(t)
	return x + three(newTable(10), newTable(11), wait(n))
}

func hold(n int) holder { return holder{newTable(n)} }

//go:noinline
func elementOfResult(n int) int {
	h := hold(n)
	x := useTable(h.t)
	x += useTable(h.t)
	return x + three(newTable(10), newTable(11), wait(n))
}

func (h holder) with(t table) holder { h.t = t; return h }

//go:noinline
func partOfReceiver(n int) int {
	h := holder{}.with(newTable(n))
	x := useTable(h.t)
	x += useTable(h.t)
	return x + three(newTable(10), newTable(11), wait(n))
}

//go:noinline
func literal(n int) int {
	t := func() table { return newTable(n) }()
	x := useTable(t)
	x += useTable(t)
	return x + three(newTable(10), newTable(11), wait(n))
}
