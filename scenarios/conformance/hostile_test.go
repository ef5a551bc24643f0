package conformance_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/results"
)

// Whatever a server sends, the harness doesn't break on it: an error would blame us.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	const jwtOf = "eyJhbGciOiJFUzI1NiJ9" // {"alg":"ES256"}
	for i, body := range []string{
		``, `null`, `[]`, `"text"`, `7`, `{}`, `{"access_token":`, `{}{}`, "\xff\xfe", `{"a":"\u0000\u001b[31m"}`,
		"{\"access_token\":\"x\",\"scope\":\"\u202e\u009b31m\",\"token_type\":\"\u202e\",\"active\":\"\u202e\"}",
		`{"access_token":"x","expires_in":"` + strings.Repeat("y", 2000) + `","active":"` + strings.Repeat("y", 2000) + `"}`,
		`{"access_token":7,"active":7,"keys":7}`,
		`{"access_token":null,"active":null,"keys":null}`,
		`{"access_token":"","active":"","keys":""}`,
		`{"access_token":"a.b.c","active":true,"keys":[7,null,{},{"kty":"RSA"}]}`,
		`{"access_token":"..","active":true,"keys":[]}`,
		`{"access_token":"` + jwtOf + `.e30.","active":true,"keys":[]}`,
		`{"access_token":"` + jwtOf + `.W10.AA","active":true,"keys":[]}`,
		`{"access_token":"` + jwtOf + `.eyJhdWQiOltbXSw3XSwic2NvcGUiOnt9LCJleHAiOjFlOTk5OX0.AA","active":true,"aud":[[],7],"scope":{},"exp":1e9999,"iat":-1}`,
		`{"access_token":"x","expires_in":1e9999,"active":true,"exp":99999999999999999999,"client_id":[]}`,
		`{"access_token":"x","expires_in":9223372036854775807,"active":true,"exp":9223372036854775807}`,
		`{"access_token":"` + strings.Repeat("x", 1<<19) + `","active":true}`,
		strings.Repeat(`{"a":`, 20000),
		strings.Repeat(`[`, 20000),
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			for _, status := range []int{200, 400} {
				clock := newClock()
				inst := reference(t, clock, func(*issuer.Issuer) (http.Handler, error) {
					return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
						w.Header().Set("Content-Type", "application/json; charset")
						w.WriteHeader(status)
						_, _ = w.Write([]byte(body))
					}), nil
				})
				for _, f := range judge(t, all(), inst, clock) {
					if f.Verdict == results.Error || f.Verdict == results.None && f.Reason == "" {
						t.Errorf("status %d: %s: %s, %q", status, f.Check, f.Verdict, f.Reason)
					}
					if f.Verdict == results.Pass && f.Check == "rfc9068/2.1/signed" {
						t.Errorf("status %d: a signature verifies", status)
					}
					acts := func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }
					if text := f.Observed + f.Reason + strings.Join(f.Evidence, ""); strings.ContainsFunc(text, acts) {
						t.Errorf("status %d: %s: a character is written that acts on a terminal", status, f.Check)
					}
					if len([]rune(f.Observed)) > 501 || len([]rune(f.Reason)) > 501 {
						t.Errorf("status %d: %s: what was seen is as long as the server likes", status, f.Check)
					}
				}
			}
		})
	}
}
