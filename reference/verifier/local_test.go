package verifier

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// localVerifier returns the local strategy over all the test's keys.
func localVerifier(t testing.TB) (Strategy, *upstream, *clock) {
	t.Helper()
	u := newUpstream(t)
	v, c := u.verifier(t)
	return strategy(t, v, Local), u, c
}

// with returns the map with members set, or removed where nil.
func with[M ~map[string]any](m M, members ...any) M {
	changed := maps.Clone(m)
	for i := 0; i < len(members); i += 2 {
		if name := members[i].(string); members[i+1] == nil {
			delete(changed, name)
		} else {
			changed[name] = members[i+1]
		}
	}
	return changed
}

func TestLocalAccepts(t *testing.T) {
	t.Parallel()
	s, u, c := localVerifier(t)
	for _, alg := range testAlgorithms {
		for _, typ := range []string{"at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"} {
			token := sign(t, testKeys().signer(alg), with(goodHeader(alg), "typ", typ), goodClaims(c.now()))
			said, err := s.Judge(t.Context(), token)
			want := claims.Claims{Issuer: testIssuer, Audience: []string{testResource}, ClientID: "app", Scope: "read write", Subject: "app", ID: "x",
				IssuedAt: time.Unix(c.now().Unix(), 0), ExpiresAt: time.Unix(c.now().Unix()+3600, 0)}
			if err != nil || !reflect.DeepEqual(said, want) {
				t.Errorf("%s, %s: %+v, %v", alg, typ, said, err)
			}
		}
	}
	if n := u.fetched.Load(); n != 1 {
		t.Errorf("%d fetches of the key set", n)
	}
}

func TestLocalHeader(t *testing.T) {
	t.Parallel()
	s, u, c := localVerifier(t)
	keys := testKeys()
	public, err := x509.MarshalPKIXPublicKey(keys.rsa.Public())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		alg     string
		key     any
		changes []any
		reason  claims.Reason
	}{
		{"unknown parameter", "ES256", keys.ec, []any{"x", 1}, ""},
		{"none", "none", jwt.UnsafeAllowNoneSignatureType, []any{"kid", "RS256"}, claims.ReasonAlgorithm},
		{"none without kid", "none", jwt.UnsafeAllowNoneSignatureType, []any{"kid", nil}, claims.ReasonAlgorithm},
		{"HMAC by the public key", "HS256", public, []any{"kid", "RS256"}, claims.ReasonAlgorithm},
		{"algorithm that isn't allowed", "PS256", keys.rsa, []any{"kid", "RS256"}, claims.ReasonAlgorithm},
		{"algorithm of another key", "ES256", keys.ec, []any{"kid", "RS256"}, claims.ReasonKeyAlgorithm},
		{"key of another algorithm", "RS256", keys.rsa, []any{"kid", "ES256"}, claims.ReasonKeyAlgorithm},
		{"another key", "RS256", keys.stray, nil, claims.ReasonSignature},
		{"unknown kid", "RS256", keys.rsa, []any{"kid", "other"}, claims.ReasonKeyUnknown},
		{"no kid", "RS256", keys.rsa, []any{"kid", nil}, claims.ReasonKeyUnnamed},
		{"kid that isn't text", "RS256", keys.rsa, []any{"kid", 1}, claims.ReasonMalformed},
		{"kid in a path", "RS256", keys.rsa, []any{"kid", "../jwks"}, claims.ReasonKeyUnknown},
		{"JWT", "RS256", keys.rsa, []any{"typ", "JWT"}, claims.ReasonType},
		{"no typ", "RS256", keys.rsa, []any{"typ", nil}, claims.ReasonType},
		{"empty typ", "RS256", keys.rsa, []any{"typ", ""}, claims.ReasonType},
		{"typ with a space", "RS256", keys.rsa, []any{"typ", "at+jwt "}, claims.ReasonType},
		{"logout token", "RS256", keys.rsa, []any{"typ", "logout+jwt"}, claims.ReasonType},
		{"critical extension", "RS256", keys.rsa, []any{"crit", []string{"x"}, "x", 1}, claims.ReasonCritical},
		{"empty crit", "RS256", keys.rsa, []any{"crit", []string{}}, claims.ReasonCritical},
		{"unencoded payload", "RS256", keys.rsa, []any{"crit", []string{"b64"}, "b64", false}, claims.ReasonCritical},
		{"jku", "RS256", keys.stray, []any{"kid", "stray", "jku", u.url + "/evil"}, claims.ReasonKeyUnknown},
		{"x5u", "RS256", keys.stray, []any{"kid", "stray", "x5u", u.url + "/evil"}, claims.ReasonKeyUnknown},
		{"jwk", "RS256", keys.stray, []any{"jwk", map[string]string{"kty": "RSA"}}, claims.ReasonSignature},
	} {
		t.Run(test.name, func(t *testing.T) {
			token := sign(t, test.key, with(goodHeader(test.alg), test.changes...), goodClaims(c.now()))
			judges(t, s, token, test.reason)
		})
	}
	if n := u.elsewhere.Load(); n != 0 {
		t.Errorf("%d requests to addresses from tokens", n)
	}
}

