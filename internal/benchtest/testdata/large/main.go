// Command large is a program of about 20 MB, most of it never called, that
// panics in an HTTP handler. It writes a dump to the file named by its argument
// and prints how many nanoseconds that took, from panic to the file.
package main

import (
	"crypto/tls"
	"database/sql"
	"debug/buildinfo"
	"encoding/xml"
	"expvar"
	"fmt"
	"go/doc"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"html/template"
	"image"
	"image/gif"
	_ "image/jpeg"
	_ "image/png"
	"log/slog"
	"net/http"
	"net/http/cgi"
	"net/http/cookiejar"
	"net/http/fcgi"
	"net/http/httptest"
	"net/http/httputil"
	_ "net/http/pprof"
	"net/mail"
	"net/rpc"
	"net/rpc/jsonrpc"
	"net/smtp"
	"os"
	"reflect"
	"slices"
	"testing"
	"testing/fstest"
	"testing/quick"
	"time"

	"coredumpy"
)

// linked are functions that the linker must keep, with all that they call.
var linked = []any{
	tls.Dial, sql.Open, buildinfo.ReadFile, xml.Unmarshal, expvar.Publish, doc.NewFromFiles, format.Source, importer.Default,
	parser.ParseFile, token.NewFileSet, (*types.Config).Check, template.New, image.Decode, gif.DecodeAll, slog.Default, http.ListenAndServe,
	cgi.Serve, cookiejar.New, fcgi.Serve, &httputil.ReverseProxy{}, mail.ReadMessage, rpc.Dial, jsonrpc.Dial, smtp.SendMail,
	testing.Main, fstest.TestFS, quick.Check,
}

type item struct {
	name  string
	price *int
}

// cheapest panics if an item has no price.
func cheapest(items []item) item {
	return slices.MinFunc(items, func(a, b item) int { return *a.price - *b.price })
}

func handle(w http.ResponseWriter, r *http.Request) {
	defer coredumpy.OnPanic(coredumpy.Path(os.Args[1]))
	price := 3
	fmt.Fprintln(w, cheapest([]item{{"tea", &price}, {"milk", nil}}))
}

func main() {
	if reflect.ValueOf(linked).MethodByName(os.Args[0]).IsValid() { // a name that isn't constant keeps all methods
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", handle)
	var start time.Time
	defer func() {
		recover()
		fmt.Println(time.Since(start).Nanoseconds())
	}()
	start = time.Now()
	mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/items?cheap=1", nil))
}
