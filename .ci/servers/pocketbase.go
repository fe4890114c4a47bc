package main

import "fmt"

// pocketbase runs with an administrator, a user, settings encrypted in its database, and
// sessions of both.
func pocketbase(r *run) {
	listen := port()
	admin, alice := r.password("password of the administrator"), r.chosen("chosen password of a user")
	r.env = []string{"PB_ENCRYPTION_KEY=" + r.token("key in the environment", 32)}
	r.command("pocketbase", "superuser", "upsert", "root@example.com", admin, "--dir", "data", "--encryptionEnv", "")
	r.start(listen, "pocketbase", "serve", "--http", address(listen), "--dir", "data",
		"--encryptionEnv", "PB_ENCRYPTION_KEY")

	at := "http://" + address(listen)
	call := func(method, path, body, token string) string {
		return r.do(method, at+path, body, "Content-Type", "application/json", "Authorization", token)
	}
	login := func(collection, name, password string) string {
		return r.signed("token of "+name, member(call("POST", "/api/collections/"+collection+"/auth-with-password",
			fmt.Sprintf(`{"identity":%q,"password":%q}`, name, password), ""), "token"))
	}
	root := login("_superusers", "root@example.com", admin)
	call("PATCH", "/api/settings", fmt.Sprintf(`{
		"meta": {"appName": "Shop", "senderName": "Support", "senderAddress": "help@example.com"},
		"smtp": {"enabled": true, "host": "127.0.0.1", "port": 1, "username": "mailer", "password": %q},
		"s3": {"enabled": false, "bucket": "files", "region": "eu", "endpoint": "http://127.0.0.1:1",
			"accessKey": "AKIAEXAMPLE", "secret": %q},
		"backups": {"s3": {"enabled": false, "secret": %q}}}`,
		r.password("SMTP password"), r.token("S3 secret", 40), r.token("S3 secret for backups", 40)), root)
	for _, c := range []string{"users", "_superusers"} {
		secret := func(name string) string {
			return fmt.Sprintf(`%q: {"secret": %q}`, name, r.token(name+" secret of "+c, 50))
		}
		call("PATCH", "/api/collections/"+c, "{"+secret("passwordResetToken")+","+secret("fileToken")+"}", root)
	}
	call("PATCH", "/api/collections/users", fmt.Sprintf(`{"oauth2": {"enabled": true, "providers": [
		{"name": "google", "clientId": "1234567890-shop.apps.example.com", "clientSecret": "GOCSPX-%s"}]}}`,
		r.token("OAuth2 client secret", 28)), root)
	call("POST", "/api/collections/users/records", fmt.Sprintf(
		`{"email":"alice@example.com","password":%q,"passwordConfirm":%q,"name":"Alice"}`, alice, alice), root)
	user := login("users", "alice@example.com", alice)
	call("GET", "/api/collections/users/records?perPage=10", "", root)
	call("POST", "/api/collections/users/auth-refresh", "", user)

	wrong := fmt.Sprintf(`{"identity":"alice@example.com","password":%q}`, r.password("wrong password"))
	r.repeat(func() {
		r.try("POST", at+"/api/collections/users/auth-with-password", wrong, "Content-Type", "application/json")
	})
	r.hold(listen, false, request("GET", "/api/realtime", "", "Authorization", user,
		"Cookie", "theme=dark; sid="+r.token("cookie", 32)))
	r.hold(listen, false, request("POST", "/api/collections/users/auth-with-password",
		fmt.Sprintf(`{"identity":"bob@example.com","password":%q`, r.password("password in half a body")),
		"Content-Type", "application/json"))
	r.hold(listen, false, request("PATCH", "/api/settings", fmt.Sprintf(`{"smtp":{"password":%q`,
		r.password("SMTP password in half a body")), "Content-Type", "application/json", "Authorization", root))
}
