package verifier

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// denylistUpstream is an issuer with a denylist that a test scripts.
func denylistUpstream(t testing.TB, set string, list http.HandlerFunc) (*localDenylist, *Verifier, *upstream, *clock) {
	t.Helper()
	u, c := newUpstream(t), newClock()
	config := u.config()
	config.DenylistURI, config.DenylistSet, config.StatusURI = u.url+"/introspect", set, u.url+"/introspect"
	u.onIntrospect(list)
	v := newVerifier(t, config, Options{Now: c.now})
	return strategy(t, v, LocalDenylist).(*localDenylist), v, u, c
}

func listOf(cursor string, more bool, revoked ...string) string {
	return fmt.Sprintf(`{"iss":%q,"interval_s":30,"revoked":[%s],"cursor":%q,"more":%t}`, testIssuer, strings.Join(revoked, ","), cursor, more)
}

func listed(member, id string, exp time.Time) string {
	return fmt.Sprintf(`{%q:%q,"exp":%d}`, member, id, exp.Unix())
}

func withJTI(t testing.TB, c *clock, jti string) string {
	t.Helper()
	return sign(t, testKeys().ec, goodHeader("ES256"), with(goodClaims(c.now()), "jti", jti))
}

// A cold start fetches once, and everybody waits for it.
func TestDenylistColdStart(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	s, v, _, c := denylistUpstream(t, SetExact, func(w http.ResponseWriter, r *http.Request) {
		<-release
		fixed(200, listOf("a", false, listed("jti", "bad", newClock().now().Add(time.Hour))))(w, r)
	})
	good, bad := withJTI(t, c, "good"), withJTI(t, c, "bad")
	together(t, s, []string{good, bad}, v.count.Coalesced.now, release, func(token string, err error) {
		wantReason(t, err, map[string]claims.Reason{bad: claims.ReasonRevoked}[token])
	})
	if n := v.Counters().ListFetches; n != 1 {
		t.Errorf("%d fetches", n)
	}
}

// No list is fetched for a token that is refused anyway.
func TestDenylistIsNotForInvalidTokens(t *testing.T) {
	t.Parallel()
	s, v, _, c := denylistUpstream(t, SetExact, fixed(200, listOf("a", false)))
	judges(t, s, tokenOf(t, c, "other"), claims.ReasonKeyUnknown)
	if n := v.Counters().ListFetches; n != 0 {
		t.Errorf("%d fetches", n)
	}
}

// Documents are followed to the last; after that, only what is new is asked for, and
// nothing is sent when nothing is.
func TestDenylistPages(t *testing.T) {
	t.Parallel()
	for _, kind := range DenylistSets() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			var asked []string
			c := newClock()
			exp := c.now().Add(time.Hour)
			documents := map[string]string{
				"":  listOf("a", true, listed("jti", "one", exp)),
				"a": listOf("b", false, listed("family", "fam", exp)),
				"b": listOf("b", false),
			}
			s, v, _, clk := denylistUpstream(t, kind, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost { // status
					status := map[bool]string{true: "good", false: "revoked"}[r.FormValue("jti") == "good"]
					fixed(200, fmt.Sprintf(`{"jti":%q,"status":%q}`, r.FormValue("jti"), status))(w, r)
					return
				}
				after := r.URL.Query().Get("after")
				asked = append(asked, after+" "+r.Header.Get("If-None-Match"))
				w.Header().Set("ETag", `"tag-`+after+`"`)
				if r.Header.Get("If-None-Match") == `"tag-`+after+`"` {
					w.WriteHeader(http.StatusNotModified)
					return
				}
				fixed(200, documents[after])(w, r)
			})
			judge := func(jti string, want claims.Reason) {
				t.Helper()
				judges(t, s, withJTI(t, clk, jti), want)
			}
			judge("one", claims.ReasonRevoked)
			judge("fam-two", claims.ReasonRevoked)
			judge("good", "")
			for range 3 {
				clk.advance(30*time.Second + s.list.grace) // too old to be used meanwhile
				judge("good", "")
			}
			if got, want := strings.Join(asked, "|"), ` |a |b |b "tag-b"|b "tag-b"`; got != want {
				t.Errorf("asked for %s, want %s", got, want)
			}
			if n := v.Counters().ListFetches; n != 5 {
				t.Errorf("%d fetches", n)
			}
			judge("one", claims.ReasonRevoked)
		})
	}
}

