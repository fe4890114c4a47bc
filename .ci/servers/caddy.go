package main

import (
	"encoding/base64"
	"fmt"
)

// caddyfile takes addresses, files, hashes and secrets.
const caddyfile = `{
	admin %s
	http_port %d
	auto_https off
	log {
		level DEBUG
	}
	acme_eab {
		key_id kid-1
		mac_key %s
	}
}
https://%s {
	tls %s %s
	handle /app/* {
		basic_auth {
			bob %q
			alice %q
		}
		reverse_proxy %s {
			header_up Authorization "Bearer {env.UPSTREAM_TOKEN}"
			header_up X-Api-Key %s
		}
	}
	handle /hang/* {
		reverse_proxy %s {
			header_up X-Upstream-Secret %q
		}
	}
	@hook header X-Hook-Token %s
	respond @hook "hook accepted" 200
	handle {
		reverse_proxy %s
	}
}
`

// caddy is a proxy with basic authentication and TLS that adds headers of its own.
func caddy(r *run) {
	site, admin, upstream := port(), port(), r.upstreamURL()
	cert, key := r.certificate("TLS key")
	bob, alice := r.password("password of a user"), r.chosen("chosen password of a user")
	hash := func(password string) string {
		return r.add("bcrypt hash", r.command("caddy", "hash-password", "--plaintext", password))
	}
	r.env = []string{
		"UPSTREAM_TOKEN=" + r.token("token in the environment", 40),
		"XDG_DATA_HOME=" + r.dir, "XDG_CONFIG_HOME=" + r.dir,
	}
	file := r.file("Caddyfile", fmt.Sprintf(caddyfile, address(admin), port(),
		r.add("ACME MAC key", base64.RawURLEncoding.EncodeToString([]byte(random(printable, 32)))),
		address(site), cert, key, hash(bob), hash(alice), upstream, r.hex("key for the upstream", 20),
		upstream, r.password("secret for the upstream"), r.token("token of a hook", 32), upstream))
	r.start(site, "caddy", "run", "--config", file, "--adapter", "caddyfile")

	at := "https://" + address(site)
	r.do("GET", at+"/app/orders?access_token="+r.token("token in a query", 32), "", "Authorization", basic("bob", bob))
	r.do("GET", at+"/app/items", "", "Authorization", basic("alice", alice),
		"Cookie", "theme=dark; session="+r.hex("session cookie", 32))
	r.do("POST", at+"/login", "user=bob&password="+r.token("password in a form", 20), "Content-Type", form)

	wrong := basic("alice", r.password("wrong password"))
	r.repeat(func() { r.try("GET", at+"/app/orders", "", "Authorization", wrong) })
	bearer := "Bearer " + r.token("header", 36) + "." + r.token("payload", 60) + "." + r.token("signature", 43)
	r.hold(site, true, request("GET", "/hang/1", "", "Authorization", bearer, "X-Request-Id", "7f3a"))
	r.hold(site, true, request("GET", "/hang/2", "",
		"Authorization", basic("carol", r.password("password of a request under way")),
		"Cookie", "theme=dark; sid="+r.token("cookie of a request under way", 32)))
	r.hold(site, true, request("POST", "/login", "user=dave&password="+r.token("password in half a body", 20),
		"Content-Type", form))
	r.hold(site, true, request("POST", "/api/keys",
		`{"name":"ci","client_secret":"`+r.token("secret in half a body", 40)+`"`,
		"X-Csrf-Token", r.token("CSRF token", 32)))
	r.hold(site, true, half(request("GET", "/items", "",
		"Authorization", basic("erin", r.password("password in half a request")))))
}
