package goroutine

import "testing"

type node struct {
	Value int
	Next  *node
}

func TestGoroutine(t *testing.T) {
	done := make(chan int)
	go func() { done <- sum(&node{Value: 4}) }()
	<-done
}

func sum(n *node) int {
	total := n.Value
	total += n.Next.Value // want panic : "runtime error: invalid memory address or nil pointer dereference" total = 4
	return total
}
