package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
)

// nats runs with JetStream, accounts, TLS, a cluster and a leaf node.
func nats(r *run) {
	clients, monitor, cluster, leaf := port(), port(), port(), port()
	cert, key := r.certificate("TLS key")
	bob, alice := r.password("password of a user"), r.chosen("chosen password of a user")
	system := r.password("password of the system account")
	hashed := r.command("caddy", "hash-password", "--plaintext", r.password("password known by its hash"))
	r.add("bcrypt hash", hashed)
	fromEnv := r.token("password in the environment", 32)
	r.env = []string{"NATS_APP_PASSWORD=" + fromEnv}
	conf := r.file("nats.conf", fmt.Sprintf(`
server_name: n1
listen: %q
http: %q
debug: false
jetstream { store_dir: "js", key: %q, cipher: "chachapoly", max_mem: 64MB, max_file: 256MB }
tls { cert_file: %q, key_file: %q }
accounts {
  APP { jetstream: enabled, users: [
    {user: bob, password: %q, permissions: {publish: ["orders.>", "$JS.>"], subscribe: ["_INBOX.>", "orders.>"]}}
    {user: alice, password: %q}
    {user: hashed, password: %q}
    {user: app, password: $NATS_APP_PASSWORD}
  ] }
  SYS { users: [ {user: system, password: %q} ] }
}
system_account: SYS
cluster {
  name: east, listen: %q, authorization { user: route, password: %q, timeout: 2 }
  routes: [ "nats-route://peer:%s@127.0.0.1:%d" ]
}
leafnodes { remotes: [ { url: "nats-leaf://leaf:%s@127.0.0.1:%d", account: APP } ] }
`, address(clients), address(monitor), r.token("JetStream key", 40), cert, key, bob, alice, hashed, system,
		address(cluster), r.password("cluster password"), r.token("password in a route", 24), port(),
		r.token("password in a leaf node's URL", 22), leaf))
	r.start(clients, "nats", "-c", conf)

	r.nats(clients, "bob", bob)
	send := r.nats(clients, "alice", alice)
	r.nats(clients, "app", fromEnv)
	r.nats(clients, "system", system)
	r.nats(clients, "bob", r.password("wrong password of a user"))
	send("PUB $JS.API.STREAM.CREATE.ORDERS _INBOX.1 %d\r\n%s\r\n",
		`{"name":"ORDERS","subjects":["orders.>"],"storage":"memory"}`)
	send("PUB orders.new %d\r\n%s\r\n", `{"id":17,"customer":"Ada","api_key":"`+r.token("key in a message", 32)+`"}`)
	header := "NATS/1.0\r\nAuthorization: Bearer " + r.token("token in a message's header", 40) +
		"\r\nX-Trace: abc\r\n\r\n"
	send(fmt.Sprintf("HPUB orders.paid %d %%d\r\n%%s\r\n", len(header)), header+`{"id":17}`)
	late, _ := r.natsConn(clients)
	fmt.Fprintf(late, `CONNECT {"verbose":false,"user":"late","pass":"%s"`, r.password("password in half a command"))
	r.do("GET", "http://"+address(monitor)+"/varz", "", "Authorization", "Bearer "+r.token("token of the monitor", 40))
	r.hold(monitor, false, half(request("GET", "/connz?token="+r.token("token in a query", 32), "",
		"Cookie", "session="+r.token("cookie in half a request", 40))))
}

// natsConn connects a client as far as TLS.
func (r *run) natsConn(port int) (*tls.Conn, *bufio.Reader) {
	plain, err := net.Dial("tcp", address(port))
	check(err)
	r.open = append(r.open, plain)
	line(bufio.NewReader(plain)) // INFO: nothing follows it before TLS
	c := tls.Client(plain, &tls.Config{InsecureSkipVerify: true})
	check(c.Handshake())
	return c, bufio.NewReader(c)
}

// nats connects a client that stays; the function sends a command with the length of a
// payload and the payload.
func (r *run) nats(port int, user, password string) (send func(format, payload string)) {
	c, in := r.natsConn(port)
	fmt.Fprintf(c, `CONNECT {"verbose":false,"headers":true,"user":%q,"pass":%q,"lang":"go","version":"1.48.0"}`+
		"\r\nSUB orders.* 1\r\nPING\r\n", user, password)
	line(in)
	return func(format, payload string) {
		fmt.Fprintf(c, format, len(payload), payload)
		fmt.Fprint(c, "PING\r\n")
		line(in)
	}
}
