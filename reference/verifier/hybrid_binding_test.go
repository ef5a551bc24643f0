package verifier

import (
	"testing"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// What the token is bound to stays to be proved, whatever the issuer says of it now, and
// what the issuer says has to be proved besides.
func TestHybridDemandsBothBindings(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name       string
		said       map[string]any // cnf of the token
		now        string         // of the answer
		want       claims.Confirmation
		wantReason claims.Reason
	}{
		{"token alone", map[string]any{"jkt": "k"}, ``, claims.Confirmation{Thumbprint: "k"}, ""},
		{"answer alone", nil, `,"cnf":{"x5t#S256":"c"}`, claims.Confirmation{Certificate: "c"}, ""},
		{"the same", map[string]any{"jkt": "k"}, `,"cnf":{"jkt":"k"}`, claims.Confirmation{Thumbprint: "k"}, ""},
		{"one each", map[string]any{"jkt": "k"}, `,"cnf":{"x5t#S256":"c"}`, claims.Confirmation{Thumbprint: "k", Certificate: "c"}, ""},
		{"one more", map[string]any{"x5t#S256": "c"}, `,"cnf":{"jkt":"k","x5t#S256":"c"}`, claims.Confirmation{Thumbprint: "k", Certificate: "c"}, ""},
		{"another key", map[string]any{"jkt": "k"}, `,"cnf":{"jkt":"l"}`, claims.Confirmation{}, claims.ReasonBinding},
		{"another certificate", map[string]any{"x5t#S256": "c"}, `,"cnf":{"x5t#S256":"d"}`, claims.Confirmation{}, claims.ReasonBinding},
		{"token not understood", map[string]any{"kid": "x"}, `,"cnf":{"jkt":"k"}`, claims.Confirmation{Thumbprint: "k", Unknown: true}, ""},
		{"answer not understood", map[string]any{"jkt": "k"}, `,"cnf":{"kid":"x"}`, claims.Confirmation{Thumbprint: "k", Unknown: true}, ""},
		{"empty answer", map[string]any{"jkt": "k"}, `,"cnf":{}`, claims.Confirmation{Thumbprint: "k", Unknown: true}, ""},
		{"empty token", map[string]any{}, `,"cnf":{"jkt":"k"}`, claims.Confirmation{Thumbprint: "k", Unknown: true}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t)
			v, c := u.verifier(t)
			u.answer(200, `{"active":true`+test.now+`}`)
			payload := goodClaims(c.now())
			if test.said != nil {
				payload["cnf"] = test.said
			}
			said, err := strategy(t, v, Hybrid).(Judicious).JudgeRisky(t.Context(), sign(t, testKeys().ec, goodHeader("ES256"), payload))
			wantReason(t, err, test.wantReason)
			if err == nil && (said.Confirmation == nil || *said.Confirmation != test.want) {
				t.Errorf("got %+v, want %+v", said.Confirmation, test.want)
			}
		})
	}
}

// The issuer's answer takes scope away, and gives none that the token doesn't have.
func TestHybridScope(t *testing.T) {
	t.Parallel()
	for now, want := range map[string]string{``: "read write", `,"scope":"read"`: "read", `,"scope":"admin read"`: "read", `,"scope":"admin"`: ""} {
		u := newUpstream(t)
		v, c := u.verifier(t)
		u.answer(200, `{"active":true`+now+`}`)
		said, err := strategy(t, v, Hybrid).(Judicious).JudgeRisky(t.Context(), tokenOf(t, c, "ES256"))
		wantReason(t, err, "")
		if said.Scope != want {
			t.Errorf("%s: scope %q, want %q", now, said.Scope, want)
		}
	}
}
