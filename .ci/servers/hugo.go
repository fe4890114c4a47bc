package main

import (
	"fmt"
)

// hugo serves a site whose templates ask an interface with a token.
func hugo(r *run) {
	listen, upstream := port(), r.upstreamURL()
	cert, key := r.certificate("TLS key")
	r.env = []string{
		"HUGO_API_TOKEN=" + r.token("token in the environment", 40),
		"HUGO_PARAMS_MAPS_KEY=AIza" + r.token("key in the environment for a parameter", 35),
		"HUGO_CACHEDIR=" + r.dir + "/cache",
	}
	r.file("site/hugo.toml", fmt.Sprintf(`
baseURL = "https://%s/"
title = "Shop"
languageCode = "en"
[params]
  description = "Apples and pears"
  search_api_key = %q
  [params.comments]
    provider = "remark"
    client_secret = %q
[security.funcs]
  getenv = ["^HUGO_", "^CI$"]
[security.http]
  urls = [".*"]
[[deployment.targets]]
  name = "production"
  URL = "s3://shop?region=eu-west-1&awssdk=v2&secret_key=%s"
`, address(listen), r.hex("key in a parameter", 16), r.password("secret in a parameter"),
		r.token("key in a URL", 40)))
	r.file("site/data/services.yaml", fmt.Sprintf("mail:\n  user: shop\n  password: %q\n  host: mail.example.com\n",
		r.chosen("chosen password in data")))
	r.file("site/layouts/index.html", fmt.Sprintf(`<title>{{ .Site.Title }}</title>
{{ $token := os.Getenv "HUGO_API_TOKEN" }}
{{ $opts := dict "headers" (dict "Authorization" (printf "Bearer %%s" $token) "X-Api-Key" %q) }}
{{ with try (resources.GetRemote "%s/items" $opts) }}
{{ with .Err }}{{ errorf "%%s" . }}{{ else }}{{ .Value.Content }}{{ end }}{{ end }}
{{ range .Site.RegularPages }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}
`, r.token("key in a template", 32), upstream))
	r.file("site/layouts/_default/single.html", "<h1>{{ .Title }}</h1>{{ .Content }}")
	for i := range 20 {
		r.file(fmt.Sprintf("site/content/posts/post-%d.md", i), fmt.Sprintf("---\ntitle: Post %d\ndate: 2026-01-%02d\n"+
			"tags: [fruit, news]\n---\n\n## Part\n\nApples are *red*, pears are green.\n", i, i+1))
	}
	r.start(listen, "hugo", "server", "--source", "site", "--bind", "127.0.0.1", "--port", fmt.Sprint(listen),
		"--tlsCertFile", cert, "--tlsKeyFile", key, "--disableFastRender")

	at := "https://" + address(listen)
	r.do("GET", at+"/", "", "Authorization", "Bearer "+r.token("token of a request", 40),
		"Cookie", "session="+r.hex("session cookie", 16))
	r.do("GET", at+"/posts/post-3/?token="+r.token("token in a query", 32), "")
	r.hold(listen, true, request("GET", "/livereload", "", "Upgrade", "websocket", "Connection", "Upgrade",
		"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "Origin", at,
		"Cookie", "theme=dark; sid="+r.token("cookie of a websocket", 32)))
	r.hold(listen, true, half(request("GET", "/posts/post-4/", "", "Authorization",
		"Bearer "+r.token("token in half a request", 40))))
}
