package conformance_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// variant changes an answer of the reference issuer: its members where it is an object,
// its header fields, its status, or the content of the token in it.
type variant struct {
	path   string
	when   int // only for answers with this status, 0 for all
	status int
	header map[string]string
	change func(members map[string]any)
	jwt    func(header, claims map[string]any)
}

func (v variant) wrap(t *testing.T, iss *issuer.Issuer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		iss.ServeHTTP(rec, r)
		body := rec.Body.Bytes()
		var members map[string]any
		if r.URL.Path == v.path && (v.when == 0 || v.when == rec.Code) && json.Unmarshal(body, &members) == nil {
			if token, ok := members["access_token"].(string); ok && v.jwt != nil && strings.Count(token, ".") == 2 {
				members["access_token"] = remint(t, token, v.jwt)
			}
			if v.change != nil {
				v.change(members)
			}
			body, _ = json.Marshal(members)
			for name, value := range v.header {
				rec.Header().Set(name, value)
			}
			if v.status != 0 {
				rec.Code = v.status
			}
		}
		for name, values := range rec.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(rec.Code)
		_, _ = w.Write(body)
	})
}

func remint(t *testing.T, token string, change func(header, claims map[string]any)) string {
	var header, claims map[string]any
	h, errH := forge.Read(token, forge.Header)
	c, errC := forge.Read(token, forge.Payload)
	if errH != nil || errC != nil || json.Unmarshal(h, &header) != nil || json.Unmarshal(c, &claims) != nil {
		t.Error("the issuer's token can't be read")
		return token
	}
	change(header, claims)
	h, _ = forge.Object(header)
	c, _ = forge.Object(claims)
	again, err := forge.Token(h, c, func([]byte) ([]byte, error) { return []byte("no check here verifies it"), nil })
	if err != nil {
		t.Error(err)
	}
	return again
}

func set(name string, value any) func(map[string]any) {
	return func(m map[string]any) { m[name] = value }
}

// activeOnly leaves the answer about an inactive token as it is.
func activeOnly(change func(map[string]any)) func(map[string]any) {
	return func(m map[string]any) {
		if m["active"] == true {
			change(m)
		}
	}
}

func claim(name string, value any) func(map[string]any, map[string]any) {
	return func(_, claims map[string]any) { claims[name] = value }
}

func typ(value any) func(map[string]any, map[string]any) {
	return func(header, _ map[string]any) { header["typ"] = value }
}

