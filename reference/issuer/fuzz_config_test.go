package issuer

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Whatever a file holds, it is taken or refused.
func FuzzParseConfig(f *testing.F) {
	const head = "issuer: https://as.example\nresource: https://api.example\n"
	for _, seed := range []string{"", head, head + "clients: [{id: a, secret: hunter2, form: opaque, scopes: [read]}]",
		head + "introspector: {id: a, secret: hunter2}\nlifetime_s: -1", head + "store: redis://:hunter2@127.0.0.1/0",
		head + "clients: [{id: a, auth: private_key_jwt, form: opaque, scopes: [read], jwks: {keys: [{kty: AKP, alg: ML-DSA-44, pub: hunter2}]}}]",
		head + "hmac_keys: {HS256: hunter2}", head + "persistence: {opaque: {keep: hunter2, at_rest: {kind: hunter2}}}",
		head + "clients: [{id: a, secret: s, form: ES256, scopes: [read], encrypt: {alg: dir, jwk: {kty: oct, k: hunter2}}}]",
		head + "users: [{name: a, password: hunter2, claims: {email: x}}]\nsecret_hash: hunter2", "a: &a [*a]", "- 1", "\t", head + "---\nx: 1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "key_file") || strings.Contains(text, "keys_file") || strings.Contains(text, "crypt") || strings.Contains(text, "pbkdf2") || strings.Contains(text, "argon") {
			return // files, and hashes that are slow on purpose
		}
		c, err := ParseConfig(strings.NewReader(text))
		if err != nil {
			return
		}
		if _, ok := c.Store.Kind(); !ok {
			t.Error("a store that isn't known is accepted")
		}
		if err := c.validate(); err != nil {
			t.Errorf("what was accepted isn't valid: %v", err)
		}
	})
}

// Whatever is read, by whatever headers, the server doesn't fail.
func FuzzRead(f *testing.F) {
	i := newIssuer(f, listedConfig(), newClock())
	for _, path := range []string{pathDenylist, pathStatusLists + "0123456789ab", pathUserinfo, pathEvents, pathMetrics, pathJWKS, pathMetadata} {
		f.Add(path, "after=x&time=1", "Bearer x", "*/*;q=0.1", "x")
	}
	f.Add(pathUserinfo, "", "DPoP x", "", "e30.e30.e30")
	f.Fuzz(func(t *testing.T, path, query, authorization, accept, more string) {
		if path == pathEvents && strings.HasPrefix(strings.ToLower(authorization), "basic") {
			return // that may become a stream
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path, r.URL.RawQuery = path, query
		r.Header = http.Header{"Authorization": {authorization}, "Accept": {accept}, "Accept-Encoding": {accept},
			"If-None-Match": {more}, "Last-Event-Id": {more}, "Dpop": {more}}
		w := httptest.NewRecorder()
		i.ServeHTTP(w, r)
		// A list of the past is not implemented, by the draft's own word.
		if w.Code >= 500 && w.Code != http.StatusNotImplemented {
			t.Errorf("status %d", w.Code)
		}
	})
}
