package main

import (
	"encoding/base64"
	"fmt"
)

// etcd runs with TLS, users, roles and tokens signed with a key.
func etcd(r *run) {
	clients, peers := port(), port()
	cert, key := r.certificate("TLS key")
	verifying, signing := r.certificate("key that signs tokens")
	r.env = []string{
		"ETCD_INITIAL_CLUSTER_TOKEN=" + r.token("cluster token in the environment", 24),
		"BACKUP_S3_SECRET_KEY=" + r.token("key in the environment that etcd doesn't know", 40),
	}
	at, peer := "https://"+address(clients), "http://"+address(peers)
	r.start(clients, "etcd", "--name=n1", "--data-dir=data", "--log-level=debug",
		"--cert-file="+cert, "--key-file="+key, "--listen-client-urls="+at, "--advertise-client-urls="+at,
		"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=n1="+peer,
		"--auth-token=jwt,pub-key="+verifying+",priv-key="+signing+",sign-method=ES256,ttl=10m")
	post := func(path, body string, headers ...string) string { return r.do("POST", at+path, body, headers...) }
	user := func(name, password, role string) {
		post("/v3/auth/user/add", fmt.Sprintf(`{"name":%q,"password":%q}`, name, password))
		post("/v3/auth/user/grant", fmt.Sprintf(`{"user":%q,"role":%q}`, name, role))
	}
	post("/v3/auth/role/add", `{"name":"root"}`)
	post("/v3/auth/role/add", `{"name":"reader"}`)
	post("/v3/auth/role/grant",
		`{"name":"reader","perm":{"key":"L2FwcC8=","range_end":"L2FwcDA=","permType":"READWRITE"}}`)
	root, alice := r.password("password of root"), r.chosen("chosen password of a user")
	user("root", root, "root")
	user("alice", alice, "reader")
	user("bob", r.password("password of a user who doesn't log in"), "reader")
	post("/v3/auth/enable", "{}")
	login := func(name, password string) string {
		answer := post("/v3/auth/authenticate", fmt.Sprintf(`{"name":%q,"password":%q}`, name, password))
		return r.signed("token of "+name, member(answer, "token"))
	}
	post("/v3/auth/user/changepw", fmt.Sprintf(`{"name":"bob","password":%q}`, r.password("changed password")),
		"Authorization", login("root", root))
	rootToken, aliceToken := login("root", root), login("alice", alice)
	put := func(key, value string) {
		b64 := base64.StdEncoding.EncodeToString
		post("/v3/kv/put", fmt.Sprintf(`{"key":%q,"value":%q}`, b64([]byte(key)), b64([]byte(value))),
			"Authorization", aliceToken)
	}
	put("/app/db_password", r.password("value of a key that says so"))
	put("/app/stripe", `{"api_key":"`+r.token("value in JSON", 32)+`","currency":"EUR"}`)
	put("/app/greeting", "Hello from the store")
	post("/v3/lease/grant", `{"TTL":600,"ID":77}`, "Authorization", rootToken)

	for _, body := range []string{
		fmt.Sprintf(`{"name":"root","password":%q}`, root), fmt.Sprintf(`{"name":"alice","password":%q}`, alice),
	} {
		r.repeat(func() { post("/v3/auth/authenticate", body) })
	}
	watch := `{"create_request":{"key":"L2FwcC8=","range_end":"L2FwcDA="}}`
	r.hold(clients, true, request("POST", "/v3/watch", watch, "Authorization", aliceToken))
	r.hold(clients, true, request("POST", "/v3/auth/authenticate",
		fmt.Sprintf(`{"name":"root","password":%q`, r.password("password in half a body"))))
	r.hold(clients, true, request("POST", "/v3/kv/range", `{"key":"L2FwcC8="`,
		"Authorization", "Bearer "+r.token("token of another issuer", 48),
		"Cookie", "sid="+r.token("cookie", 32)))
}
