package dpop

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/reference/keys"
)

const (
	testURL   = "https://api.example.com/transfer"
	testToken = "2YotnFZFEjr1zCsicMWpAA"
)

// clock stands still until it is moved.
type clock struct{ nanos atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.nanos.Store(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.nanos.Load()) }
func (c *clock) advance(d time.Duration) { c.nanos.Add(int64(d)) }

// prover has a key.
type prover struct {
	key        *keys.Key
	jwk        string
	thumbprint string
}

func newProver(t testing.TB, a keys.Algorithm) prover {
	t.Helper()
	key, err := keys.Generate(a, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := key.JWK()
	if err != nil {
		t.Fatal(err)
	}
	thumbprint, err := keys.Thumbprint(a, key.Private.Public())
	if err != nil {
		t.Fatal(err)
	}
	return prover{key, string(jwk), thumbprint}
}

// header is that of a good proof; more are other members, each with its comma.
func (p prover) header(more string) string {
	return `{"typ":"dpop+jwt","alg":"` + string(p.key.Algorithm) + `","jwk":` + p.jwk + more + `}`
}

// sign makes a proof of any header and payload.
func (p prover) sign(t testing.TB, header, payload string) string {
	t.Helper()
	signer, err := forge.SignWith(p.key, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text, err := forge.Token([]byte(header), []byte(payload), signer)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// prove makes a proof that is good but for the changes; nil takes a claim away.
func (p prover) prove(t testing.TB, now time.Time, id string, changes map[string]any) string {
	t.Helper()
	members := map[string]any{"jti": id, "htm": "POST", "htu": testURL, "iat": now.Unix(), "ath": TokenHash(testToken)}
	for name, value := range changes {
		if members[name] = value; value == nil {
			delete(members, name)
		}
	}
	payload, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return p.sign(t, p.header(""), string(payload))
}

func newChecker(t testing.TB, c *clock) *Checker {
	t.Helper()
	seen, err := NewReplays(1024, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return &Checker{Now: c.now, Seen: seen}
}

// Each of the twelve checks of RFC 9449, section 4.3, refuses what only it is for.
func TestCheck(t *testing.T) {
	t.Parallel()
	c := newClock()
	p, other := newProver(t, keys.ES256), newProver(t, keys.ES256)
	now := c.now()
	with := func(name string, value any) []string {
		return []string{p.prove(t, now, "1", map[string]any{name: value})}
	}
	payload := `{"jti":"1","htm":"POST","htu":"` + testURL + `","iat":1,"ath":"x"}`
	good := with("x", 1)[0]
	for _, test := range []struct {
		name   string
		values []string
		want   error
	}{
		{"good", []string{good}, nil},
		{"no header field", nil, ErrCount},
		{"two header fields", []string{good, good}, ErrCount},
		{"empty", []string{""}, ErrForm},
		{"list", []string{good + ", " + good}, ErrForm},
		{"two parts", []string{good[:strings.LastIndexByte(good, '.')]}, ErrForm},
		{"four parts", []string{good + ".x"}, ErrForm},
		{"padding", []string{good + "=="}, ErrForm},
		{"line break", []string{good + "\n"}, ErrForm},
		{"too long", with("x", strings.Repeat("x", MaxProof)), ErrForm},
		{"header isn't JSON", []string{p.sign(t, "{", payload)}, ErrForm},
		{"deep header", []string{p.sign(t, p.header(`,"x":`+strings.Repeat("[", 2000)+strings.Repeat("]", 2000)), payload)}, ErrForm},
		{"member twice", []string{p.sign(t, p.header(`,"typ":"dpop+jwt"`), payload)}, ErrForm},
		{"crit", []string{p.sign(t, p.header(`,"crit":["b64"],"b64":false`), payload)}, ErrForm},
		{"payload isn't JSON", []string{p.sign(t, p.header(""), "x")}, ErrClaims},
		{"claim twice", []string{p.sign(t, p.header(""), `{"jti":"2",`+payload[1:])}, ErrClaims},
		{"no jti", with("jti", nil), ErrClaims},
		{"long jti", with("jti", strings.Repeat("x", maxID+1)), ErrClaims},
		{"number as jti", with("jti", 1), ErrClaims},
		{"no htm", with("htm", nil), ErrClaims},
		{"list as htm", with("htm", []string{"POST"}), ErrClaims},
		{"number as htm", with("htm", 1), ErrClaims},
		{"no htu", with("htu", nil), ErrClaims},
		{"object as htu", with("htu", map[string]string{"url": testURL}), ErrClaims},
		{"no iat", with("iat", nil), ErrClaims},
		{"text as iat", with("iat", "1"), ErrClaims},
		{"object as ath", with("ath", map[string]int{}), ErrClaims},
		{"boolean as nonce", with("nonce", true), ErrClaims},
		{"typ JWT", []string{p.sign(t, strings.Replace(p.header(""), "dpop+jwt", "JWT", 1), payload)}, ErrType},
		{"no typ", []string{p.sign(t, strings.Replace(p.header(""), `"typ":"dpop+jwt",`, "", 1), payload)}, ErrType},
		{"none", []string{p.sign(t, strings.Replace(p.header(""), `"alg":"ES256"`, `"alg":"none"`, 1), payload)}, ErrAlgorithm},
		{"MAC", []string{p.sign(t, strings.Replace(p.header(""), `"alg":"ES256"`, `"alg":"HS256"`, 1), payload)}, ErrAlgorithm},
		{"another's signature", []string{p.sign(t, other.header(""), payload)}, ErrSignature},
		{"unsigned", []string{good[:strings.LastIndexByte(good, '.')+1]}, ErrSignature},
		{"htm", with("htm", "GET"), ErrMethod},
		{"htm in lower case", with("htm", "post"), ErrMethod},
		{"htu", with("htu", testURL+"/x"), ErrTarget},
		{"old", with("iat", now.Unix()-61), ErrTime},
		{"very old", with("iat", 0), ErrTime},
		{"before time", with("iat", -1e300), ErrTime},
		{"ahead", with("iat", now.Unix()+6), ErrTime},
		{"far ahead", with("iat", 1e300), ErrTime},
		{"in milliseconds", with("iat", now.UnixMilli()), ErrTime},
		{"no ath", with("ath", nil), ErrToken},
		{"ath", with("ath", TokenHash("another")), ErrToken},
		{"another key", []string{other.prove(t, now, "1", nil)}, ErrBinding},
	} {
		request := Request{Method: "POST", URL: testURL, Access: &Access{testToken, p.thumbprint}}
		got, err := newChecker(t, c).Check(t.Context(), test.values, request)
		if err != test.want || (got != nil) != (err == nil) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
	for name, values := range map[string][]string{"fraction": with("iat", float64(now.Unix())-0.5), "old but good": with("iat", now.Unix()-60), "a little ahead": with("iat", now.Unix()+5)} {
		if _, err := newChecker(t, c).Check(t.Context(), values, Request{Method: "POST", URL: testURL}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A token that is bound to nothing is never proved.
	if _, err := newChecker(t, c).Check(t.Context(), []string{good}, Request{"POST", testURL, &Access{testToken, ""}}); err != ErrBinding {
		t.Errorf("no binding: %v", err)
	}
}

// A proof is used once, and one that is refused isn't used.
func TestCheckReplay(t *testing.T) {
	t.Parallel()
	c := newClock()
	p := newProver(t, keys.EdDSA)
	checker := newChecker(t, c)
	proof := []string{p.prove(t, c.now(), "1", nil)}
	for _, step := range []struct {
		method string
		want   error
	}{{"GET", ErrMethod}, {"POST", nil}, {"POST", ErrReplay}} {
		if _, err := checker.Check(t.Context(), proof, Request{Method: step.method, URL: testURL}); err != step.want {
			t.Errorf("%s: %v, want %v", step.method, err, step.want)
		}
	}
	checker.Seen = failing{}
	_, err := checker.Check(t.Context(), proof, Request{Method: "POST", URL: testURL})
	var refusal Refusal
	if !errors.Is(err, errDown) || errors.As(err, &refusal) {
		t.Errorf("without memory: %v", err)
	}
}

var errDown = errors.New("down")

type failing struct{}

func (failing) Remember(context.Context, string, string, time.Time) (bool, error) {
	return false, errDown
}

func TestCheckNonce(t *testing.T) {
	t.Parallel()
	c := newClock()
	p := newProver(t, keys.ES256)
	checker := newChecker(t, c)
	var err error
	if checker.Nonces, err = NewNonces(rand.Reader); err != nil {
		t.Fatal(err)
	}
	nonce := checker.Nonces.At(c.now())
	for _, step := range []struct {
		nonce any
		after time.Duration
		want  error
	}{{nil, 0, ErrNonce}, {"x", 0, ErrNonce}, {nonce, 0, nil}, {nonce, NoncePeriod, nil}, {nonce, NoncePeriod, ErrNonce}} {
		c.advance(step.after)
		proof := p.prove(t, c.now(), c.now().String(), map[string]any{"nonce": step.nonce})
		if _, err := checker.Check(t.Context(), []string{proof}, Request{Method: "POST", URL: testURL}); err != step.want {
			t.Errorf("nonce %v: %v, want %v", step.nonce, err, step.want)
		}
	}
	if _, err := NewNonces(strings.NewReader("short")); err == nil {
		t.Error("nonces of too little randomness")
	}
}
