package dpop

import (
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// TestTwelveChecks has a row for each check of RFC 9449, section 4.3, by its number there:
// a proof that is good but for this one thing, and is refused for it.
func TestTwelveChecks(t *testing.T) {
	t.Parallel()
	c := newClock()
	p, other := newProver(t, keys.ES256), newProver(t, keys.ES256)
	nonces, err := NewNonces(strings.NewReader(strings.Repeat("x", 32)))
	if err != nil {
		t.Fatal(err)
	}
	nonce := nonces.At(c.now())
	prove := func(name string, value any) string {
		changes := map[string]any{"nonce": nonce}
		if name != "" {
			changes[name] = value
		}
		return p.prove(t, c.now(), "1", changes)
	}
	good := prove("", nil)
	payload := good[strings.IndexByte(good, '.')+1 : strings.LastIndexByte(good, '.')]
	octets, err := unpadded.DecodeString(payload)
	if err != nil {
		t.Fatal(err)
	}
	header := func(old, now string) string {
		return p.sign(t, strings.Replace(p.header(""), old, now, 1), string(octets))
	}
	for _, test := range []struct {
		check  string
		values []string
		want   error
	}{
		{"1 more than one header field", []string{good, good}, ErrCount},
		{"2 not a well-formed JWT", []string{good + ".e30"}, ErrForm},
		{"2 with a payload that isn't encoded", []string{header(`"typ"`, `"b64":false,"typ"`)}, ErrForm},
		{"3 a claim is missing", []string{prove("jti", nil)}, ErrClaims},
		{"4 typ", []string{header(`"dpop+jwt"`, `"at+jwt"`)}, ErrType},
		{"5 alg", []string{header(`"alg":"ES256"`, `"alg":"none"`)}, ErrAlgorithm},
		{"6 signature", []string{p.sign(t, other.header(""), string(octets))}, ErrSignature},
		{"7 private key", []string{header(`"jwk":{`, `"jwk":{"d":"AA",`)}, ErrKey},
		{"8 htm", []string{prove("htm", "GET")}, ErrMethod},
		{"9 htu", []string{prove("htu", testURL+"/other")}, ErrTarget},
		{"10 nonce", []string{prove("nonce", nonces.At(c.now().Add(-time.Hour)))}, ErrNonce},
		{"11 time", []string{prove("iat", c.now().Add(-2*MaxAge).Unix())}, ErrTime},
		{"12 ath", []string{prove("ath", TokenHash("another token"))}, ErrToken},
		{"12 key of the token", []string{other.prove(t, c.now(), "1", map[string]any{"nonce": nonce})}, ErrBinding},
		{"none", []string{good}, nil},
	} {
		checker := newChecker(t, c)
		checker.Nonces = nonces
		_, err := checker.Check(t.Context(), test.values, Request{"POST", testURL, &Access{testToken, p.thumbprint}})
		if err != test.want {
			t.Errorf("%s: got %v, want %v", test.check, err, test.want)
		}
	}
}
