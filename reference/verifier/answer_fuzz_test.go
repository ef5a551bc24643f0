package verifier

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// FuzzParseAnswer: no answer of an introspection endpoint is active that doesn't say so,
// whatever its status.
func FuzzParseAnswer(f *testing.F) {
	for _, seed := range []string{`{"active":true}`, `{"active":false}`, `{"active":null}`, `{"active":"true"}`, `{"active":true,"active":false}`,
		`{"active":true,"exp":1,"aud":["a"],"cnf":{"jkt":"k"}}`, `{"error":"invalid_client"}`, `[]`, `{"active":true}{}`, "\xef\xbb\xbf{\"active\":true}"} {
		f.Add(200, "application/json", []byte(seed))
	}
	f.Add(400, "application/json", []byte(`{"active":true}`))
	f.Add(200, "text/html", []byte(`{"active":true}`))
	f.Fuzz(func(t *testing.T, status int, contentType string, body []byte) {
		a, err := parseAnswer(reply{status, http.Header{"Content-Type": {contentType}}, body}, claims.Dialect{})
		if err != nil || !a.active {
			return
		}
		var said struct {
			Active any `json:"active"`
		}
		if status != 200 || json.Unmarshal(body, &said) != nil || said.Active != true {
			t.Errorf("status %d, %q: active", status, body)
		}
	})
}
