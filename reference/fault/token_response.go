package fault

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
)

// granted rewrites the answer to a token request that succeeds.
func granted(change func(*answer)) func(*server, *request, *answer) {
	return func(_ *server, q *request, a *answer) {
		if q.at == tokenEndpoint && a.ok() {
			change(a)
		}
	}
}

// grantedMembers rewrites its members.
func grantedMembers(change func(members map[string]any)) func(*server, *request, *answer) {
	return granted(func(a *answer) { a.edit(change) })
}

// reissued is a defect of the tokens: a client gets each as it is given again.
// Introspection knows it as the one that the issuer made.
func reissued(f Fault, again func(*server, string) string) Fault {
	f.before = (*server).pass
	f.after = func(s *server, q *request, a *answer) {
		grantedMembers(func(m map[string]any) {
			if token, _ := m["access_token"].(string); token != "" {
				made := again(s, token)
				s.replace(token, made)
				m["access_token"] = made
			}
		})(s, q, a)
	}
	return f
}

func tokenResponse() []Fault {
	return []Fault{
		{
			Name: "refresh-token-issued", Title: "issues a refresh token for client credentials", Requirement: "RFC6749-4.4.3-no-refresh-token",
			after: grantedMembers(func(m map[string]any) {
				token, _ := m["access_token"].(string)
				sum := sha256.Sum256([]byte("refresh " + token))
				m["refresh_token"] = base64.RawURLEncoding.EncodeToString(sum[:])
			}),
		},
		{
			Name: "token-response-not-json", Title: "sends the token response as text/plain", Requirement: "RFC6749-5.1-json-response",
			after: granted(func(a *answer) { a.header.Set("Content-Type", "text/plain; charset=utf-8") }),
		},
		reissued(Fault{Name: "access-token-control-character", Title: "ends opaque tokens with a tab", Requirement: "RFC6749-5.1-access-token"},
			func(_ *server, token string) string {
				if selfContainedToken(token) {
					return token
				}
				return token + "\t"
			}),
		{
			Name: "token-type-missing", Title: "leaves token_type out", Requirement: "RFC6749-5.1-token-type",
			after: grantedMembers(func(m map[string]any) { delete(m, "token_type") }),
		},
		{
			Name: "expires-in-missing", Title: "leaves expires_in out", Requirement: "RFC6749-5.1-expires-in",
			Silences: []string{"RFC6749-5.1-expires-in-number"},
			after:    grantedMembers(func(m map[string]any) { delete(m, "expires_in") }),
		},
		{
			Name: "expires-in-string", Title: "sends expires_in as a string", Requirement: "RFC6749-5.1-expires-in-number",
			after: grantedMembers(func(m map[string]any) { m["expires_in"] = quote(m["expires_in"]) }),
		},
		{
			Name: "scope-narrowed-silently", Title: "grants the first scope only and doesn't tell", Requirement: "RFC6749-5.1-scope-when-different",
			before: narrow,
			after:  grantedMembers(func(m map[string]any) { delete(m, "scope") }),
		},
		{
			Name: "token-response-cacheable", Title: "lets token responses be stored", Requirement: "RFC6749-5.1-no-store",
			after: granted(func(a *answer) { a.header.Set("Cache-Control", "private") }),
		},
		{
			Name: "token-response-without-pragma", Title: "sends no Pragma", Requirement: "RFC6749-5.1-pragma-no-cache",
			after: granted(func(a *answer) { a.header.Del("Pragma") }),
		},
	}
}

func selfContainedToken(token string) bool { return strings.Count(token, ".") == 2 }

func narrow(_ *server, q *request) *answer {
	if first, rest, _ := strings.Cut(q.form.Get("scope"), " "); q.at == tokenEndpoint && rest != "" {
		q.form.Set("scope", first)
		q.changed = true
	}
	return nil
}

func tokenError() []Fault {
	// refused rewrites the answer to a token request that fails with the status.
	refused := func(status int, change func(*answer)) func(*server, *request, *answer) {
		return func(_ *server, q *request, a *answer) {
			if q.at == tokenEndpoint && a.status == status {
				change(a)
			}
		}
	}
	return []Fault{
		{
			Name: "invalid-client-answered-400", Title: "answers a wrong secret in the Authorization header with 400", Requirement: "RFC6749-5.2-invalid-client",
			after: refused(http.StatusUnauthorized, func(a *answer) { a.status = http.StatusBadRequest }),
		},
		{
			Name: "challenge-missing", Title: "answers a wrong secret without WWW-Authenticate", Requirement: "RFC6749-5.2-challenge",
			after: refused(http.StatusUnauthorized, func(a *answer) { a.header.Del("WWW-Authenticate") }),
		},
		{
			Name: "unsupported-grant-type-as-invalid-request", Title: "calls an unknown grant type an invalid request", Requirement: "RFC6749-5.2-unsupported-grant-type",
			after: refused(http.StatusBadRequest, func(a *answer) {
				a.edit(func(m map[string]any) {
					if m["error"] == "unsupported_grant_type" {
						m["error"] = "invalid_request"
					}
				})
			}),
		},
	}
}
