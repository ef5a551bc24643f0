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

func tokenResponse() []defect {
	return []defect{
		{
			Fault: Fault{"refresh-token-issued", "issues a refresh token for client credentials", "RFC6749-4.4.3-no-refresh-token"},
			after: grantedMembers(func(m map[string]any) {
				token, _ := m["access_token"].(string)
				sum := sha256.Sum256([]byte("refresh " + token))
				m["refresh_token"] = base64.RawURLEncoding.EncodeToString(sum[:])
			}),
		},
		{
			Fault: Fault{"token-response-not-json", "sends the token response as text/plain", "RFC6749-5.1-json-response"},
			after: granted(func(a *answer) { a.header.Set("Content-Type", "text/plain; charset=utf-8") }),
		},
		{
			Fault:  Fault{"access-token-control-character", "ends opaque tokens with a tab", "RFC6749-5.1-access-token"},
			before: tabs,
			after: func(s *server, q *request, a *answer) {
				granted(func(a *answer) {
					a.edit(func(m map[string]any) {
						if token, _ := m["access_token"].(string); !selfContainedToken(token) {
							m["access_token"] = token + "\t"
							s.replace(token, token+"\t")
						}
					})
				})(s, q, a)
			},
		},
		{
			Fault: Fault{"token-type-missing", "leaves token_type out", "RFC6749-5.1-token-type"},
			after: grantedMembers(func(m map[string]any) { delete(m, "token_type") }),
		},
		{
			Fault: Fault{"expires-in-missing", "leaves expires_in out", "RFC6749-5.1-expires-in"},
			after: grantedMembers(func(m map[string]any) { delete(m, "expires_in") }),
		},
		{
			Fault: Fault{"expires-in-string", "sends expires_in as a string", "RFC6749-5.1-expires-in-number"},
			after: grantedMembers(func(m map[string]any) { m["expires_in"] = quote(m["expires_in"]) }),
		},
		{
			Fault:  Fault{"scope-narrowed-silently", "grants the first scope only and doesn't tell", "RFC6749-5.1-scope-when-different"},
			before: narrow,
			after:  grantedMembers(func(m map[string]any) { delete(m, "scope") }),
		},
		{
			Fault: Fault{"token-response-cacheable", "lets token responses be stored", "RFC6749-5.1-no-store"},
			after: granted(func(a *answer) { a.header.Set("Cache-Control", "private") }),
		},
		{
			Fault: Fault{"token-response-without-pragma", "sends no Pragma", "RFC6749-5.1-pragma-no-cache"},
			after: granted(func(a *answer) { a.header.Del("Pragma") }),
		},
	}
}

func selfContainedToken(token string) bool { return strings.Count(token, ".") == 2 }

func tabs(s *server, q *request) *answer {
	if q.at == introspectionEndpoint {
		s.pass(q, q.token)
	}
	return nil
}

func narrow(_ *server, q *request) *answer {
	if first, rest, _ := strings.Cut(q.form.Get("scope"), " "); q.at == tokenEndpoint && rest != "" {
		q.form.Set("scope", first)
		q.changed = true
	}
	return nil
}

func tokenError() []defect {
	// refused rewrites the answer to a token request that fails with the status.
	refused := func(status int, change func(*answer)) func(*server, *request, *answer) {
		return func(_ *server, q *request, a *answer) {
			if q.at == tokenEndpoint && a.status == status {
				change(a)
			}
		}
	}
	return []defect{
		{
			Fault: Fault{"invalid-client-answered-400", "answers a wrong secret in the Authorization header with 400", "RFC6749-5.2-invalid-client"},
			after: refused(http.StatusUnauthorized, func(a *answer) { a.status = http.StatusBadRequest }),
		},
		{
			Fault: Fault{"challenge-missing", "answers a wrong secret without WWW-Authenticate", "RFC6749-5.2-challenge"},
			after: refused(http.StatusUnauthorized, func(a *answer) { a.header.Del("WWW-Authenticate") }),
		},
		{
			Fault: Fault{"unsupported-grant-type-as-invalid-request", "calls an unknown grant type an invalid request", "RFC6749-5.2-unsupported-grant-type"},
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
