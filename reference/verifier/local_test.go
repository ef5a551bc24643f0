package verifier

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// localVerifier returns the local strategy over all the test's keys.
func localVerifier(t testing.TB) (Strategy, *upstream, *clock) {
	t.Helper()
	u := newUpstream(t)
	v, c := u.verifier(t)
	u.publish(200, testKeys().set(t, Algorithms()...))
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
	for _, alg := range Algorithms() {
		for _, typ := range []string{"at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"} {
			token := sign(t, testKeys().signer(alg), with(goodHeader(alg), "typ", typ), goodClaims(c.now()))
			claims, err := s.Judge(t.Context(), token)
			want := Claims{ClientID: "app", Scope: "read write", Subject: "app", ExpiresAt: time.Unix(c.now().Unix()+3600, 0)}
			if err != nil || claims != want {
				t.Errorf("%s, %s: %+v, %v", alg, typ, claims, err)
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
		reason  Reason
	}{
		{"unknown parameter", "ES256", keys.ec, []any{"x", 1}, ""},
		{"none", "none", jwt.UnsafeAllowNoneSignatureType, []any{"kid", "RS256"}, ReasonAlgorithm},
		{"none without kid", "none", jwt.UnsafeAllowNoneSignatureType, []any{"kid", nil}, ReasonAlgorithm},
		{"HMAC by the public key", "HS256", public, []any{"kid", "RS256"}, ReasonAlgorithm},
		{"algorithm that isn't allowed", "PS256", keys.rsa, []any{"kid", "RS256"}, ReasonAlgorithm},
		{"algorithm of another key", "ES256", keys.ec, []any{"kid", "RS256"}, ReasonKeyAlgorithm},
		{"key of another algorithm", "RS256", keys.rsa, []any{"kid", "ES256"}, ReasonKeyAlgorithm},
		{"another key", "RS256", keys.stray, nil, ReasonSignature},
		{"unknown kid", "RS256", keys.rsa, []any{"kid", "other"}, ReasonKeyUnknown},
		{"no kid", "RS256", keys.rsa, []any{"kid", nil}, ReasonKeyUnknown},
		{"kid that isn't text", "RS256", keys.rsa, []any{"kid", 1}, ReasonMalformed},
		{"kid in a path", "RS256", keys.rsa, []any{"kid", "../jwks"}, ReasonKeyUnknown},
		{"JWT", "RS256", keys.rsa, []any{"typ", "JWT"}, ReasonType},
		{"no typ", "RS256", keys.rsa, []any{"typ", nil}, ReasonType},
		{"empty typ", "RS256", keys.rsa, []any{"typ", ""}, ReasonType},
		{"typ with a space", "RS256", keys.rsa, []any{"typ", "at+jwt "}, ReasonType},
		{"logout token", "RS256", keys.rsa, []any{"typ", "logout+jwt"}, ReasonType},
		{"critical extension", "RS256", keys.rsa, []any{"crit", []string{"x"}, "x", 1}, ReasonCritical},
		{"empty crit", "RS256", keys.rsa, []any{"crit", []string{}}, ReasonCritical},
		{"unencoded payload", "RS256", keys.rsa, []any{"crit", []string{"b64"}, "b64", false}, ReasonCritical},
		{"jku", "RS256", keys.stray, []any{"kid", "stray", "jku", u.url + "/evil"}, ReasonKeyUnknown},
		{"x5u", "RS256", keys.stray, []any{"kid", "stray", "x5u", u.url + "/evil"}, ReasonKeyUnknown},
		{"jwk", "RS256", keys.stray, []any{"jwk", map[string]string{"kty": "RSA"}}, ReasonSignature},
	} {
		t.Run(test.name, func(t *testing.T) {
			token := sign(t, test.key, with(goodHeader(test.alg), test.changes...), goodClaims(c.now()))
			_, err := s.Judge(t.Context(), token)
			wantReason(t, err, test.reason)
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
		reason  Reason
	}{
		{"no sub", []any{"sub", nil}, ""},
		{"audience among others", []any{"aud", []string{"x", testResource}}, ""},
		{"other audience", []any{"aud", "https://other.example"}, ReasonAudience},
		{"audience with a slash", []any{"aud", testResource + "/"}, ReasonAudience},
		{"part of the audience", []any{"aud", []string{testResource[:10], testResource + "/x"}}, ReasonAudience},
		{"no audience", []any{"aud", nil}, ReasonAudience},
		{"empty audience", []any{"aud", []string{}}, ReasonAudience},
		{"audience that isn't text", []any{"aud", []any{testResource, 1}}, ReasonMalformed},
		{"other issuer", []any{"iss", "https://other.example"}, ReasonIssuer},
		{"issuer with a slash", []any{"iss", testIssuer + "/"}, ReasonIssuer},
		{"issuer in capitals", []any{"iss", strings.ToUpper(testIssuer)}, ReasonIssuer},
		{"no issuer", []any{"iss", nil}, ReasonIssuer},
		{"issuer as an array", []any{"iss", []string{testIssuer}}, ReasonMalformed},
		{"expires in a second", []any{"exp", now + 1}, ""},
		{"expires in half a second", []any{"exp", float64(now) + 0.5}, ""},
		{"never expires", []any{"exp", uint64(9223372036854775807)}, ""},
		{"expires now", []any{"exp", now}, ReasonExpired},
		{"expired", []any{"exp", now - 1}, ReasonExpired},
		{"expired below zero", []any{"exp", -1e300}, ReasonExpired},
		{"no exp", []any{"exp", nil}, ReasonExpired},
		{"exp as text", []any{"exp", "9999999999"}, ReasonMalformed},
		{"exp in another case", []any{"exp", nil, "EXP", now + 1}, ReasonExpired},
		{"valid from now", []any{"nbf", now}, ""},
		{"valid in a second", []any{"nbf", now + 1}, ReasonNotYetValid},
		{"nbf as text", []any{"nbf", "0"}, ReasonMalformed},
		{"scope as an array", []any{"scope", []string{"read"}}, ReasonMalformed},
		{"client_id as a number", []any{"client_id", 1}, ReasonMalformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			token := sign(t, testKeys().ed, goodHeader("EdDSA"), with(goodClaims(c.now()), test.changes...))
			_, err := s.Judge(t.Context(), token)
			wantReason(t, err, test.reason)
		})
	}
}

func TestLocalExpiresByTheClock(t *testing.T) {
	t.Parallel()
	s, _, c := localVerifier(t)
	token := sign(t, testKeys().ec, goodHeader("ES256"), goodClaims(c.now()))
	c.advance(time.Hour - 1)
	_, err := s.Judge(t.Context(), token)
	wantReason(t, err, "")
	c.advance(1)
	_, err = s.Judge(t.Context(), token)
	wantReason(t, err, ReasonExpired)
}

// Every byte of the signature counts, and so does each of what is signed.
func TestLocalTamperedBytes(t *testing.T) {
	t.Parallel()
	s, _, c := localVerifier(t)
	for _, alg := range Algorithms() {
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
			wantReason(t, err, ReasonSignature)
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
		reason      Reason
	}{
		{"as it is", resign(head, payload), ""},
		{"empty", "", ReasonMalformed},
		{"opaque", "9f86d081884c7d659a2feaa0c55ad015", ReasonMalformed},
		{"two parts", parts[0] + "." + parts[1], ReasonMalformed},
		{"five parts", good + ".a.b", ReasonMalformed},
		{"dots", "..", ReasonMalformed},
		{"no signature", parts[0] + "." + parts[1] + ".", ReasonSignature},
		{"padding", good + "==", ReasonMalformed},
		{"line break", good[:5] + "\n" + good[5:], ReasonMalformed},
		{"space", good + " ", ReasonMalformed},
		{"standard alphabet", good[:len(good)-1] + "+", ReasonMalformed},
		{"JSON serialization", `{"payload":"` + parts[1] + `"}`, ReasonMalformed},
		{"stray bits", strayBits(t, good), ReasonMalformed},
		{"header that isn't JSON", "AAAA." + parts[1] + "." + parts[2], ReasonMalformed},
		{"duplicate alg", resign(`{"alg":"none",`+head[1:], payload), ReasonMalformed},
		{"duplicate kid", resign(`{"kid":"x",`+head[1:], payload), ReasonMalformed},
		{"null crit", resign(`{"crit":null,`+head[1:], payload), ReasonCritical},
		{"duplicate claim", resign(head, `{"iss":"x",`+payload[1:]), ReasonMalformed},
		{"null claim", resign(head, strings.Replace(payload, `"app"`, `null`, 1)), ReasonMalformed},
		{"claims that aren't an object", resign(head, `[]`), ReasonMalformed},
		{"null claims", resign(head, `null`), ReasonIssuer},
		{"claims that aren't UTF-8", resign(head, strings.Replace(payload, `"app"`, "\"\xff\"", 1)), ReasonMalformed},
		{"something after the claims", resign(head, payload+"{}"), ReasonMalformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := s.Judge(t.Context(), test.token)
			wantReason(t, err, test.reason)
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
	u.publish(200, testKeys().set(t, Algorithms()...))
	config, c := u.config(), newClock()
	config.Algorithms = []string{"ES256"}
	v, err := New(config, Options{Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	for alg, reason := range map[string]Reason{"ES256": "", "RS256": ReasonAlgorithm, "EdDSA": ReasonAlgorithm} {
		_, err := strategy(t, v, Local).Judge(t.Context(), sign(t, testKeys().signer(alg), goodHeader(alg), goodClaims(c.now())))
		wantReason(t, err, reason)
	}
}
