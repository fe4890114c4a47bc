package main

import (
	"fmt"
	"strings"
)

// scraping takes the upstream, and secrets.
const scraping = `
global: {scrape_interval: 1s, external_labels: {cluster: east, replica: a}}
scrape_configs:
- job_name: shop
  basic_auth: {username: scraper, password: %[2]q}
  static_configs: [{targets: [%[1]q], labels: {team: orders}}]
- job_name: api
  authorization: {type: Bearer, credentials: %[3]q}
  static_configs: [{targets: [%[1]q]}]
- job_name: slow
  metrics_path: /hang/metrics
  scrape_interval: 100s
  scrape_timeout: 90s
  authorization: {credentials: %[4]q}
  params: {token: [%[5]q]}
  static_configs: [{targets: [%[1]q]}]
- job_name: issued
  oauth2:
    {client_id: prom, client_secret: %[6]q, token_url: "http://%[1]s/token", endpoint_params: {audience: metrics}}
  static_configs: [{targets: [%[1]q]}]
- job_name: headers
  http_headers: {X-Api-Key: {secrets: [%[7]q]}}
  proxy_url: "http://proxy:%[8]s@127.0.0.1:1"
  static_configs: [{targets: [%[1]q]}]
- job_name: discovered
  http_sd_configs: [{url: "http://%[1]s/sd", basic_auth: {username: sd, password: %[9]q}}]
- job_name: cloud
  ec2_sd_configs:
  - {region: eu-west-1, access_key: AKIA%[13]s, secret_key: %[10]q, endpoint: "http://%[1]s/ec2"}
remote_write:
- url: "http://%[1]s/write"
  basic_auth: {username: writer, password: %[11]q}
alerting:
  alertmanagers: [{scheme: http, authorization: {credentials: %[12]q}, static_configs: [{targets: [%[1]q]}]}]
`

// prometheus scrapes targets that want credentials, and writes to a store that does.
func prometheus(r *run) {
	listen := port()
	cert, key := r.certificate("TLS key")
	admin := r.password("password of a user")
	hashed := r.add("bcrypt hash", r.command("caddy", "hash-password", "--plaintext", admin))
	web := r.file("web.yml", fmt.Sprintf(`
tls_server_config: {cert_file: %q, key_file: %q}
basic_auth_users: {admin: %q}
`, cert, key, hashed))
	host := strings.TrimPrefix(r.upstreamURL(), "http://")
	conf := r.file("prometheus.yml", fmt.Sprintf(scraping, host,
		r.password("password for a target"), r.token("token for a target", 40), r.token("token for a slow target", 40),
		r.token("token in parameters", 32), r.password("client secret"), r.hex("key in a header", 20),
		r.token("password of a proxy", 20), r.chosen("chosen password for discovery"), r.token("cloud key", 40),
		r.password("password for writing"), r.token("token for alerts", 40), strings.ToUpper(random(letters, 16))))
	r.env = []string{"GRAFANA_API_KEY=glsa_" + r.token("key in the environment", 32)}
	r.start(listen, "prometheus", "--config.file="+conf, "--web.config.file="+web, "--storage.tsdb.path=data",
		"--web.listen-address="+address(listen), "--log.level=debug")

	at := "https://" + address(listen)
	right := basic("admin", admin)
	for _, path := range []string{"status/config", "query?query=up", "targets", "labels"} {
		r.do("GET", at+"/api/v1/"+path, "", "Authorization", right)
	}
	r.do("GET", at+"/api/v1/query?query=rate(http_requests_total[1m])", "", "Authorization", right,
		"Cookie", "grafana_session="+r.hex("session cookie", 16))
	wrong := basic("eve", r.password("wrong password"))
	r.repeat(func() { r.try("GET", at+"/metrics", "", "Authorization", wrong) })
	r.hold(listen, true, request("POST", "/api/v1/query", "query=up&token="+r.token("token in half a body", 32),
		"Authorization", right, "Content-Type", form))
	r.hold(listen, true, half(request("GET", "/api/v1/query?query=up", "", "Authorization",
		basic("erin", r.password("password in half a request")))))
}
