package issuer

import (
	"slices"
	"strings"
	"testing"
)

func TestMetrics(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, testConfig(), newClock())
	scrape := func() []string {
		w := do(i, request{method: "GET", path: pathMetrics, media: "none"})
		if ct := w.Header().Get("Content-Type"); w.Code != 200 || ct != "text/plain; version=0.0.4; charset=utf-8" {
			t.Errorf("status %d, Content-Type %q", w.Code, ct)
		}
		return strings.Split(strings.TrimSuffix(w.Body.String(), "\n"), "\n")
	}
	for _, line := range scrape() {
		if !strings.HasPrefix(line, "#") && !strings.HasSuffix(line, " 0") {
			t.Errorf("before anything: %s", line)
		}
	}
	tok := obtain(t, i, "ES256", "")
	obtain(t, i, "opaque", "")
	introspect(i, tok)
	giveBack(i, "ES256", tok, "")
	introspect(i, tok)
	introspect(i, "x")
	do(i, request{path: "/token"})
	do(i, request{path: "/nowhere"})
	lines := scrape()
	for _, want := range []string{
		`oauthmark_issuer_requests_total{endpoint="/introspect",outcome="2xx"} 3`,
		`oauthmark_issuer_requests_total{endpoint="/metrics",outcome="2xx"} 1`,
		`oauthmark_issuer_requests_total{endpoint="/revoke",outcome="2xx"} 1`,
		`oauthmark_issuer_requests_total{endpoint="/token",outcome="2xx"} 2`,
		`oauthmark_issuer_requests_total{endpoint="/token",outcome="4xx"} 1`,
		`oauthmark_issuer_access_tokens_total{form="ES256"} 1`,
		`oauthmark_issuer_access_tokens_total{form="RS256"} 0`,
		`oauthmark_issuer_access_tokens_total{form="opaque"} 1`,
		`oauthmark_issuer_introspections_total{active="false"} 2`,
		`oauthmark_issuer_introspections_total{active="true"} 1`,
		`oauthmark_issuer_revocations_total 1`,
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("no line %s", want)
		}
	}
	for _, line := range lines {
		if strings.Contains(line, "s-") || strings.Contains(line, tok) || strings.Contains(line, "nowhere") {
			t.Errorf("a line tells too much: %s", line)
		}
	}
}
