package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
)

// An upstream is what a server asks: an application, an issuer of tokens, a target of metrics.
type upstream struct {
	*httptest.Server
	gone chan struct{} // closed to end the requests to /hang
}

// upstreamURL starts an upstream and returns its address.
func (r *run) upstreamURL() string {
	token, cookie := r.token("token issued by an upstream", 40), r.hex("cookie set by an upstream", 32)
	u := &upstream{gone: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("/hang/", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-u.gone:
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":3600}`, token)
	})
	mux.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		for i := range 50 {
			fmt.Fprintf(w, "http_requests_total{code=\"200\",handler=\"/api/v1/orders/%d\"} %d\n", i, i*i)
		}
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: cookie, HttpOnly: true})
		fmt.Fprintf(w, `{"path":%q,"items":["apples","pears"],"user":"alice"}`, r.URL.Path)
	})
	u.Server, r.upstream = httptest.NewServer(mux), u
	return u.URL
}

func (u *upstream) stop() {
	close(u.gone)
	u.CloseClientConnections()
	u.Close()
}