func TestLocalClaims(t *testing.T) {
	t.Parallel()
	s, _, c := localVerifier(t)
	now := c.now().Unix()
	for _, test := range []struct {
		name    string
		changes []any
		reason  claims.Reason
	}{
		{"no sub", []any{"sub", nil}, claims.ReasonIncomplete},
		{"audience among others", []any{"aud", []string{"x", testResource}}, ""},
		{"other audience", []any{"aud", "https://other.example"}, claims.ReasonAudience},
		{"audience with a slash", []any{"aud", testResource + "/"}, claims.ReasonAudience},
		{"part of the audience", []any{"aud", []string{testResource[:10], testResource + "/x"}}, claims.ReasonAudience},
		{"no audience", []any{"aud", nil}, claims.ReasonIncomplete},
		{"empty audience", []any{"aud", []string{}}, claims.ReasonAudience},
		{"audience that isn't text", []any{"aud", []any{testResource, 1}}, claims.ReasonMalformed},
		{"other issuer", []any{"iss", "https://other.example"}, claims.ReasonIssuer},
		{"issuer with a slash", []any{"iss", testIssuer + "/"}, claims.ReasonIssuer},
		{"issuer in capitals", []any{"iss", strings.ToUpper(testIssuer)}, claims.ReasonIssuer},
		{"no issuer", []any{"iss", nil}, claims.ReasonIncomplete},
		{"issuer as an array", []any{"iss", []string{testIssuer}}, claims.ReasonMalformed},
		{"expires in a second", []any{"exp", now + 1}, ""},
		{"expires in half a second", []any{"exp", float64(now) + 0.5}, ""},
		{"never expires", []any{"exp", uint64(9223372036854775807)}, claims.ReasonMalformed},
		{"expires now", []any{"exp", now}, claims.ReasonExpired},
		{"expired", []any{"exp", now - 1}, claims.ReasonExpired},
		{"expired below zero", []any{"exp", -1e300}, claims.ReasonExpired},
		{"no client_id", []any{"client_id", nil}, claims.ReasonIncomplete},
		{"no iat", []any{"iat", nil}, claims.ReasonIncomplete},
		{"no jti", []any{"jti", nil}, claims.ReasonIncomplete},
		{"empty sub", []any{"sub", ""}, claims.ReasonMalformed},
		{"issued in the future", []any{"iat", now + 60}, ""},
		{"no exp", []any{"exp", nil}, claims.ReasonIncomplete},
		{"exp as text", []any{"exp", "9999999999"}, claims.ReasonMalformed},
		{"exp in another case", []any{"exp", nil, "EXP", now + 1}, claims.ReasonIncomplete},
		{"valid from now", []any{"nbf", now}, ""},
		{"valid in a second", []any{"nbf", now + 1}, claims.ReasonNotYetValid},
		{"nbf as text", []any{"nbf", "0"}, claims.ReasonMalformed},
		{"scope as an array", []any{"scope", []string{"read"}}, claims.ReasonForm},
		{"client_id as a number", []any{"client_id", 1}, claims.ReasonMalformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			token := sign(t, testKeys().ed, goodHeader("EdDSA"), with(goodClaims(c.now()), test.changes...))
			judges(t, s, token, test.reason)
		})
	}
}

func TestLocalExpiresByTheClock(t *testing.T) {
	t.Parallel()
	s, _, c := localVerifier(t)
	token := sign(t, testKeys().ec, goodHeader("ES256"), goodClaims(c.now()))
	c.advance(time.Hour - 1)
	judges(t, s, token, "")
	c.advance(1)
	judges(t, s, token, claims.ReasonExpired)
}

