package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Credentials go to the server that was named and nowhere else. On one host, net/http
// would send them along to any port.
func TestResolveFollowsNoRedirect(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s reached another server, with credentials: %v", r.Method, r.URL, r.Header.Get("Authorization") != "")
	}))
	t.Cleanup(elsewhere.Close)
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
			return
		}
		fmt.Fprintf(w, `{"issuer":%q,"token_endpoint":%q}`, server.URL, server.URL+"/token")
	}))
	t.Cleanup(server.Close)
	t.Setenv("OAUTHMARK_CLIENT_ID", "me")
	t.Setenv("OAUTHMARK_CLIENT_SECRET", "s3cr3t")
	_, err := (resolver{mayAsk: true}).resolve(t.Context(), []string{server.URL})
	if err == nil || !strings.Contains(err.Error(), "answered 307") {
		t.Errorf("error %v, want one that names the redirect", err)
	}
}
