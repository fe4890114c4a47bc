package logfatal

import (
	"log"
	"testing"
)

func TestMain(m *testing.M) {
	log.SetFlags(0)
	setUp("postgres://db.example")
	m.Run()
}

func setUp(url string) {
	tries := 3
	log.Fatalf("no database after %d tries: %s", tries, url) // want exit : "exit status 1" via log.Fatalf tries = 3
}

func TestPasses(t *testing.T) {}
