package issuer

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func statusOf(i *Issuer, jti string) *httptest.ResponseRecorder {
	return do(i, request{path: pathStatus, id: "rs", secret: "s-rs", body: url.Values{"jti": {jti}}.Encode()})
}

func TestStatus(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i := newIssuer(t, partyConfig(), clk)
	alone, kept := obtain(t, i, "ES256", ""), obtain(t, i, "opaque", "")
	signed, app := granted(t, i, ask("signed", passwordOf("alice"))), granted(t, i, ask("app", passwordOf("alice")))
	id := map[string]string{
		"self-contained": jtiOf(t, i, alone), "opaque": jtiOf(t, i, kept),
		"self-contained of a family": jtiOf(t, i, text(signed, "access_token")),
		"opaque of a family":         jtiOf(t, i, text(app, "access_token")),
		"other":                      jtiOf(t, i, obtain(t, i, "ES256", "")),
	}
	want := func(when string, revoked bool) {
		t.Helper()
		for name, jti := range id {
			w := statusOf(i, jti)
			wantHeaders(t, w)
			m := object(t, w)
			status := statusGood
			if revoked && name != "other" {
				status = statusRevoked
			}
			if m["status"] != status || m["jti"] != jti || m["produced_at"] != float64(clk.now().Unix()) || len(m) != 3 {
				t.Errorf("%s, %s: %v, want %s", when, name, m, status)
			}
		}
	}
	want("at first", false)
	giveBack(i, "ES256", alone, "")
	giveBack(i, "opaque", kept, "")
	giveBack(i, "signed", text(signed, "refresh_token"), "")
	giveBack(i, "app", text(app, "refresh_token"), "")
	want("revoked", true)
	clk.advance(3599)
	want("in the last second", true)
	for _, jti := range []string{"x", alone, kept, strings.Repeat("x", 21), strings.Repeat("x", 44) + "x", strings.Repeat(".", 22), `"\` + "\x00"} {
		if m := object(t, statusOf(i, jti)); m["status"] != statusUnknown || m["jti"] != jti {
			t.Errorf("%d characters that are no jti: %v", len(jti), m["status"])
		}
	}
}

func TestStatusRefused(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, partyConfig(), newClock())
	good := "jti=" + strings.Repeat("x", 22)
	for name, c := range map[string]struct {
		q      request
		status int
		code   string
	}{
		"GET":               {request{method: "GET", id: "rs", secret: "s-rs", body: good}, 405, "invalid_request"},
		"no authentication": {request{body: good}, 401, "invalid_client"},
		"public client":     {request{body: good + "&client_id=public"}, 401, "invalid_client"},
		"wrong secret":      {request{id: "rs", secret: "x", body: good}, 401, "invalid_client"},
		"jti missing":       {request{id: "rs", secret: "s-rs"}, 400, "invalid_request"},
		"jti twice":         {request{id: "rs", secret: "s-rs", body: good + "&" + good}, 400, "invalid_request"},
	} {
		c.q.path = pathStatus
		t.Run(name, func(t *testing.T) { wantProblem(t, do(i, c.q), c.status, c.code) })
	}
	broken := newIssuerOn(t, testConfig(), newClock(), brokenStore{})
	wantProblem(t, statusOf(broken, strings.Repeat("x", 22)), 503, "temporarily_unavailable")
}

// Whatever is asked, the answer is one of three, or a proper error.
func FuzzStatus(f *testing.F) {
	i := newIssuer(f, testConfig(), newClock())
	for _, seed := range []string{"jti=" + strings.Repeat("x", 22), "jti=" + strings.Repeat("-", 44), "jti=%00%ff", "jti=&jti=1",
		"jti=%22%5C", "%", "jti"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		w := do(i, request{path: pathStatus, id: "rs", secret: "s-rs", body: body})
		var answer struct{ Status, Error string }
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatalf("status %d: %v", w.Code, err)
		}
		if w.Code == 200 && answer.Status != statusGood && answer.Status != statusUnknown ||
			w.Code != 200 && (w.Code >= 500 || !slices.Contains(tokenErrors, answer.Error)) {
			t.Errorf("status %d, %q %q", w.Code, answer.Status, answer.Error)
		}
	})
}
