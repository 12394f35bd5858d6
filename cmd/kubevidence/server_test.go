package main

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
)

var update = flag.Bool("update", false, "write goldens anew")

// canned is an API server that answers GET /a/b with the file folder/a/b.json. A file
// a/b.403 or the like answers with that status and the file's text as its message;
// nothing there is 404. Lists that no file holds but discovery announces are empty lists.
func canned(folder string) (url string, stop func()) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		path := filepath.Join(folder, filepath.FromSlash(r.URL.Path))
		if data, err := os.ReadFile(path + ".json"); err == nil {
			_, _ = w.Write(data)
			return
		}
		for _, code := range []int{401, 403, 404, 500, 503} {
			if message, err := os.ReadFile(fmt.Sprintf("%s.%d", path, code)); err == nil {
				status(w, code, strings.TrimSpace(string(message)))
				return
			}
		}
		status(w, http.StatusNotFound, "the server could not find the requested resource")
	}))
	return server.URL, server.Close
}

var reasons = map[int]string{401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 500: "InternalError", 503: "ServiceUnavailable"}

func status(w http.ResponseWriter, code int, message string) {
	w.WriteHeader(code)
	fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":%q,"reason":%q,"code":%d}`, message, reasons[code], code)
}

// kubeconfig chooses a server on loopback.
func kubeconfig(url string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: test
clusters: [{name: testing, cluster: {server: %q}}]
users: [{name: tester, user: {token: opaque}}]
contexts: [{name: test, context: {cluster: testing, user: tester}}]
`, url)
}
