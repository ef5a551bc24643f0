package issuer

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync/atomic"

	"github.com/oauthmark/oauthmark/reference/token"
)

// outcomes are the classes of status codes, as they are counted.
var outcomes = [...]string{"1xx", "2xx", "3xx", "4xx", "5xx"}

// metrics counts what is served. Its maps don't change once the issuer is made.
type metrics struct {
	requests         map[string]*[len(outcomes)]atomic.Int64 // by path below the issuer, and by outcome
	issued           map[token.Form]*atomic.Int64            // access tokens
	active, inactive atomic.Int64                            // introspections
	revocations      atomic.Int64                            // of tokens and of families, those that are repeated, too
}

func newMetrics(clients []Client) *metrics {
	m := &metrics{requests: map[string]*[len(outcomes)]atomic.Int64{}, issued: map[token.Form]*atomic.Int64{}}
	for _, r := range routeTable {
		m.requests[r.path] = new([len(outcomes)]atomic.Int64)
	}
	for _, c := range clients {
		if c.Form != "" {
			m.issued[c.Form] = new(atomic.Int64)
		}
	}
	return m
}

// counted serves a request and counts its outcome when it has ended.
func (m *metrics) counted(path string, serve http.HandlerFunc) http.HandlerFunc {
	counts := m.requests[path]
	return func(w http.ResponseWriter, r *http.Request) {
		s := statusWriter{ResponseWriter: w, status: http.StatusOK}
		serve(&s, r)
		if class := s.status/100 - 1; class >= 0 && class < len(outcomes) {
			counts[class].Add(1)
		}
	}
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets event streams flush and set their deadlines.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// serveMetrics answers in the text format of Prometheus, version 0.0.4. Nothing in it
// tells of a client, a user or a token.
func (i *Issuer) serveMetrics(w http.ResponseWriter, r *http.Request) {
	if !reads(w, r) {
		return
	}
	m := i.metrics
	b := head(nil, "oauthmark_issuer_requests_total", "Requests that have ended, by endpoint and class of status.")
	for _, path := range slices.Sorted(maps.Keys(m.requests)) {
		for n, outcome := range outcomes {
			if count := m.requests[path][n].Load(); count > 0 {
				b = fmt.Appendf(b, "oauthmark_issuer_requests_total{endpoint=%q,outcome=%q} %d\n", path, outcome, count)
			}
		}
	}
	b = head(b, "oauthmark_issuer_access_tokens_total", "Access tokens issued, by form.")
	for _, form := range slices.Sorted(maps.Keys(m.issued)) {
		b = fmt.Appendf(b, "oauthmark_issuer_access_tokens_total{form=%q} %d\n", string(form), m.issued[form].Load())
	}
	b = head(b, "oauthmark_issuer_introspections_total", "Introspections answered, by what was said.")
	b = fmt.Appendf(b, "oauthmark_issuer_introspections_total{active=\"false\"} %d\n", m.inactive.Load())
	b = fmt.Appendf(b, "oauthmark_issuer_introspections_total{active=\"true\"} %d\n", m.active.Load())
	b = head(b, "oauthmark_issuer_revocations_total", "Tokens and families put on the list of revocations.")
	b = fmt.Appendf(b, "oauthmark_issuer_revocations_total %d\n", m.revocations.Load())
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Header()["Cache-Control"] = noStore
	_, _ = w.Write(b)
}

func head(b []byte, name, help string) []byte {
	return fmt.Appendf(b, "# HELP %s %s\n# TYPE %s counter\n", name, help, name)
}
