package issuer

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// Only a gateway that likes a JWT best gets one; everybody else gets what they always got.
func TestStandInAccept(t *testing.T) {
	t.Parallel()
	c := formsConfig()
	c.Clients = []Client{clientOf("phantom-ES256"), clientOf("opaque"), clientOf("ES256")}
	c.Clients[1].Secret, c.Clients[2].Secret = "s-opaque", "s-ES256"
	i := newStandIn(t, c, newClock(), nil)
	const json, jwt, signed = "application/json", "application/jwt", "application/token-introspection+jwt"
	phantom := obtain(t, i, "phantom-ES256", "")
	for accept, want := range map[string]string{
		jwt: jwt, "Application/JWT": jwt, jwt + ", " + json + ";q=0.5": jwt, jwt + ";q=0.9, " + signed + ";q=0.1, */*;q=0.8": jwt, jwt + ", */*": jwt,
		jwt + ";q=0.9, */*": json,
		"":                  json, "*/*": json, "application/*": json, json: json, jwt + ";q=0": json, jwt + ";q=NaN": json, jwt + ", " + json: json,
		jwt + ";q=0.5, " + json: json, signed + ", " + jwt: signed, signed: signed,
	} {
		if w := introspectAs(i, accept, phantom); w.Code != 200 || w.Header().Get("Content-Type") != want {
			t.Errorf("Accept %q: status %d, %s, want %s", accept, w.Code, w.Header().Get("Content-Type"), want)
		}
		if w := introspectAs(i, accept, "x"); (w.Code == 204) != (want == jwt) {
			t.Errorf("Accept %q of an unknown token: status %d", accept, w.Code)
		}
	}
	if w := exchange(i, obtain(t, i, "opaque", "")); w.Code != 200 || object(t, w)["active"] != true {
		t.Errorf("a token without JWT: status %d", w.Code)
	}
	if plain := obtain(t, i, "ES256", ""); wantJWT(t, i, plain) != plain {
		t.Error("a JWT isn't its own")
	}
	w := do(i, request{path: "/introspect", id: "phantom-ES256", secret: "s-phantom-ES256", body: url.Values{"token": {phantom}}.Encode(),
		header: http.Header{"Accept": {jwt}}})
	if w.Code != 200 || object(t, w)["active"] != true {
		t.Errorf("the client itself: status %d, %s", w.Code, w.Header().Get("Content-Type"))
	}
	wantCode(t, do(i, request{path: "/introspect", id: "rs", secret: "wrong", body: "token=x", header: http.Header{"Accept": {jwt}}}), "invalid_client")
}

// A store that is down doesn't make a token inactive, and no token is given out unkept.
func TestStandInUnavailable(t *testing.T) {
	t.Parallel()
	clk := newClock()
	memory := store.NewMemory(clk.now, sweepPeriod)
	defer memory.Close()
	s := &failingStore{Store: memory}
	s.left.Store(1 << 30)
	c := formsConfig()
	c.Persistence.Opaque.AtRest.Kind = Plain
	c.Clients = []Client{clientOf("phantom-ES256"), clientOf("split-ES256")}
	i := newStandIn(t, c, clk, s)
	for _, id := range []string{"phantom-ES256", "split-ES256"} {
		tok := obtain(t, i, id, "")
		s.left.Store(0)
		wantProblem(t, exchange(i, tok), 503, "temporarily_unavailable")
		wantProblem(t, do(i, request{path: "/token", id: id, secret: "s-" + id, body: plainGrant}), 503, "temporarily_unavailable")
		s.left.Store(1 << 30)
		wantJWT(t, i, tok)
	}
}

func TestStandInConfig(t *testing.T) {
	t.Parallel()
	const head, tail = "issuer: https://as.example\nresource: urn:api\nclients: [{id: a, secret: s, scopes: [read], form: ", "}]\n"
	for name, c := range map[string]struct{ text, want string }{
		"phantom":             {head + "phantom-RS256" + tail, "client 1: form phantom-RS256: persistence: opaque: needs keep: token"},
		"phantom, hashed":     {head + "phantom-RS256" + tail + "persistence: {opaque: {keep: token}}", "at_rest of kind plain or encrypted"},
		"phantom, claims":     {head + "phantom-RS256" + tail + "persistence: {opaque: {at_rest: {kind: plain}}}", "needs keep: token"},
		"phantom, whole":      {head + "phantom-HS256" + tail + "persistence: {opaque: {keep: token, at_rest: {kind: encrypted}}}", ""},
		"split":               {head + "split-ML-DSA-65" + tail, ""},
		"split of an HMAC":    {head + "split-HS256" + tail, `form "split-HS256": none of`},
		"split and encrypted": {head + "split-ES256, encrypt: {alg: dir, jwk: {kty: oct, k: AA}}" + tail, "encrypt: only for self-contained tokens"},
	} {
		_, err := ParseConfig(strings.NewReader(c.text))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: error %v, want %q in it", name, err, c.want)
		}
	}
}

// Nothing but what was issued is exchanged for a JWT.
func FuzzExchange(f *testing.F) {
	c := formsConfig()
	c.Clients = []Client{clientOf("phantom-ES256"), clientOf("split-ES256")}
	i := newStandIn(f, c, newClock(), nil)
	var known []string
	for _, id := range []string{"phantom-ES256", "split-ES256"} {
		tok := obtain(f, i, id, "")
		known = append(known, tok, wantJWT(f, i, tok))
	}
	for _, seed := range append(known, "", "..", "a.b", strings.Repeat("A", token.MinSplitLength), strings.Repeat("\x00", 6170)) {
		f.Add(seed, "application/jwt")
	}
	f.Add(known[0], "application/jwt;q=0.5, application/json;q=1e309")
	f.Fuzz(func(t *testing.T, tok, accept string) {
		w := introspectAs(i, accept, tok)
		if w.Code >= 500 {
			t.Errorf("status %d", w.Code)
		}
		if w.Header().Get("Content-Type") == "application/jwt" && !slices.Contains(known, tok) {
			t.Error("a JWT for a token that wasn't issued")
		}
		if w.Code == http.StatusNoContent && (w.Body.Len() > 0 || slices.Contains(known, tok)) {
			t.Error("204 about an active token, or with a body")
		}
	})
}
