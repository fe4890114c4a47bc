// Crashes panics.
package main

func main() {
	id := 7
	var byID map[int]string
	byID[id] = "none"
}
