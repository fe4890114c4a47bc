package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	cryptorand "crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A run is one server with its configuration, its secrets and its clients.
type run struct {
	vault
	bin      string // directory of the servers
	dir      string // for the configuration and data of this one
	env      []string
	process  *exec.Cmd
	ended    chan error // of process
	upstream *upstream
	client   *http.Client
	open     []io.Closer // connections of requests that are under way
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// file writes a file of the configuration and returns its path.
func (r *run) file(name, text string) string {
	path := filepath.Join(r.dir, name)
	check(os.MkdirAll(filepath.Dir(path), 0o700))
	check(os.WriteFile(path, []byte(text), 0o600))
	return path
}

// command runs another command of the server to its end and returns what it prints.
func (r *run) command(name string, args ...string) string {
	c := exec.Command(filepath.Join(r.bin, name), args...)
	c.Dir = r.dir
	out, err := c.CombinedOutput()
	if err != nil {
		panic(fmt.Sprintf("%s: %v\n%s", name, err, out))
	}
	return strings.TrimSpace(string(out))
}

// start starts the server and waits until it listens on the port.
func (r *run) start(port int, name string, args ...string) {
	log, err := os.Create(filepath.Join(r.dir, "log"))
	check(err)
	defer log.Close()
	c := exec.Command(filepath.Join(r.bin, name), args...)
	c.Dir, c.Stdout, c.Stderr = r.dir, log, log
	c.Env = append([]string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + r.dir, "USER=svc", "LANG=C.UTF-8", "TERM=xterm",
		"SHELL=/bin/sh", "LOGNAME=svc", "PWD=" + r.dir,
	}, r.env...)
	endWithUs(c)
	check(c.Start())
	r.process, r.ended = c, make(chan error, 1)
	go func() { r.ended <- c.Wait() }()
	timeout := time.After(time.Minute)
	for {
		if c, err := net.Dial("tcp", address(port)); err == nil {
			c.Close()
			return
		}
		why := "a minute has passed"
		select {
		case <-time.After(50 * time.Millisecond):
			continue
		case err := <-r.ended:
			r.ended <- err
			why = fmt.Sprint("it ended: ", err)
		case <-timeout:
		}
		panic(fmt.Sprintf("the server doesn't listen on port %d: %s; its log:\n%s",
			port, why, read(filepath.Join(r.dir, "log"))))
	}
}

// repeat makes requests again and again, so that some are under way at any moment.
func (r *run) repeat(f func()) {
	go func() {
		defer func() { _ = recover() }() // the server has been stopped
		for {
			f()
		}
	}()
}

// stop ends the server and its clients' connections.
func (r *run) stop() {
	for _, c := range r.open {
		c.Close()
	}
	if r.process != nil {
		r.process.Process.Kill()
		<-r.ended
	}
	if r.upstream != nil {
		r.upstream.stop()
	}
}

func address(port int) string { return fmt.Sprint("127.0.0.1:", port) }

// port returns a port that nothing listens on.
func port() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// certificate makes a key and a certificate for 127.0.0.1, and plants the key.
func (r *run) certificate(name string) (certFile, keyFile string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), cryptorand.Reader)
	check(err)
	exchange, err := key.ECDH()
	check(err)
	scalar := exchange.Bytes()
	reversed := slices.Clone(scalar) // as the words of a number are in memory
	slices.Reverse(reversed)
	r.add(name, string(scalar), reversed)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true,
		BasicConstraintsValid: true, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	cert, err := x509.CreateCertificate(cryptorand.Reader, template, template, key.Public(), key)
	check(err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	check(err)
	name = strings.ReplaceAll(name, " ", "-")
	return r.file(name+".crt", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}))),
		r.file(name+".key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
}

// do makes a request and returns its answer, which must be a success. headers are names and
// values in turn.
func (r *run) do(method, url, body string, headers ...string) string {
	status, text := r.try(method, url, body, headers...)
	if status >= http.StatusBadRequest {
		panic(fmt.Sprintf("%s %s: status %d: %s", method, url, status, text))
	}
	return text
}

// try makes a request that may be refused.
func (r *run) try(method, url, body string, headers ...string) (status int, text string) {
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	check(err)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := r.client.Do(req)
	check(err)
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	check(err)
	return resp.StatusCode, string(all)
}

// basic is the value of a header for basic authentication.
func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// member returns a member of a JSON object.
func member(object, name string) string {
	var m map[string]any
	check(json.Unmarshal([]byte(object), &m))
	s, _ := m[name].(string)
	if s == "" {
		panic(fmt.Sprintf("no %s in %.300s", name, object))
	}
	return s
}

// hold sends the beginning of a request, or all of one that isn't answered soon, and keeps
// the connection.
func (r *run) hold(port int, secure bool, text string) {
	var c net.Conn
	c, err := net.Dial("tcp", address(port))
	check(err)
	if secure {
		c = tls.Client(c, &tls.Config{InsecureSkipVerify: true})
	}
	_, err = io.WriteString(c, text)
	check(err)
	r.open = append(r.open, c)
}

// form is the type of a body.
const form = "application/x-www-form-urlencoded"

// half cuts a request in its header.
func half(request string) string { return strings.TrimSuffix(request, "\r\n") }

// request is the text of a request whose body is longer than what is sent of it.
func request(method, path, body string, headers ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n", method, path)
	for i := 0; i < len(headers); i += 2 {
		fmt.Fprintf(&b, "%s: %s\r\n", headers[i], headers[i+1])
	}
	if body != "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body)+100)
	}
	return b.String() + "\r\n" + body
}

// line reads one line from a connection.
func line(r *bufio.Reader) string {
	s, err := r.ReadString('\n')
	check(err)
	return s
}

// read returns the text of a file.
func read(path string) string {
	b, err := os.ReadFile(path)
	check(err)
	return string(b)
}