// A check draws the line where its clause does: what is allowed passes, and what is
// forbidden fails in more ways than the seeded one.
func TestWhereTheLineIs(t *testing.T) {
	t.Parallel()
	const token, introspect = "/token", "/introspect"
	const pass, fail, none = results.Pass, results.Fail, results.None
	for _, c := range []struct {
		check string
		name  string
		v     variant
		want  results.Verdict
	}{
		{"rfc6749/5.1/json-response", "charset", variant{path: token, header: map[string]string{"Content-Type": "application/json;charset=UTF-8"}}, pass},
		{"rfc6749/5.1/json-response", "empty parameters", variant{path: token, header: map[string]string{"Content-Type": "application/json; charset=utf-8;; "}}, pass},
		{"rfc6749/5.1/json-response", "two types", variant{path: token, header: map[string]string{"Content-Type": "application/json, text/html"}}, fail},
		{"rfc6749/5.1/json-response", "case", variant{path: token, header: map[string]string{"Content-Type": "Application/JSON"}}, pass},
		{"rfc6749/5.1/json-response", "201", variant{path: token, status: 201}, fail},
		{"rfc6749/5.1/json-response", "refuses everybody", variant{path: token, status: 400}, results.Inconclusive},
		{"rfc6749/5.1/access-token", "number", variant{path: token, change: set("access_token", 7)}, fail},
		{"rfc6749/5.1/access-token", "empty", variant{path: token, change: set("access_token", "")}, fail},
		{"rfc6749/5.1/access-token", "missing", variant{path: token, change: func(m map[string]any) { delete(m, "access_token") }}, fail},
		{"rfc6749/5.1/access-token", "not ASCII", variant{path: token, change: set("access_token", "tokén")}, fail},
		{"rfc6749/5.1/access-token", "space", variant{path: token, change: set("access_token", "a token~")}, pass},
		{"rfc6749/5.1/token-type", "another type", variant{path: token, change: set("token_type", "DPoP")}, pass},
		{"rfc6749/5.1/token-type", "null", variant{path: token, change: set("token_type", nil)}, fail},
		{"rfc6749/5.1/expires-in-number", "zero", variant{path: token, change: set("expires_in", 0)}, pass},
		{"rfc6749/5.1/expires-in-number", "negative", variant{path: token, change: set("expires_in", -5)}, fail},
		{"rfc6749/5.1/expires-in-number", "fraction", variant{path: token, change: set("expires_in", 3599.5)}, fail},
		{"rfc6749/5.1/expires-in-number", "null", variant{path: token, change: set("expires_in", nil)}, fail},
		{"rfc6749/5.1/expires-in-number", "ten", variant{path: token, change: set("expires_in", 10)}, pass},
		{"rfc6749/5.1/scope-when-different", "left out, same", variant{path: token, change: func(m map[string]any) { delete(m, "scope") }}, pass},
		{"rfc6749/5.1/scope-when-different", "other order", variant{path: token, change: set("scope", "write read")}, pass},
		{"rfc6749/5.1/scope-when-different", "array", variant{path: token, change: set("scope", []string{"read"})}, fail},
		{"rfc6749/5.1/scope-when-different", "another", variant{path: token, change: set("scope", "read")}, fail},
		{"rfc6749/5.1/scope-when-different", "two spaces", variant{path: token, change: set("scope", "read  write")}, fail},
		{"rfc6749/5.1/no-store", "in a list", variant{path: token, header: map[string]string{"Cache-Control": "private, No-Store"}}, pass},
		{"rfc6749/5.1/no-store", "within another's value", variant{path: token, header: map[string]string{"Cache-Control": `private="x, no-store"`}}, fail},
		{"rfc6749/5.1/no-store", "no-cache is not it", variant{path: token, header: map[string]string{"Cache-Control": "no-cache"}}, fail},
		{"rfc6749/5.2/challenge", "another scheme", variant{path: token, header: map[string]string{"WWW-Authenticate": `Bearer realm="x"`}}, fail},
		{"rfc6749/5.2/challenge", "second of a list", variant{path: token, header: map[string]string{"WWW-Authenticate": `Bearer realm="a, b", error="x", Basic realm="y"`}}, pass},
		{"rfc6749/5.2/challenge", "within another's value", variant{path: token, header: map[string]string{"WWW-Authenticate": `Bearer realm="a, Basic b"`}}, fail},
		{"rfc6749/5.2/challenge", "case", variant{path: token, header: map[string]string{"WWW-Authenticate": `basic realm="x"`}}, pass},
		{"rfc6749/5.2/invalid-client", "another code", variant{path: token, change: set("error", "access_denied")}, fail},
		{"rfc7662/2.1/authorization-required", "400", variant{path: introspect, when: 401, status: 400}, pass},
		{"rfc7662/2.1/authorization-required", "403", variant{path: introspect, when: 401, status: 403}, pass},
		{"rfc7662/2.1/authorization-required", "refuses everybody", variant{path: introspect, status: 400}, results.Inconclusive},
		{"rfc7662/2.1/authorization-required", "400 that tells", variant{path: introspect, when: 401, status: 400, change: set("active", true)}, fail},
		{"rfc7662/2.1/authorization-required", "nothing told", variant{path: introspect, when: 401, status: 200, change: func(m map[string]any) { clear(m); m["active"] = false }}, pass},
		{"rfc7662/2.1/authorization-required", "redirect", variant{path: introspect, when: 401, status: 302}, fail},
		{"rfc7662/2.3/invalid-credentials", "400", variant{path: introspect, when: 401, status: 400}, fail},
		{"rfc7662/2.3/invalid-credentials", "403", variant{path: introspect, when: 401, status: 403}, fail},
		{"rfc7662/2.2/active-boolean", "number", variant{path: introspect, change: set("active", 1)}, fail},
		{"rfc7662/2.2/active-boolean", "false", variant{path: introspect, change: set("active", false)}, results.Inconclusive},
		{"rfc7662/2.2/unknown-inactive", "string", variant{path: introspect, change: set("active", "false")}, fail},
		{"rfc7662/2.2/unknown-inactive", "active", variant{path: introspect, change: set("active", true)}, fail},
		{"rfc7662/2.2/unknown-inactive", "refuses the resource server", variant{path: introspect, status: 403}, results.Inconclusive},
		{"rfc7662/2.2/expired-inactive", "a lifetime of an hour", variant{path: token, change: set("expires_in", 3600)}, results.Inconclusive},
		{"rfc7662/2.2/expired-inactive", "never active", variant{path: introspect, change: set("active", false)}, results.Inconclusive},
		{"rfc7662/2.2/scope-string", "left out", variant{path: introspect, change: func(m map[string]any) { delete(m, "scope") }}, none},
		{"rfc7662/2.2/scope-string", "null", variant{path: introspect, change: activeOnly(set("scope", nil))}, fail},
		{"rfc7662/2.2/timestamps-integer", "fraction", variant{path: introspect, change: activeOnly(set("iat", 1.5))}, fail},
		{"rfc7662/2.2/timestamps-integer", "null", variant{path: introspect, change: activeOnly(set("nbf", nil))}, fail},
		{"rfc7662/2.2/timestamps-current", "expired", variant{path: introspect, change: activeOnly(set("exp", 1))}, fail},
		{"rfc7662/2.2/timestamps-current", "never expires", variant{path: introspect, change: activeOnly(set("exp", json.Number("9223372036854775807")))}, pass},
		{"rfc7662/2.2/timestamps-current", "milliseconds", variant{path: introspect, change: activeOnly(set("exp", 1893456000000))}, fail},
		{"rfc7662/2.2/timestamps-current", "a clock half a minute ahead", variant{path: introspect, change: activeOnly(set("iat", 1772366430))}, pass},
		{"rfc7662/2.2/timestamps-current", "a clock two minutes ahead", variant{path: introspect, change: activeOnly(set("iat", 1772366520))}, fail},
		{"rfc7662/2.2/aud-type", "array", variant{path: introspect, change: activeOnly(set("aud", []string{"a", "b"}))}, pass},
		{"rfc7662/2.2/aud-type", "array of numbers", variant{path: introspect, change: activeOnly(set("aud", []any{"a", 1}))}, fail},
		{"rfc7662/2.2/string-members", "sub a number", variant{path: introspect, change: activeOnly(set("sub", 5))}, fail},
		{"rfc7662/2.2/client-id", "left out", variant{path: introspect, change: func(m map[string]any) { delete(m, "client_id") }}, none},
		{"rfc7662/2.2/jwt-agreement", "less scope", variant{path: introspect, change: activeOnly(set("scope", "write"))}, pass},
		{"rfc7662/2.2/jwt-agreement", "more scope", variant{path: introspect, change: activeOnly(set("scope", "read write admin"))}, fail},
		{"rfc7662/2.2/jwt-agreement", "aud as array", variant{path: introspect, change: activeOnly(set("aud", []string{"https://resource.example/"}))}, pass},
		{"rfc7662/2.2/jwt-agreement", "another exp", variant{path: introspect, change: activeOnly(set("exp", 1893456000))}, fail},
		{"rfc7662/2.2/jwt-agreement", "another iat", variant{path: introspect, change: activeOnly(set("iat", 1772366399))}, fail},
		{"rfc7662/2.2/inactive-bare", "nulls count", variant{path: introspect, change: set("sub", nil)}, fail},
		{"rfc9068/2.1/typ", "as in the RFC's example", variant{path: token, jwt: typ("at+JWT")}, pass},
		{"rfc9068/2.1/typ", "with application/", variant{path: token, jwt: typ("application/at+jwt")}, pass},
		{"rfc9068/2.1/typ", "missing", variant{path: token, jwt: func(header, _ map[string]any) { delete(header, "typ") }}, fail},
		{"rfc9068/2.1/typ", "array", variant{path: token, jwt: typ([]string{"at+jwt"})}, fail},
		{"rfc9068/2.1/alg", "NoNe", variant{path: token, jwt: func(header, _ map[string]any) { header["alg"] = "NoNe" }}, fail},
		{"rfc9068/2.2/iss", "slash", variant{path: token, jwt: func(_, c map[string]any) { c["iss"] = c["iss"].(string) + "/" }}, fail},
		{"rfc9068/2.2/exp", "fraction", variant{path: token, jwt: claim("exp", 1893456000.5)}, pass},
		{"rfc9068/2.2/exp", "string", variant{path: token, jwt: claim("exp", "1893456000")}, fail},
		{"rfc9068/2.2/aud", "empty array", variant{path: token, jwt: claim("aud", []string{})}, fail},
		{"rfc9068/2.2/aud", "mixed array", variant{path: token, jwt: claim("aud", []any{"a", 1})}, fail},
		{"rfc9068/2.2/sub", "number", variant{path: token, jwt: claim("sub", 5)}, fail},
		{"rfc9068/2.2/sub", "null", variant{path: token, jwt: claim("sub", nil)}, fail},
		{"rfc9068/2.2/client-id", "another client", variant{path: token, jwt: claim("client_id", "somebody")}, fail},
		{"rfc9068/2.2/jti", "number", variant{path: token, jwt: claim("jti", 5)}, fail},
		{"rfc9068/2.2.3/scope", "missing", variant{path: token, jwt: func(_, c map[string]any) { delete(c, "scope") }}, fail},
		{"rfc9068/3/default-resource", "one of several", variant{path: token, jwt: claim("aud", []string{"x", "https://resource.example/"})}, pass},
		{"rfc9068/3/default-resource", "missing", variant{path: token, jwt: func(_, c map[string]any) { delete(c, "aud") }}, fail},
		{"rfc9068/3/default-resource", "none of several", variant{path: token, jwt: claim("aud", []string{"x", "y"})}, fail},
		{"rfc9068/4/metadata", "another issuer", variant{path: "/.well-known/oauth-authorization-server", change: set("issuer", "https://other.example")}, fail},
	} {
		t.Run(c.check+" "+c.name, func(t *testing.T) {
			t.Parallel()
			clock := newClock()
			inst := reference(t, clock, func(iss *issuer.Issuer) (http.Handler, error) { return c.v.wrap(t, iss), nil })
			i := slices.IndexFunc(all(), func(x conformance.Check) bool { return x.ID == c.check })
			if i < 0 {
				t.Fatal("no such check")
			}
			if f := judge(t, all()[i:i+1], inst, clock)[0]; f.Verdict != c.want {
				t.Errorf("%s, want %s: observed %q, reason %q", f.Verdict, c.want, f.Observed, f.Reason)
			}
		})
	}
}
