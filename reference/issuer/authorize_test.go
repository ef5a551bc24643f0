package issuer

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

// TestChallenge is the example of RFC 7636, appendix B.
func TestChallenge(t *testing.T) {
	t.Parallel()
	const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	if !provesChallenge(verifier, challenge) || !challengeS256(challenge) {
		t.Error("the example is refused")
	}
	for _, other := range []string{"", "short", verifier + "x", verifier + " ", strings.Repeat("x", 129), challenge} {
		if provesChallenge(other, challenge) {
			t.Errorf("%q proves the challenge", other)
		}
	}
}

func authorization(id string) url.Values {
	sum := sha256.Sum256([]byte(verifier))
	return url.Values{
		"response_type": {"code"}, "client_id": {id}, "redirect_uri": {testRedirect}, "login_hint": {"alice"}, "scope": {"read"},
		"state": {"a&b=c"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
}

// visit follows an authorization request and returns the parameters of the answer.
func visit(t *testing.T, i *Issuer, v url.Values) url.Values {
	t.Helper()
	w := do(i, request{method: "GET", path: "/authorize?" + v.Encode(), media: "none"})
	if w.Code != http.StatusFound || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("status %d, Cache-Control %q: %s", w.Code, w.Header().Get("Cache-Control"), w.Body)
	}
	where, ok := strings.CutPrefix(w.Header().Get("Location"), testRedirect+"&")
	if !ok {
		t.Fatalf("redirected elsewhere: %q", w.Header().Get("Location"))
	}
	got, err := url.ParseQuery(where)
	if err != nil || got.Get("iss") != testIssuer || got.Get("state") != v.Get("state") {
		t.Fatalf("iss %q, state %q: %v", got.Get("iss"), got.Get("state"), err)
	}
	return got
}

func codeOf(code string) url.Values {
	return url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {testRedirect}, "code_verifier": {verifier}}
}

func TestCodeGrant(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"app", "signed", "public"} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			i := newIssuer(t, partyConfig(), newClock())
			as := func(v url.Values) request {
				if id == "public" {
					return ask("", merged(v, url.Values{"client_id": {id}}))
				}
				return ask(id, v)
			}
			code := visit(t, i, authorization(id)).Get("code")
			if active(t, i, code) {
				t.Error("a code is active as an access token")
			}
			m := granted(t, i, as(codeOf(code)))
			about := object(t, introspect(i, text(m, "access_token")))
			if about["sub"] != "u-1" || about["username"] != "alice" || about["scope"] != "read" || about["client_id"] != id {
				t.Errorf("%v", about)
			}
			for name := range about {
				if strings.Contains(name, "challenge") || strings.Contains(name, "redirect") {
					t.Errorf("the token says %s", name)
				}
			}
			next := granted(t, i, as(refreshOf(text(m, "refresh_token"))))
			// The code again ends what came of it.
			wantCode(t, do(i, as(codeOf(code))), "invalid_grant")
			for _, m := range []map[string]any{m, next} {
				if active(t, i, text(m, "access_token")) {
					t.Error("a token outlived the reuse of its code")
				}
			}
			wantCode(t, do(i, as(refreshOf(text(next, "refresh_token")))), "invalid_grant")
		})
	}
}

func TestCodeRefused(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i := newIssuer(t, partyConfig(), clk)
	code := visit(t, i, authorization("app")).Get("code")
	for name, c := range map[string]struct {
		id     string
		change url.Values
		code   string
	}{
		"no code":         {"app", url.Values{"code": {""}}, "invalid_request"},
		"no verifier":     {"app", url.Values{"code_verifier": {""}}, "invalid_request"},
		"no redirect_uri": {"app", url.Values{"redirect_uri": {""}}, "invalid_request"},
		"another place":   {"app", url.Values{"redirect_uri": {"app://cb"}}, "invalid_grant"},
		"wrong verifier":  {"app", url.Values{"code_verifier": {strings.Repeat("a", 43)}}, "invalid_grant"},
		"short verifier":  {"app", url.Values{"code_verifier": {"a"}}, "invalid_grant"},
		"unknown code":    {"app", url.Values{"code": {"x"}}, "invalid_grant"},
		"another client":  {"app2", nil, "invalid_grant"},
		"no such grant":   {"once", nil, "unauthorized_client"},
		"as a refresh":    {"app", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {code}}, "invalid_grant"},
	} {
		t.Run(name, func(t *testing.T) { wantCode(t, do(i, ask(c.id, merged(codeOf(code), c.change))), c.code) })
	}
	// None of that has used it up.
	granted(t, i, ask("app", codeOf(code)))
	code = visit(t, i, authorization("app")).Get("code")
	clk.advance(codeLifetime)
	wantCode(t, do(i, ask("app", codeOf(code))), "invalid_grant")
}

func TestAuthorizationRefused(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, partyConfig(), newClock())
	for name, c := range map[string]struct{ parameter, value, code string }{
		"no response type": {"response_type", "", "invalid_request"},
		"implicit":         {"response_type", "token", "unsupported_response_type"},
		"fragment":         {"response_mode", "fragment", "invalid_request"},
		"no challenge":     {"code_challenge", "", "invalid_request"},
		"short challenge":  {"code_challenge", "abc", "invalid_request"},
		"plain":            {"code_challenge_method", "plain", "invalid_request"},
		"no method":        {"code_challenge_method", "", "invalid_request"},
		"unknown scope":    {"scope", "admin", "invalid_scope"},
		"unknown resource": {"resource", "urn:x", "invalid_target"},
		"unknown user":     {"login_hint", "carol", "access_denied"},
		"no user":          {"login_hint", "", "access_denied"},
	} {
		t.Run(name, func(t *testing.T) {
			got := visit(t, i, merged(authorization("app"), url.Values{c.parameter: {c.value}}))
			if got.Get("error") != c.code || got.Get("error_description") == "" || got.Has("code") {
				t.Errorf("error %q, want %q", got.Get("error"), c.code)
			}
		})
	}
	// What must not be redirected.
	for name, path := range map[string]string{
		"unknown client":  merged(authorization("app"), url.Values{"client_id": {"x"}}).Encode(),
		"no redirections": merged(authorization("app"), url.Values{"client_id": {"once"}}).Encode(),
		"another place":   merged(authorization("app"), url.Values{"redirect_uri": {testRedirect + "/"}}).Encode(),
		"another case":    merged(authorization("app"), url.Values{"redirect_uri": {"https://App.example/cb?x=1"}}).Encode(),
		"no place":        merged(authorization("app"), url.Values{"redirect_uri": {""}}).Encode(),
		"repeated":        authorization("app").Encode() + "&state=2",
		"not encoded":     authorization("app").Encode() + "&x=%zz",
		"nothing":         "",
	} {
		w := do(i, request{method: "GET", path: "/authorize?" + path, media: "none"})
		if w.Header().Get("Location") != "" {
			t.Errorf("%s: redirected", name)
		}
		wantProblem(t, w, 400, "invalid_request")
	}
	if w := do(i, request{path: "/authorize?" + authorization("app").Encode()}); w.Code != 405 || w.Header().Get("Allow") != "GET" {
		t.Errorf("POST: status %d", w.Code)
	}
	// Where no client has the grant there is no such endpoint.
	closed := newIssuer(t, testConfig(), newClock())
	if w := do(closed, request{method: "GET", path: "/authorize"}); w.Code != 404 {
		t.Errorf("closed: status %d", w.Code)
	}
}
