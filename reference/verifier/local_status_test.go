package verifier

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// statusUpstream has a list at its path /introspect. The issuer's identifier is its
// address, for lists are fetched from there only.
type statusUpstream struct {
	*upstream
	*clock
	s *localStatus
	v *Verifier
}

func newStatusUpstream(t testing.TB) statusUpstream {
	t.Helper()
	u := newUpstream(t)
	v, c := u.verifier(t, func(c *Config) { c.Issuer = u.url })
	return statusUpstream{u, c, strategy(t, v, LocalStatus).(*localStatus), v}
}

func (u statusUpstream) uri() string { return u.url + "/introspect" }

// token has its place at the index of the list.
func (u statusUpstream) token(t testing.TB, index int, uri string) string {
	t.Helper()
	return sign(t, testKeys().ec, goodHeader("ES256"), with(goodClaims(u.now()), "iss", u.url,
		"status", map[string]any{"status_list": map[string]any{"idx": index, "uri": uri}}))
}

func (u statusUpstream) claims(t testing.TB) jwt.MapClaims {
	t.Helper()
	return jwt.MapClaims{"sub": u.uri(), "iat": u.now().Unix(), "exp": u.now().Unix() + 60, "ttl": 30,
		"status_list": map[string]any{"bits": 2, "lst": deflated(t, bytes.NewReader([]byte{0b11_10_01_00}))}}
}

func served(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/statuslist+jwt")
		_, _ = w.Write([]byte(text))
	}
}

func listHeader() map[string]any {
	return map[string]any{"alg": "ES256", "kid": "ES256", "typ": "statuslist+jwt"}
}

func TestLocalStatusJudges(t *testing.T) {
	t.Parallel()
	u := newStatusUpstream(t)
	u.onIntrospect(served(sign(t, testKeys().ec, listHeader(), u.claims(t))))
	for index, want := range map[int]claims.Reason{0: "", 1: claims.ReasonRevoked, 2: claims.ReasonStatus, 3: claims.ReasonStatus, 4: claims.ReasonStatus, 1 << 40: claims.ReasonStatus} {
		judges(t, u.s, u.token(t, index, u.uri()), want)
	}
	if n := u.asked.Load(); n != 1 || u.v.Counters().ListFetches != 1 {
		t.Errorf("%d fetches", n)
	}
	judges(t, u.s, sign(t, testKeys().ec, goodHeader("ES256"), with(goodClaims(u.now()), "iss", u.url)), claims.ReasonStatus)
}

// No request goes to an address that isn't the issuer's, or for a token that is refused.
func TestLocalStatusFetchesNothingElse(t *testing.T) {
	t.Parallel()
	u, other := newStatusUpstream(t), newUpstream(t)
	host := strings.TrimPrefix(u.url, "http://")
	for _, uri := range []string{
		other.url + "/introspect", "https://" + host + "/introspect", "http://user@" + host + "/introspect", "http://" + host + "@" + strings.TrimPrefix(other.url, "http://") + "/introspect",
		"http://" + host + ".example/introspect", "http://localhost/introspect", "http:" + host, "/introspect", "introspect", "file:///etc/passwd", u.url + "/introspect#x", "http://169.254.169.254/", "::",
		"//" + host + "/introspect", "http:///introspect", "http://" + host + "\\@" + strings.TrimPrefix(other.url, "http://") + "/",
	} {
		judges(t, u.s, u.token(t, 0, uri), claims.ReasonStatus)
	}
	bad := u.token(t, 0, u.uri())
	_, err := u.s.Judge(t.Context(), bad[:len(bad)-8]+"AAAAAAAA")
	if err == nil {
		t.Error("a bad signature is accepted")
	}
	if n := u.asked.Load() + u.elsewhere.Load() + other.asked.Load() + other.elsewhere.Load(); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// Those who miss a list at the same time make one request, and all get its answer.
func TestLocalStatusCoalesces(t *testing.T) {
	t.Parallel()
	u := newStatusUpstream(t)
	token := u.token(t, 0, u.uri())
	release := make(chan struct{})
	list := served(sign(t, testKeys().ec, listHeader(), u.claims(t)))
	u.onIntrospect(func(w http.ResponseWriter, r *http.Request) { <-release; list(w, r) })
	together(t, u.s, []string{token}, u.v.count.Coalesced.now, release, func(_ string, err error) { wantReason(t, err, "") })
	u.wantAsked(t, 1)
}

// A list that can't be believed is none, and a failure isn't asked for again at once.
func TestLocalStatusUnusable(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(u statusUpstream) http.HandlerFunc{
		"status": func(statusUpstream) http.HandlerFunc { return fixed(404, "") },
		"media type": func(u statusUpstream) http.HandlerFunc {
			return fixed(200, sign(t, testKeys().ec, listHeader(), u.claims(t)))
		},
		"typ": func(u statusUpstream) http.HandlerFunc {
			return served(sign(t, testKeys().ec, goodHeader("ES256"), u.claims(t)))
		},
		"signature": func(u statusUpstream) http.HandlerFunc {
			return served(sign(t, testKeys().stray, with(listHeader(), "alg", "RS256", "kid", "RS256"), u.claims(t)))
		},
		"key": func(u statusUpstream) http.HandlerFunc {
			return served(sign(t, testKeys().ec, with(listHeader(), "kid", "x"), u.claims(t)))
		},
		"none": func(u statusUpstream) http.HandlerFunc {
			return served(sign(t, jwt.UnsafeAllowNoneSignatureType, with(listHeader(), "alg", "none"), u.claims(t)))
		},
		"another list": func(u statusUpstream) http.HandlerFunc {
			return served(sign(t, testKeys().ec, listHeader(), with(u.claims(t), "sub", u.uri()+"x")))
		},
		"expired": func(u statusUpstream) http.HandlerFunc {
			return served(sign(t, testKeys().ec, listHeader(), with(u.claims(t), "exp", u.now().Unix())))
		},
		"access token": func(u statusUpstream) http.HandlerFunc { return served(u.token(t, 0, u.uri())) },
		"too long":     func(statusUpstream) http.HandlerFunc { return served(strings.Repeat("a", maxStatusListText+1)) },
		"redirect": func(u statusUpstream) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/x", 302) }
		},
		"nothing at all": func(statusUpstream) http.HandlerFunc { return served("") },
	} {
		u := newStatusUpstream(t)
		u.onIntrospect(spoil(u))
		for range 3 {
			_, err := u.s.Judge(t.Context(), u.token(t, 0, u.uri()))
			if wantUnavailable(t, err); u.elsewhere.Load() != 0 {
				t.Errorf("%s: followed", name)
			}
		}
		if n := u.asked.Load(); n != 1 {
			t.Errorf("%s: %d requests", name, n)
		}
		u.onIntrospect(served(sign(t, testKeys().ec, listHeader(), u.claims(t))))
		u.advance(coldRetry)
		_, err := u.s.Judge(t.Context(), u.token(t, 0, u.uri()))
		if err != nil && name != "key" { // an unknown kid has its own limit
			t.Errorf("%s: afterwards %v", name, err)
		}
	}
}

