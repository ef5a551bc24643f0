package issuer

import (
	"net/http"
	"strings"
	"testing"
)

// A page may read what is public, and a public client's page may do what such a client does.
func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	c := partyConfig()
	c.Clients[len(c.Clients)-1].RedirectURIs = []string{"https://spa.example:8443/cb", "https://Default.example:443/cb", "http://127.0.0.1/cb", "app://cb"}
	i := newIssuer(t, c, newClock())
	const everyone, ours = "*", "https://spa.example:8443"
	for path, want := range map[string]struct{ shared, method string }{
		pathMetadata: {everyone, "GET, HEAD"}, pathOpenID: {everyone, "GET, HEAD"}, pathJWKS: {everyone, "GET, HEAD"},
		pathResourceMetadata: {everyone, "GET, HEAD"},
		pathToken:            {ours, "POST"}, pathRevocation: {ours, "POST"}, pathUserinfo: {ours, "GET, POST"},
		pathIntrospection: {}, pathAuthorization: {}, pathStatus: {}, pathEvents: {}, pathMetrics: {},
	} {
		for origin, allowed := range map[string]bool{
			ours: true, "https://default.example": true, "http://127.0.0.1:5173": true, "http://127.0.0.1": true,
			"https://spa.example": false, "http://spa.example:8443": false, "https://spa.example:8443.evil.example": false,
			"http://localhost:5173": false, "https://127.0.0.1:5173": false, "http://127.0.0.1:5173/": false,
			"https://app.example": false, // a confidential client's, which has a secret to keep
			"app://cb":            false, "null": false, "": false, "*": false,
		} {
			for _, preflight := range []bool{true, false} {
				q := request{method: "GET", path: path, media: "none", header: http.Header{}}
				if origin != "" {
					q.header.Set("Origin", origin)
				}
				if preflight {
					q.method = http.MethodOptions
					q.header.Set("Access-Control-Request-Method", "POST")
					q.header.Set("Access-Control-Request-Headers", "dpop")
				}
				w := do(i, q)
				h := w.Header()
				expected := ""
				switch {
				case want.shared == everyone:
					expected = "*"
				case want.shared == ours && allowed:
					expected = origin
				}
				if got := h.Get("Access-Control-Allow-Origin"); got != expected || h.Get("Access-Control-Allow-Credentials") != "" {
					t.Errorf("%s from %q, preflight %t: Access-Control-Allow-Origin %q, want %q", path, origin, preflight, got, expected)
				}
				if answered := preflight && expected != ""; (w.Code == http.StatusNoContent) != answered || answered && h.Get("Access-Control-Allow-Methods") != want.method {
					t.Errorf("%s from %q, preflight %t: status %d, methods %q", path, origin, preflight, w.Code, h.Get("Access-Control-Allow-Methods"))
				}
				if want.shared == ours && origin != "" && !strings.Contains(h.Get("Vary"), "Origin") {
					t.Errorf("%s from %q: Vary %q", path, origin, h.Get("Vary"))
				}
			}
		}
	}
	w := do(i, request{path: "/token", body: "grant_type=refresh_token&refresh_token=x&client_id=public", header: http.Header{"Origin": {ours}}})
	if w.Code != 400 || w.Header().Get("Access-Control-Allow-Origin") != ours || !strings.Contains(w.Header().Get("Access-Control-Expose-Headers"), "DPoP-Nonce") {
		t.Errorf("an error that a page has to read: status %d, %v", w.Code, w.Header())
	}
}

// RFC 8252, section 7.3: a native application listens on whichever port is free.
func TestLoopbackRedirect(t *testing.T) {
	t.Parallel()
	c := partyConfig()
	public := &c.Clients[len(c.Clients)-1]
	public.RedirectURIs = []string{"http://127.0.0.1/cb", "http://[::1]:9/cb?x=1", "http://localhost/cb", "https://127.0.0.1/cb"}
	i := newIssuer(t, c, newClock())
	for uri, want := range map[string]bool{
		"http://127.0.0.1/cb": true, "http://127.0.0.1:51004/cb": true, "http://127.0.0.1:1/cb": true, "http://127.0.0.1:65535/cb": true,
		"http://[::1]:51004/cb?x=1": true, "http://[::1]/cb?x=1": true, "http://localhost/cb": true, "https://127.0.0.1/cb": true,
		"http://127.0.0.1:0/cb": false, "http://127.0.0.1:65536/cb": false, "http://127.0.0.1:/cb": false, "http://127.0.0.1:x/cb": false,
		"http://127.0.0.1:51004/other": false, "http://127.0.0.1:51004": false, "http://127.0.0.1:51004/cb?x=1": false,
		"http://127.0.0.1:80@evil.example/cb": false, "http://127.0.0.1:80.evil.example/cb": false, "http://127.0.0.1.evil.example/cb": false,
		"http://127.0.0.1:51004/cb#": false, "http://127.0.0.2:51004/cb": false, "http://[::1]:51004/cb": false,
		"http://localhost:51004/cb": false, "https://127.0.0.1:51004/cb": false,
	} {
		v := authorization("public")
		v.Set("redirect_uri", uri)
		w := do(i, request{method: "GET", path: "/authorize?" + v.Encode(), media: "none"})
		where := w.Header().Get("Location")
		if (where != "") != want || want && !strings.HasPrefix(where, uri) {
			t.Errorf("%s: status %d, Location %q", uri, w.Code, where)
		}
	}
	// The code is for the port that was asked for (RFC 6749, section 4.1.3).
	v := authorization("public")
	v.Set("redirect_uri", "http://127.0.0.1:51004/cb")
	where := do(i, request{method: "GET", path: "/authorize?" + v.Encode(), media: "none"}).Header().Get("Location")
	code := where[strings.Index(where, "code=")+5:]
	code, _, _ = strings.Cut(code, "&")
	at := func(uri string) request {
		f := codeOf(code)
		f.Set("redirect_uri", uri)
		f.Set("client_id", "public")
		return ask("", f)
	}
	wantCode(t, do(i, at("http://127.0.0.1:51005/cb")), "invalid_grant")
	granted(t, i, at("http://127.0.0.1:51004/cb"))
}
