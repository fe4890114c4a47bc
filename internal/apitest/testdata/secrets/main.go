// Secrets reads a text and leaves it in as many places as a crashing program has, each
// with an ordinary text beside it that names the place. After a zero byte in the input
// come texts for variables, one for each, whose names alone show that they are secret.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"

	"coredumpy"
)

// Settings is a package-level variable.
var Settings struct {
	Near string
	Text string
	List []string
}

// APIKey is secret because of its name.
var APIKey string

var table = map[string]string{}

type failure struct {
	Near string
	Text string
	err  error
}

func (f *failure) Error() string { return f.Text }
func (f *failure) Unwrap() error { return f.err }

type hidden struct{ note string }

type outer struct {
	hidden
	*Inner
}

type Inner struct{ Deep **string }

// work holds the text in locals while it waits.
func work(near, argument string, ready, block chan struct{}) {
	local := argument + " and more"
	data := []byte(argument)
	runes := []rune(argument)
	var array [600]byte
	copy(array[:], argument)
	p := &argument
	nested := outer{hidden{local}, &Inner{&p}}
	var boxed any = map[any]any{"near": near, argument: nested, 3: []any{argument}}
	close(ready)
	<-block
	fmt.Println(near, local, data, runes, array, nested, boxed)
}

// park is a goroutine whose closure has captured the text.
func park(text string, ready, block chan struct{}) {
	captured := text
	near := "near the closure"
	go func() {
		close(ready)
		<-block
		fmt.Println(captured, near)
	}()
}

func start(f func(ready, block chan struct{})) chan struct{} {
	ready, block := make(chan struct{}), make(chan struct{})
	f(ready, block)
	<-ready
	return block
}

func labelled(text, named string, ready, block chan struct{}) {
	labels := pprof.Labels("near", "near the label", "text", text, "auth-token", named)
	// Only the inner goroutine stays, and only the runtime knows its labels.
	pprof.Do(context.Background(), labels, func(context.Context) {
		go func() {
			close(ready)
			<-block
		}()
	})
}

// named holds texts under names of secrets.
func named(password string, credentials []byte, texts []string, ready, block chan struct{}) {
	near := "near the names"
	passphrase := []rune(texts[0])
	queue := make(chan struct{ Near, Secret string }, 1)
	queue <- struct{ Near, Secret string }{near, texts[1]}
	clientSecret := texts[2]
	func() {
		close(ready)
		<-block
		fmt.Println(clientSecret)
	}()
	fmt.Println(near, passphrase, password, credentials, queue)
}

//go:noinline
func fail(text string, queue chan string, handler func() string) {
	var builder strings.Builder
	builder.WriteString(text)
	near := "near the panic"
	defer func() {
		// A second panic while the first one unwinds.
		again := errors.Join(errors.New("joined"), fmt.Errorf("wrapped: %w", errors.New(text)))
		panic(&failure{"near the error", text, again})
	}()
	fmt.Fprintln(io.Discard, near, handler(), len(queue), builder.Len())
	panic(text)
}

func main() {
	defer coredumpy.OnPanic(coredumpy.Description("near the description "+os.Args[1]), coredumpy.Path("x.dump"),
		coredumpy.Var("given", os.Args[1]))
	in := bufio.NewReader(os.Stdin)
	text, err := io.ReadAll(in)
	if err != nil {
		panic(err)
	}
	secret, names, _ := strings.Cut(string(text), "\x00")
	n := strings.Split(names, "\x00")
	APIKey = n[0]
	Settings.Near, Settings.Text, Settings.List = "near the global", secret, []string{"near", secret}
	table["near the key"], table[secret] = secret, "near the value"
	blocks := []chan struct{}{
		start(func(ready, block chan struct{}) { go work("near the local", secret, ready, block) }),
		start(func(ready, block chan struct{}) { park(secret, ready, block) }),
		start(func(ready, block chan struct{}) { labelled(secret, n[1], ready, block) }),
		start(func(ready, block chan struct{}) { go named(n[2], []byte(n[3]), n[4:], ready, block) }),
	}
	time.Sleep(10 * time.Millisecond)
	queue := make(chan string, 4)
	queue <- "near the buffer"
	queue <- secret
	handler := func() string { return secret + "near the func" }
	fail(secret, queue, handler)
	runtime.KeepAlive(blocks)
}