// A list is used for its ttl, and not past its exp, though the issuer is gone.
func TestLocalStatusAge(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		ttl, exp int64
		used     time.Duration
	}{{30, 60, 30 * time.Second}, {60, 30, 30 * time.Second}, {7200, 7200, maxStatusTTL}} {
		u := newStatusUpstream(t)
		u.onIntrospect(served(sign(t, testKeys().ec, listHeader(), with(u.claims(t), "ttl", test.ttl, "exp", u.now().Unix()+test.exp))))
		token := sign(t, testKeys().ec, goodHeader("ES256"), with(goodClaims(u.now()), "iss", u.url, "exp", u.now().Unix()+10_000,
			"status", map[string]any{"status_list": map[string]any{"idx": 0, "uri": u.uri()}}))
		judges(t, u.s, token, "")
		u.answer(503, "")
		u.advance(test.used - 1)
		judges(t, u.s, token, "")
		u.advance(1)
		cannotTell(t, u.s, token)
	}
}

// On a network where the issuer has another name, its lists are asked for by that.
func TestLocalStatusOrigin(t *testing.T) {
	t.Parallel()
	u := newStatusUpstream(t)
	config := u.config() // of the issuer https://issuer.example
	config.StatusListOrigin = u.url
	v := newVerifier(t, config, Options{Now: u.now})
	s := strategy(t, v, LocalStatus)
	const uri = testIssuer + "/introspect?list=1"
	var asked string
	list := served(sign(t, testKeys().ec, listHeader(), with(u.claims(t), "sub", uri)))
	u.onIntrospect(func(w http.ResponseWriter, r *http.Request) { asked = r.RequestURI; list(w, r) })
	for where, reason := range map[string]claims.Reason{uri: "", u.uri(): claims.ReasonStatus} {
		_, err := s.Judge(t.Context(), sign(t, testKeys().ec, goodHeader("ES256"), with(goodClaims(u.now()),
			"status", map[string]any{"status_list": map[string]any{"idx": 0, "uri": where}})))
		wantReason(t, err, reason)
	}
	if asked != "/introspect?list=1" {
		t.Errorf("asked for %s", asked)
	}
}

// Lists are kept while there is room for them.
func TestLocalStatusListsAreBounded(t *testing.T) {
	t.Parallel()
	u := newStatusUpstream(t)
	for i := range 100 {
		u.s.lists.lists.Set(fmt.Sprint(i), &statusListEntry{list: &statusList{octets: make([]byte, 1<<20)}})
	}
	u.s.lists.lists.CleanUp()
	if n := u.s.lists.lists.WeightedSize(); n > statusListsBytes {
		t.Errorf("%d bytes", n)
	}
}
