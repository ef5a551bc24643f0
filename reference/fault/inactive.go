package fault

import (
	"hash/fnv"
	"net/http"
	"strings"
)

func inactive() []Fault {
	return []Fault{
		{
			Name: "unknown-token-as-error", Title: "answers 404 about a token that it doesn't know", Requirement: "RFC7662-2.2-unknown-inactive",
			Silences: []string{"RFC7662-2.2-inactive-bare"},
			after:    called404,
		},
		{
			Name: "made-up-token-active", Title: "calls one in twenty tokens active that it doesn't know", Requirement: "RFC7662-2.2-made-up-inactive",
			after: oneInTwenty,
		},
		{
			Name: "inactive-explained", Title: "tells why a token is not active", Requirement: "RFC7662-2.2-inactive-bare",
			after: func(_ *server, q *request, a *answer) {
				if m := a.members(); q.at == introspectionEndpoint && m["active"] == false {
					m["reason"] = "there is no such token"
					a.set(m)
				}
			},
		},
		{
			Name: "expired-token-active", Title: "goes on calling a token active after it has expired", Requirement: "RFC7662-2.2-expired-inactive",
			after: func(s *server, q *request, a *answer) {
				s.mu.Lock()
				defer s.mu.Unlock()
				if last, ok := s.active[q.token]; ok && q.at == introspectionEndpoint && a.members()["active"] == false {
					a.body.Reset()
					a.body.Write(last)
				}
			},
		},
		{
			Name: "signature-not-validated", Title: "introspects a self-contained token by its content alone", Requirement: "RFC7662-4-signature-validated",
			before: ignoreSignature,
		},
	}
}

// called404 leaves damaged self-contained tokens and expired ones alone: those are
// other requirements.
func called404(s *server, q *request, a *answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q.at == introspectionEndpoint && a.members()["active"] == false && !s.issued[q.token] && !selfContainedToken(q.token) {
		*a = *refuse(http.StatusNotFound, map[string]any{"error": "invalid_token"})
	}
}

// oneInTwenty leaves damaged self-contained tokens and expired ones alone.
func oneInTwenty(s *server, q *request, a *answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(q.token))
	if q.at == introspectionEndpoint && a.members()["active"] == false && !s.issued[q.token] && !selfContainedToken(q.token) && sum.Sum32()%20 == 0 {
		a.set(map[string]any{"active": true})
	}
}

// ignoreSignature looks the token up by all but its signature.
func ignoreSignature(s *server, q *request) *answer {
	if q.at != introspectionEndpoint || !selfContainedToken(q.token) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	signed := q.token[:strings.LastIndexByte(q.token, '.')+1]
	for token := range s.issued {
		if strings.HasPrefix(token, signed) {
			q.form.Set("token", token)
			q.changed = true
		}
	}
	return nil
}