// Every byte of the signature counts, and so does each of what is signed.
func TestLocalTamperedBytes(t *testing.T) {
	t.Parallel()
	s, _, c := localVerifier(t)
	for _, alg := range testAlgorithms {
		token := sign(t, testKeys().signer(alg), goodHeader(alg), goodClaims(c.now()))
		cut := strings.LastIndexByte(token, '.') + 1
		signature, err := base64.RawURLEncoding.DecodeString(token[cut:])
		if err != nil {
			t.Fatal(err)
		}
		for i := range signature {
			signature[i] ^= 1
			_, err := s.Judge(t.Context(), token[:cut]+base64.RawURLEncoding.EncodeToString(signature))
			signature[i] ^= 1
			wantReason(t, err, claims.ReasonSignature)
		}
		for i := range token {
			other := byte('A')
			if token[i] == other {
				other = 'B'
			}
			if _, err := s.Judge(t.Context(), token[:i]+string(other)+token[i+1:]); err == nil {
				t.Errorf("%s: accepted with byte %d changed", alg, i)
			}
		}
	}
}

func TestLocalEncoding(t *testing.T) {
	t.Parallel()
	s, _, c := localVerifier(t)
	good := sign(t, testKeys().ec, goodHeader("ES256"), goodClaims(c.now()))
	parts := strings.Split(good, ".")
	b64 := base64.RawURLEncoding.EncodeToString
	resign := func(head, payload string) string { // bytes of our choosing, signed
		text := b64([]byte(head)) + "." + b64([]byte(payload))
		signature, err := jwt.SigningMethodES256.Sign(text, testKeys().ec)
		if err != nil {
			t.Fatal(err)
		}
		return text + "." + b64(signature)
	}
	head := `{"alg":"ES256","kid":"ES256","typ":"at+jwt"}`
	data, err := json.Marshal(goodClaims(c.now()))
	if err != nil {
		t.Fatal(err)
	}
	payload := string(data)
	for _, test := range []struct {
		name, token string
		reason      claims.Reason
	}{
		{"as it is", resign(head, payload), ""},
		{"empty", "", claims.ReasonMalformed},
		{"opaque", "9f86d081884c7d659a2feaa0c55ad015", claims.ReasonMalformed},
		{"two parts", parts[0] + "." + parts[1], claims.ReasonMalformed},
		{"five parts", good + ".a.b", claims.ReasonMalformed},
		{"dots", "..", claims.ReasonMalformed},
		{"no signature", parts[0] + "." + parts[1] + ".", claims.ReasonSignature},
		{"padding", good + "==", claims.ReasonMalformed},
		{"line break", good[:5] + "\n" + good[5:], claims.ReasonMalformed},
		{"space", good + " ", claims.ReasonMalformed},
		{"standard alphabet", good[:len(good)-1] + "+", claims.ReasonMalformed},
		{"JSON serialization", `{"payload":"` + parts[1] + `"}`, claims.ReasonMalformed},
		{"stray bits", strayBits(t, good), claims.ReasonMalformed},
		{"header that isn't JSON", "AAAA." + parts[1] + "." + parts[2], claims.ReasonMalformed},
		{"duplicate alg", resign(`{"alg":"none",`+head[1:], payload), claims.ReasonMalformed},
		{"duplicate kid", resign(`{"kid":"x",`+head[1:], payload), claims.ReasonMalformed},
		{"null crit", resign(`{"crit":null,`+head[1:], payload), claims.ReasonCritical},
		{"duplicate claim", resign(head, `{"iss":"x",`+payload[1:]), claims.ReasonMalformed},
		{"null claim", resign(head, strings.Replace(payload, `"app"`, `null`, 1)), claims.ReasonMalformed},
		{"claims that aren't an object", resign(head, `[]`), claims.ReasonMalformed},
		{"null claims", resign(head, `null`), claims.ReasonMalformed},
		{"claims that aren't UTF-8", resign(head, strings.Replace(payload, `"app"`, "\"\xff\"", 1)), claims.ReasonMalformed},
		{"something after the claims", resign(head, payload+"{}"), claims.ReasonMalformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			judges(t, s, test.token, test.reason)
		})
	}
}

// strayBits sets bits of the last character that belong to no byte of the signature.
func strayBits(t *testing.T, token string) string {
	t.Helper()
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, token[len(token)-1])
	if last%16 != 0 { // 64 bytes leave 4 of the last character's bits unused
		t.Fatalf("the last character already is %d", last)
	}
	return token[:len(token)-1] + alphabet[last+1:last+2]
}

func TestLocalOnlyConfiguredAlgorithms(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	config, c := u.config(), newClock()
	config.Algorithms = []string{"ES256"}
	v := newVerifier(t, config, Options{Now: c.now})
	for alg, reason := range map[string]claims.Reason{"ES256": "", "RS256": claims.ReasonAlgorithm, "EdDSA": claims.ReasonAlgorithm} {
		judges(t, strategy(t, v, Local), sign(t, testKeys().signer(alg), goodHeader(alg), goodClaims(c.now())), reason)
	}
}
