package issuer

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/store"
)

const (
	testIssuer   = "https://as.example"
	testResource = "https://api.example"
)

// testKeys are shared between tests, since RSA keys take long to make.
var testKeys = sync.OnceValues(func() (*keys.Ring, error) {
	return keys.GenerateRing(rand.Reader, keys.RS256, keys.ES256, keys.EdDSA)
})

// awkwardClient has an identifier and a secret that mean something else unless
// they are form-urlencoded.
var awkwardClient = Client{ID: "a:b %41+c", Secret: "p:w%20 +&=", Form: "opaque", Scopes: []string{"read"}}

func testConfig() Config {
	return Config{
		Issuer:   testIssuer,
		Resource: testResource,
		Clients: []Client{
			{ID: "opaque", Secret: "s-opaque", Form: "opaque", Scopes: []string{"read", "write"}},
			{ID: "RS256", Secret: "s-RS256", Form: "RS256", Scopes: []string{"read", "write"}},
			{ID: "ES256", Secret: "s-ES256", Form: "ES256", Scopes: []string{"read", "write"}},
			{ID: "EdDSA", Secret: "s-EdDSA", Form: "EdDSA", Scopes: []string{"read", "write"}},
			{ID: "short", Secret: "s-short", Form: "opaque", Scopes: []string{"<&>"}, Lifetime: 2},
			awkwardClient,
		},
		Introspector: Introspector{ID: "rs", Secret: "s-rs"},
	}
}

var allForms = []string{"opaque", "RS256", "ES256", "EdDSA"}

// clock is a time that only moves when a test moves it.
type clock struct{ seconds atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.seconds.Store(1_700_000_000)
	return c
}

func (c *clock) now() time.Time  { return time.Unix(c.seconds.Load(), 999_999_999) }
func (c *clock) advance(s int64) { c.seconds.Add(s) }

// testRing returns the keys that all tests share.
func testRing(t testing.TB) *keys.Ring {
	t.Helper()
	ring, err := testKeys()
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func newIssuer(t testing.TB, c Config, clk *clock) *Issuer {
	t.Helper()
	return newIssuerWith(t, c, Options{Now: clk.now, Keys: testRing(t)})
}

// newIssuerOn makes one on a store.
func newIssuerOn(t testing.TB, c Config, clk *clock, s store.Store) *Issuer {
	t.Helper()
	return newIssuerWith(t, c, Options{Now: clk.now, Keys: testRing(t), Store: s})
}

// newIssuerWith makes one that ends with the test.
func newIssuerWith(t testing.TB, c Config, o Options) *Issuer {
	t.Helper()
	i, err := New(c, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := i.Close(); err != nil {
			t.Error(err)
		}
	})
	return i
}

// request is what a client sends; the zero members of it are what a correct client
// would send.
type request struct {
	method, path, media, body string
	id, secret                string // no Authorization when both are empty
	header                    http.Header
}

func (q request) http() *http.Request {
	if q.method == "" {
		q.method = http.MethodPost
	}
	r := httptest.NewRequest(q.method, q.path, strings.NewReader(q.body))
	if q.media == "" {
		q.media = "application/x-www-form-urlencoded"
	}
	if q.media != "none" {
		r.Header.Set("Content-Type", q.media)
	}
	if q.id != "" || q.secret != "" {
		r.SetBasicAuth(url.QueryEscape(q.id), url.QueryEscape(q.secret))
	}
	for name, values := range q.header {
		r.Header[name] = values
	}
	return r
}

func do(i *Issuer, q request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	i.ServeHTTP(w, q.http())
	return w
}

func object(t testing.TB, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil {
		t.Fatalf("status %d: the body is not a JSON object: %v", w.Code, err)
	}
	return m
}

// obtain gets a token for a client of testConfig.
func obtain(t testing.TB, i *Issuer, id, parameters string) string {
	t.Helper()
	w := do(i, request{path: "/token", id: id, secret: "s-" + id, body: "grant_type=client_credentials" + parameters})
	if w.Code != http.StatusOK {
		t.Fatalf("token for %s: status %d: %s", id, w.Code, w.Body)
	}
	tok, _ := object(t, w)["access_token"].(string)
	if tok == "" {
		t.Fatalf("token for %s: none", id)
	}
	return tok
}

// introspect asks as the resource server.
func introspect(i *Issuer, tok string) *httptest.ResponseRecorder {
	return do(i, request{path: "/introspect", id: "rs", secret: "s-rs", body: url.Values{"token": {tok}}.Encode()})
}

// wantHeaders checks the headers of every answer that is for one client only.
func wantHeaders(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	for name, want := range map[string]string{
		"Content-Type": "application/json", "Cache-Control": "no-store", "Pragma": "no-cache",
	} {
		if got := w.Header().Values(name); len(got) != 1 || got[0] != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
