package verifier

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// testAlgorithms are those that there are test keys for; package jwt tests the others.
var testAlgorithms = []string{"RS256", "ES256", "EdDSA"}

const (
	testIssuer   = "https://issuer.example"
	testResource = "https://api.example"
)

// clock is a clock that stands still until it is moved.
type clock struct{ nanos atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.nanos.Store(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.nanos.Load()) }
func (c *clock) advance(d time.Duration) { c.nanos.Add(int64(d)) }

// upstream is an issuer whose answers a test sets.
type upstream struct {
	url        string
	introspect atomic.Pointer[http.HandlerFunc]
	jwks       atomic.Pointer[http.HandlerFunc]
	asked      atomic.Int64 // introspection requests received
	fetched    atomic.Int64 // key set requests received
	elsewhere  atomic.Int64 // requests to any other path
}

func newUpstream(t testing.TB) *upstream {
	t.Helper()
	u := &upstream{}
	u.answer(http.StatusServiceUnavailable, "")
	u.publish(http.StatusOK, testKeys().set(t, testAlgorithms...))
	mux := http.NewServeMux()
	mux.HandleFunc("/introspect", func(w http.ResponseWriter, r *http.Request) { u.asked.Add(1); (*u.introspect.Load())(w, r) })
	mux.HandleFunc("/jwks", func(w http.ResponseWriter, r *http.Request) { u.fetched.Add(1); (*u.jwks.Load())(w, r) })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { u.elsewhere.Add(1); w.WriteHeader(http.StatusNotFound) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	u.url = server.URL
	return u
}

func (u *upstream) onIntrospect(h http.HandlerFunc) { u.introspect.Store(&h) }
func (u *upstream) onJWKS(h http.HandlerFunc)       { u.jwks.Store(&h) }

func (u *upstream) answer(status int, body string)  { u.onIntrospect(fixed(status, body)) }
func (u *upstream) publish(status int, body string) { u.onJWKS(fixed(status, body)) }

func fixed(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func (u *upstream) config() Config {
	return Config{
		Issuer: testIssuer, Resource: testResource,
		IntrospectionEndpoint: u.url + "/introspect", JWKSURI: u.url + "/jwks",
		ClientID: "resource server", ClientSecret: "s3cret:+",
		Algorithms: testAlgorithms, Cache: DefaultCache(),
	}
}

// verifier returns one that trusts u, and its clock.
func (u *upstream) verifier(t testing.TB, changes ...func(*Config)) (*Verifier, *clock) {
	t.Helper()
	config, c := u.config(), newClock()
	for _, change := range changes {
		change(&config)
	}
	return newVerifier(t, config, Options{Now: c.now}), c
}

// newVerifier makes one that ends with the test.
func newVerifier(t testing.TB, config Config, options Options) *Verifier {
	t.Helper()
	v, err := New(config, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	return v
}

func strategy(t testing.TB, v *Verifier, name string) Strategy {
	t.Helper()
	s, ok := v.Strategy(name)
	if !ok {
		t.Fatalf("no strategy %s", name)
	}
	return s
}

// judging returns a strategy that asks an issuer of its own, and all that it is made of.
func judging(t testing.TB, name string) (Strategy, *Verifier, *upstream, *clock) {
	t.Helper()
	u := newUpstream(t)
	v, c := u.verifier(t)
	return strategy(t, v, name), v, u, c
}

// keyring holds one key pair of each algorithm, and a second RSA pair that is published
// under no kid.
type keyring struct {
	rsa, stray *rsa.PrivateKey
	ec         *ecdsa.PrivateKey
	ed         ed25519.PrivateKey
}

var testKeys = sync.OnceValue(func() keyring {
	var k keyring
	var errs [4]error
	k.rsa, errs[0] = rsa.GenerateKey(rand.Reader, 2048)
	k.stray, errs[1] = rsa.GenerateKey(rand.Reader, 2048)
	k.ec, errs[2] = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, k.ed, errs[3] = ed25519.GenerateKey(rand.Reader)
	if err := errors.Join(errs[:]...); err != nil {
		panic(err)
	}
	return k
})

func (k keyring) signer(alg string) crypto.Signer {
	switch alg {
	case "RS256":
		return k.rsa
	case "ES256":
		return k.ec
	default:
		return k.ed
	}
}

// set is the JWK Set with the keys of these algorithms, their names as kids.
func (k keyring) set(t testing.TB, algs ...string) string {
	t.Helper()
	var set jose.JSONWebKeySet
	for _, alg := range algs {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: k.signer(alg).Public(), KeyID: alg, Algorithm: alg, Use: "sig"})
	}
	data, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// sign makes a JWT of exactly this header and these claims.
func sign(t testing.TB, key any, head map[string]any, claims jwt.MapClaims) string {
	t.Helper()
	method := jwt.GetSigningMethod(head["alg"].(string))
	token := &jwt.Token{Header: head, Claims: claims, Method: method}
	signed, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func goodHeader(alg string) map[string]any {
	return map[string]any{"alg": alg, "kid": alg, "typ": "at+jwt"}
}

func goodClaims(now time.Time) jwt.MapClaims {
	return jwt.MapClaims{
		"iss": testIssuer, "aud": testResource, "client_id": "app", "sub": "app", "scope": "read write",
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "jti": "x",
	}
}

// unknown stands among reasons for an [*Unavailable].
const unknown claims.Reason = "unavailable"

// wantReason fails unless err refuses the token for this reason; "" wants it accepted.
func wantReason(t testing.TB, err error, want claims.Reason) {
	t.Helper()
	if want == unknown {
		wantUnavailable(t, err)
		return
	}
	if want == "" {
		if err != nil {
			t.Fatalf("refused: %v", err)
		}
		return
	}
	var invalid *InvalidToken
	if !errors.As(err, &invalid) || invalid.Reason != want {
		t.Fatalf("got %v, want %q", err, want)
	}
}

func wantUnavailable(t testing.TB, err error) {
	t.Helper()
	var unavailable *Unavailable
	if !errors.As(err, &unavailable) {
		t.Fatalf("got %v, want unavailable", err)
	}
}

// judges has a token judged, which is refused for the reason; "" wants it accepted.
func judges(t testing.TB, s Strategy, token string, reason claims.Reason) claims.Claims {
	t.Helper()
	said, err := s.Judge(t.Context(), token)
	wantReason(t, err, reason)
	return said
}

// cannotTell has a token judged of which nothing can be known.
func cannotTell(t testing.TB, s Strategy, token string) error {
	t.Helper()
	_, err := s.Judge(t.Context(), token)
	wantUnavailable(t, err)
	return err
}

func (u *upstream) wantAsked(t testing.TB, n int64) {
	t.Helper()
	if got := u.asked.Load(); got != n {
		t.Errorf("%d introspections, want %d", got, n)
	}
}

func (u *upstream) wantFetched(t testing.TB, n int64) {
	t.Helper()
	if got := u.fetched.Load(); got != n {
		t.Errorf("%d fetches of keys, want %d", got, n)
	}
}

// together has tokens judged by many at once, of whom one starts the request that all wait
// for, and lets it be answered once all have joined it.
func together(t testing.TB, s Strategy, tokens []string, joined func() Count, release chan struct{}, check func(token string, err error)) {
	t.Helper()
	const waiters = 200
	var errs [waiters]error
	var group sync.WaitGroup
	for i := range waiters {
		group.Go(func() { _, errs[i] = s.Judge(t.Context(), tokens[i%len(tokens)]) })
	}
	await(t.Context(), t, func() bool { return joined() == waiters-1 })
	close(release)
	group.Wait()
	for i, err := range errs {
		check(tokens[i%len(tokens)], err)
	}
}

// await returns once the condition holds; the test's own time limit is the only one.
func await(ctx context.Context, t testing.TB, condition func() bool) {
	t.Helper()
	for !condition() {
		select {
		case <-ctx.Done():
			t.Fatal("the test ended first")
		case <-time.After(time.Millisecond):
		}
	}
}
