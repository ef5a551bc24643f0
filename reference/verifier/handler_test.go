package verifier

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// scripted is a strategy that gives every token the same judgement.
type scripted struct {
	claims claims.Claims
	err    error
}

func (s scripted) StalenessBound() string                               { return "none" }
func (scripted) Outage() string                                         { return "" }
func (s scripted) Judge(context.Context, string) (claims.Claims, error) { return s.claims, s.err }

func TestProtect(t *testing.T) {
	t.Parallel()
	const challenge = `Bearer realm="a\"b\\c"`
	for _, test := range []struct {
		name      string
		headers   []string
		query     string
		err       error
		status    int
		challenge string
		retry     string
	}{
		{name: "accepted", headers: []string{"Bearer t"}, status: 200},
		{name: "no token", status: 401, challenge: challenge},
		{name: "token in the query", query: "?access_token=t", status: 401, challenge: challenge},
		{name: "token in header and query", headers: []string{"Bearer t"}, query: "?access_token=t", status: 400, challenge: challenge + `, error="invalid_request"`},
		{name: "another query", headers: []string{"Bearer t"}, query: "?access_token_type=t&%zz", status: 200},
		{name: "scheme that isn't taken", headers: []string{"DPoP t"}, status: 401, challenge: challenge + `, error="invalid_token", error_description="the token is bound to a key that was not proved"`},
		{name: "too long", headers: []string{"Bearer " + strings.Repeat("t", 16<<10+1)}, status: 401, challenge: challenge + `, error="invalid_token", error_description="the token is too long for this resource server"`},
		{name: "other scheme", headers: []string{"Basic dTpw"}, status: 401, challenge: challenge},
		{name: "malformed", headers: []string{"Bearer a b"}, status: 400, challenge: challenge + `, error="invalid_request"`},
		{name: "two headers", headers: []string{"Bearer t", "Bearer t"}, status: 400, challenge: challenge + `, error="invalid_request"`},
		{name: "bad token", headers: []string{"Bearer t"}, err: claims.Refuse(claims.ReasonExpired), status: 401,
			challenge: challenge + `, error="invalid_token", error_description="the token has expired"`},
		{name: "issuer down", headers: []string{"Bearer t"}, err: &Unavailable{"introspect token", errors.New("refused")}, status: 503, retry: "1"},
		{name: "out of time", headers: []string{"Bearer t"}, err: context.DeadlineExceeded, status: 503, retry: "1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			served := false
			guarded := Protect(scripted{claims.Claims{ClientID: "app"}, test.err}, Route{Guard: &Guard{Realm: `a"b\c`}}, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				claims, ok := ClaimsFrom(r.Context())
				served = ok && claims.ClientID == "app"
			}))
			request := httptest.NewRequest(http.MethodGet, "/"+test.query, nil)
			request.Header["Authorization"] = test.headers
			response := httptest.NewRecorder()
			guarded.ServeHTTP(response, request)
			if response.Code != test.status || served != (test.status == 200) {
				t.Errorf("status %d, served %t", response.Code, served)
			}
			if got := strings.Join(response.Header().Values("WWW-Authenticate"), "|"); got != test.challenge {
				t.Errorf("challenge %s, want %s", got, test.challenge)
			}
			why := ReadDenial(response.Body.Bytes())
			if _, said, there := strings.Cut(test.challenge, `error_description="`); there && why.Reason+`"` != said {
				t.Errorf("the body says %+v", why)
			}
			if _, is := test.err.(*Unavailable); is && (why.Reason != test.err.Error() || !why.Ours()) {
				t.Errorf("the body says %+v", why)
			}
			if got := response.Header().Get("Retry-After"); got != test.retry {
				t.Errorf("retry after %q, want %q", got, test.retry)
			}
			if got := response.Header().Get("Cache-Control"); test.status != 200 && got != "no-store" {
				t.Errorf("cache control %q", got)
			}
		})
	}
}

