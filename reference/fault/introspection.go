package fault

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// called rewrites the members of the answer that calls a token active.
func called(change func(q *request, members map[string]any)) func(*server, *request, *answer) {
	return func(_ *server, q *request, a *answer) {
		if m := a.members(); q.at == introspectionEndpoint && m["active"] == true {
			change(q, m)
			a.set(m)
		}
	}
}

func introspection() []Fault {
	return []Fault{
		{
			Name: "introspection-without-authorization", Title: "answers a caller without credentials", Requirement: "RFC7662-2.1-authorization-required",
			before: func(s *server, q *request) *answer {
				if q.at == introspectionEndpoint && q.header.Get("Authorization") == "" {
					s.mu.Lock()
					defer s.mu.Unlock()
					q.header.Set("Authorization", s.authorization)
				}
				return nil
			},
		},
		{
			Name: "unknown-hint-refused", Title: "refuses a token_type_hint that it doesn't know", Requirement: "RFC7662-2.1-unknown-hint",
			before: refuseHint,
		},
		{
			Name: "introspection-not-json", Title: "sends introspection responses as text/plain", Requirement: "RFC7662-2.2-json-response",
			after: func(_ *server, q *request, a *answer) {
				if q.at == introspectionEndpoint && a.ok() {
					a.header.Set("Content-Type", "text/plain; charset=utf-8")
				}
			},
		},
		{
			Name: "active-string", Title: "sends active as the string true", Requirement: "RFC7662-2.2-active-boolean",
			after: called(func(_ *request, m map[string]any) { m["active"] = "true" }),
		},
		{
			Name: "introspection-sub-differs", Title: "tells another sub than the self-contained token", Requirement: "RFC7662-2.2-jwt-agreement",
			after: called(func(q *request, m map[string]any) {
				if selfContainedToken(q.token) {
					m["sub"] = fmt.Sprint(m["sub"], "-other")
				}
			}),
		},
		{
			Name: "introspection-scope-array", Title: "sends scope as an array", Requirement: "RFC7662-2.2-scope-string",
			after: called(func(_ *request, m map[string]any) { m["scope"] = split(m["scope"]) }),
		},
		{
			Name: "introspection-exp-string", Title: "sends exp as a string", Requirement: "RFC7662-2.2-timestamps-integer",
			after: called(func(_ *request, m map[string]any) { m["exp"] = quote(m["exp"]) }),
		},
		{
			Name: "introspection-iat-ahead", Title: "calls tokens active that it issues two hours from now", Requirement: "RFC7662-2.2-timestamps-current",
			Breaks: []string{"RFC7662-2.2-jwt-agreement"},
			after: called(func(_ *request, m map[string]any) {
				iat, err := strconv.ParseInt(quote(m["iat"]), 10, 64)
				if err == nil {
					m["iat"] = json.Number(strconv.FormatInt(iat+2*60*60, 10))
				}
			}),
		},
		{
			Name: "introspection-aud-object", Title: "sends aud as an object", Requirement: "RFC7662-2.2-aud-type",
			after: called(func(_ *request, m map[string]any) { m["aud"] = map[string]any{"id": m["aud"]} }),
		},
		{
			Name: "introspection-username-null", Title: "sends username as null", Requirement: "RFC7662-2.2-string-members",
			after: called(func(_ *request, m map[string]any) { m["username"] = nil }),
		},
		{
			Name: "introspection-client-is-caller", Title: "tells the caller as the client of opaque tokens", Requirement: "RFC7662-2.2-client-id",
			after: called(func(q *request, m map[string]any) {
				if !selfContainedToken(q.token) {
					m["client_id"] = q.caller
				}
			}),
		},
		{
			Name: "invalid-credentials-inactive", Title: "answers a caller with a wrong secret that the token is inactive", Requirement: "RFC7662-2.3-invalid-credentials",
			after: func(_ *server, q *request, a *answer) {
				if q.at == introspectionEndpoint && a.status == http.StatusUnauthorized && q.header.Get("Authorization") != "" {
					*a = *refuse(http.StatusOK, map[string]any{"active": false})
				}
			},
		},
	}
}

func refuseHint(_ *server, q *request) *answer {
	switch q.form.Get("token_type_hint") {
	case "", "access_token", "refresh_token":
		return nil
	}
	return refuse(http.StatusBadRequest, map[string]any{"error": "unsupported_token_type"})
}

// quote is a number's digits as a string.
func quote(v any) string { return fmt.Sprint(v) }

// split is a scope as an array.
func split(v any) any {
	s, ok := v.(string)
	if !ok {
		return v
	}
	return strings.Fields(s)
}