// A list that has lost the place is read from its beginning.
func TestDenylistLostPlace(t *testing.T) {
	t.Parallel()
	exp := newClock().now().Add(time.Hour)
	lost := false
	s, _, _, c := denylistUpstream(t, SetExact, func(w http.ResponseWriter, r *http.Request) {
		switch after := r.URL.Query().Get("after"); {
		case after == "old" && lost:
			w.WriteHeader(http.StatusBadRequest)
		case lost:
			fixed(200, listOf("new", false, listed("jti", "two", exp)))(w, r)
		default:
			fixed(200, listOf("old", false, listed("jti", "one", exp)))(w, r)
		}
	})
	judges(t, s, withJTI(t, c, "one"), claims.ReasonRevoked)
	lost = true
	c.advance(30*time.Second + s.list.grace)
	judges(t, s, withJTI(t, c, "two"), claims.ReasonRevoked)
}

// Within the grace the old list is used, while the new one is fetched in the background.
func TestDenylistRefreshesInTheBackground(t *testing.T) {
	t.Parallel()
	exp := newClock().now().Add(time.Hour)
	release := make(chan struct{})
	s, v, _, c := denylistUpstream(t, SetExact, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("after") == "" {
			fixed(200, listOf("a", false))(w, r)
			return
		}
		<-release
		fixed(200, listOf("b", false, listed("jti", "one", exp)))(w, r)
	})
	token := withJTI(t, c, "one")
	judges(t, s, token, "")
	c.advance(30 * time.Second)
	for range 3 {
		judges(t, s, token, "")
	}
	close(release)
	await(t.Context(), t, func() bool { return s.list.state.Load().cursor == "b" })
	judges(t, s, token, claims.ReasonRevoked)
	if n := v.Counters().ListFetches; n != 2 {
		t.Errorf("%d fetches", n)
	}
}

// A document that can't be believed is none: nothing is known about any token.
func TestDenylistUnusable(t *testing.T) {
	t.Parallel()
	good := listOf("a", false)
	for name, list := range map[string]http.HandlerFunc{
		"status":           fixed(404, good),
		"unasked 304":      fixed(304, ""),
		"not JSON":         fixed(200, "list"),
		"null":             fixed(200, "null"),
		"no list":          fixed(200, strings.Replace(good, `"revoked"`, `"x"`, 1)),
		"another issuer":   fixed(200, strings.Replace(good, testIssuer, "https://other.example", 1)),
		"no interval":      fixed(200, strings.Replace(good, ":30", ":0", 1)),
		"long interval":    fixed(200, strings.Replace(good, ":30", ":86401", 1)),
		"of nothing":       fixed(200, listOf("a", false, `{"exp":1}`)),
		"of two":           fixed(200, listOf("a", false, `{"jti":"a","family":"b","exp":1}`)),
		"many lengths":     fixed(200, listOf("a", false, `{"family":"a","exp":1}`, `{"family":"aa","exp":1}`, `{"family":"aaa","exp":1}`, `{"family":"aaaa","exp":1}`, `{"family":"aaaaa","exp":1}`)),
		"without an end":   fixed(200, listOf("", true)),
		"duplicate member": fixed(200, strings.Replace(good, `{`, `{"revoked":[],`, 1)),
		"too long":         fixed(200, good+strings.Repeat(" ", maxDenylistPage)),
		"media type": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte(good))
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) },
	} {
		s, _, u, c := denylistUpstream(t, SetExact, list)
		_, err := s.Judge(t.Context(), withJTI(t, c, "a"))
		if wantUnavailable(t, err); u.elsewhere.Load() != 0 {
			t.Errorf("%s: followed", name)
		}
	}
}

// A family of tokens, ended at the reference issuer, is on its list.
func TestDenylistFamily(t *testing.T) {
	t.Parallel()
	r := newRealIssuer(t)
	s, _ := r.strategy(t, LocalDenylist)
	access, refresh := r.obtainBy(t, "ES256", url.Values{"grant_type": {"password"}, "username": {"alice"}, "password": {"pw-alice"}})
	judges(t, s, access, "")
	r.revoke(t, "ES256", refresh)
	r.clock.advance(testListInterval*time.Second + s.(*localDenylist).list.grace)
	judges(t, s, access, claims.ReasonRevoked)
}

func TestDenylistConfig(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*Config){
		"":                   func(c *Config) { c.DenylistURI, c.DenylistSet = "https://as.example/denylist", SetBloom },
		"denylist_set":       func(c *Config) { c.DenylistSet = "cuckoo" },
		"status_uri":         func(c *Config) { c.DenylistSet = SetBloomOnline },
		"denylist_uri":       func(c *Config) { c.DenylistURI = "/denylist" },
		"key_max_age":        func(c *Config) { c.KeyMaxAge = -1 },
		"status_list_origin": func(c *Config) { c.StatusListOrigin = "https://as.example/" },
	} {
		config := newUpstream(t).config()
		change(&config)
		if err := config.check(); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
	var config Config
	if data, err := json.Marshal(config); err != nil || strings.Contains(string(data), "denylist") {
		t.Errorf("%s, %v", data, err)
	}
}