func TestVerifierServes(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, c := u.verifier(t)
	u.answer(200, `{"active":true,"client_id":"app","scope":"read"}`)
	jws := sign(t, testKeys().ec, goodHeader("ES256"), goodClaims(c.now()))

	for _, test := range []struct {
		method, path, token string
		status              int
		body                string
	}{
		{"GET", "/introspect/resource", "opaque", 200, `{"client_id":"app","scope":"read"}`},
		{"GET", "/introspect-cached/resource", "opaque", 200, `{"client_id":"app","scope":"read"}`},
		{"GET", "/introspect-cached/resource", "opaque", 200, `{"client_id":"app","scope":"read"}`},
		{"GET", "/local/resource", jws, 200, `{"client_id":"app","scope":"read write","sub":"app"}`},
		{"GET", "/local/resource", "opaque", 401, `{"error":"invalid_token","error_description":"the token is malformed"}`},
		{"GET", "/introspect/resource", "", 401, ``},
		{"GET", "/healthz", "", 200, "ok\n"},
		{"GET", "/counters", "", 200, `{"introspections":2,"jwks_fetches":1,"list_fetches":0,"status_questions":0,"event_streams":0,"shared_reads":0,"table_reads":0,` +
			`"cache_hits":1,"cache_misses":1,"coalesced":0,"stale_hits":0,"events":0,"shared_hits":0,"shared_failures":0}`},
	} {
		request := httptest.NewRequest(test.method, test.path, nil)
		if test.token != "" {
			request.Header.Set("Authorization", "Bearer "+test.token)
		}
		response := httptest.NewRecorder()
		v.ServeHTTP(response, request)
		if response.Code != test.status || response.Body.String() != test.body {
			t.Errorf("%s %s: %d %s, want %d %s", test.method, test.path, response.Code, response.Body, test.status, test.body)
		}
		if strings.HasPrefix(test.body, "{") {
			if h := response.Header(); h.Get("Content-Type") != "application/json" || h.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: headers %v", test.path, h)
			}
		}
	}
	told := httptest.NewRecorder()
	v.ServeHTTP(told, httptest.NewRequest(http.MethodGet, "/strategies", nil))
	var declared map[string]Declared
	if err := json.Unmarshal(told.Body.Bytes(), &declared); err != nil || len(declared) != len(v.strategies) {
		t.Errorf("%d of %d strategies, %v", len(declared), len(v.strategies), err)
	}
	for _, s := range v.strategies {
		if d := declared[s.name]; d != (Declared{s.StalenessBound(), s.Outage()}) || d.Staleness == "" || d.Outage == "" {
			t.Errorf("%s declares %+v", s.name, d)
		}
	}
	for path, want := range map[string]int{"/other/resource": 404, "/local": 404} {
		response := httptest.NewRecorder()
		v.ServeHTTP(response, httptest.NewRequest(http.MethodGet, path, nil))
		if response.Code != want {
			t.Errorf("%s: %d", path, response.Code)
		}
	}
	response := httptest.NewRecorder()
	v.ServeHTTP(response, httptest.NewRequest(http.MethodPost, "/local/resource", nil))
	if response.Code != 405 {
		t.Errorf("POST: %d", response.Code)
	}
}

func TestStrategiesAreAllThere(t *testing.T) {
	t.Parallel()
	v, _ := newUpstream(t).verifier(t)
	for _, name := range Strategies() {
		if Needs(name) != "" {
			if _, ok := v.Strategy(name); ok {
				t.Errorf("%s: there without what it needs", name)
			}
			continue
		}
		if s := strategy(t, v, name); s.StalenessBound() == "" || s.Outage() == "" {
			t.Errorf("%s: bound %q", name, s.StalenessBound())
		}
	}
	if _, ok := v.Strategy("other"); ok {
		t.Error("there is a strategy that isn't listed")
	}
}

func TestResourceAnswersOnlyWhenGuarded(t *testing.T) {
	t.Parallel()
	response := httptest.NewRecorder()
	serveResource(response, httptest.NewRequest(http.MethodGet, "/", nil))
	if response.Code != 500 {
		t.Errorf("status %d", response.Code)
	}
}
