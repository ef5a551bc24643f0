package rfc7662

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/results"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	claims := map[string]any{"iss": "i", "sub": "s", "client_id": "c", "jti": "secret-jti", "aud": []any{"b", "a"}, "scope": "read write",
		"exp": json.Number("3"), "iat": json.Number("1"), "nbf": json.Number("2")}
	for name, differs := range map[string]any{"iss": "x", "sub": "x", "client_id": "x", "jti": "other-jti", "aud": "a", "scope": "read admin",
		"exp": json.Number("4"), "iat": json.Number("4"), "nbf": json.Number("4")} {
		o := compare(claims, map[string]any{name: differs})
		if o.Verdict != results.Fail || !strings.HasPrefix(o.Observed, name+" is ") || strings.Contains(o.Observed, "-jti") {
			t.Errorf("%s: %s, observed %q", name, o.Verdict, o.Observed)
		}
		if o := compare(claims, map[string]any{name: claims[name]}); o.Verdict != results.Pass {
			t.Errorf("%s: %s where it is the same", name, o.Verdict)
		}
		if o := compare(claims, map[string]any{name: true}); o.Verdict != results.None {
			t.Errorf("%s: %s where it is of another type", name, o.Verdict)
		}
	}
}
