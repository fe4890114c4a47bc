// Server has net/http recover a panic of a handler, print it, and go on.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
)

func answer(w http.ResponseWriter, r *http.Request) {
	if list := []int{1, 2}; r.URL.Path == "/broken" {
		fmt.Fprintln(w, list[len(r.URL.Path)])
	}
	fmt.Fprintln(w, "fine")
}

func get(url string) {
	r, err := http.Get(url)
	if err != nil {
		fmt.Println("no answer")
		return
	}
	defer r.Body.Close()
	fmt.Println(r.Status)
}

func main() {
	log.SetFlags(0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go http.Serve(l, http.HandlerFunc(answer))
	get("http://" + l.Addr().String() + "/broken")
	get("http://" + l.Addr().String() + "/")
}
