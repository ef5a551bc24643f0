package targets

import (
	"io"
	"net/http"
	"testing"

	"github.com/oauthmark/oauthmark/reference/keys"
)

func TestTokenRequest(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		client Client
		basic  [2]string
		body   string
	}{
		{Client{ID: "a", Secret: "s"}, [2]string{"a", "s"}, "grant_type=client_credentials"},
		// RFC 6749, appendix B: the form encoding of a space, %, &, + and of what isn't ASCII.
		{Client{ID: "a b:c", Secret: "%&+£€", Scopes: []string{"read", "write"}, Resource: "https://r.test"},
			[2]string{"a+b%3Ac", "%25%26%2B%C2%A3%E2%82%AC"},
			"grant_type=client_credentials&resource=https%3A%2F%2Fr.test&scope=read+write"},
	} {
		req, err := test.client.TokenRequest(t.Context(), "http://as.test/token")
		if err != nil {
			t.Fatal(err)
		}
		id, secret, _ := req.BasicAuth()
		body, err := io.ReadAll(req.Body)
		if err != nil || string(body) != test.body || [2]string{id, secret} != test.basic ||
			req.Method != http.MethodPost || req.URL.String() != "http://as.test/token" ||
			req.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
			t.Errorf("%s %s, %q, credentials %q, %s, %v", req.Method, req.URL, req.Header, [2]string{id, secret}, body, err)
		}
	}
	if _, err := (Client{}).TokenRequest(t.Context(), "::"); err == nil {
		t.Error("a request to no URL")
	}
}

func TestWord(t *testing.T) {
	t.Parallel()
	for _, a := range keys.Algorithms() {
		if got := Word(string(a), ""); got != string(a) {
			t.Errorf("%s: %q", a, got)
		}
	}
	for said, want := range map[string]string{"invalid_client": "invalid_client", "none": "none", Opaque: Opaque, "s3cr3t": "unknown", "": "unknown"} {
		if got := Word(said, "unknown"); got != want {
			t.Errorf("%q: %q", said, got)
		}
	}
}

// Every algorithm whose keys can be published is a form that a target may declare, and
// the usual forms come first.
func TestForms(t *testing.T) {
	t.Parallel()
	want := map[string]bool{Opaque: true}
	for _, a := range keys.Algorithms() {
		if d, _ := keys.Describe(a); !d.Shared() {
			want[string(a)] = true
		}
	}
	for i, form := range Forms() {
		if !want[form] || Usual(form) != (i < 4) {
			t.Errorf("%d: %s", i, form)
		}
		delete(want, form)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}
