package issuer

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// recipientKeys returns a resource server's key, and its public half if it has one.
func recipientKeys(t *testing.T, alg string) (whole, public config.SecretJSON) {
	t.Helper()
	key := jose.JSONWebKey{KeyID: "rs", Use: "enc"}
	var err error
	switch {
	case strings.HasPrefix(alg, "RSA"):
		key.Key, err = rsa.GenerateKey(rand.Reader, 2048)
	case strings.HasPrefix(alg, "ECDH"):
		key.Key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	default:
		secret := make([]byte, 32)
		_, err = rand.Read(secret)
		key.Key = secret
	}
	if err != nil {
		t.Fatal(err)
	}
	encode := func(k jose.JSONWebKey) config.SecretJSON {
		b, err := json.Marshal(k)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if half := key.Public(); half.Key != nil {
		return encode(key), encode(half)
	}
	return encode(key), nil
}

// The resource server, and the issuer as far as it has the key or a record, can tell
// what an encrypted token is; where it can't, it says so and doesn't call it inactive.
func TestEncryption(t *testing.T) {
	t.Parallel()
	for _, alg := range token.KeyManagements() {
		t.Run(alg, func(t *testing.T) {
			t.Parallel()
			whole, public := recipientKeys(t, alg)
			encrypted := func(key config.SecretJSON, keep store.Keep) *Issuer {
				c := testConfig()
				c.Clients[2].Encrypt = Encryption{Alg: alg, JWKS: config.SecretJSON(fmt.Sprintf(`{"keys":[{"kty":"oct","k":"AA"},%s]}`, []byte(key)))}
				c.Persistence.SelfContained.Keep = Keep(keep)
				return newIssuer(t, c, newClock())
			}
			for _, keep := range store.Keeps() {
				i := encrypted(whole, keep)
				tok, other := obtain(t, i, "ES256", ""), obtain(t, i, "ES256", "")
				open, err := token.NewDecrypter(alg, token.ContentEncryptions()[0], whole)
				if err != nil {
					t.Fatal(err)
				}
				if signed, err := open.Decrypt(tok); err != nil || strings.Count(signed, ".") != 2 {
					t.Errorf("the resource server can't decrypt it: %v", err)
				}
				wantEnds(t, i, tok, other)
				wantInactive(t, i, "a.b.c.d.e")
				if public == nil {
					continue
				}
				i = encrypted(public, keep)
				tok, other = obtain(t, i, "ES256", ""), obtain(t, i, "ES256", "")
				if keep == store.KeepClaims || keep == store.KeepToken {
					wantEnds(t, i, tok, other)
					wantInactive(t, i, "a.b.c.d.e")
					continue
				}
				wantProblem(t, introspect(i, tok), 400, "unsupported_token_type")
				wantProblem(t, giveBack(i, "ES256", tok, ""), 400, "unsupported_token_type")
			}
		})
	}
}

// wantEnds wants two active tokens of which the revoked one ends.
func wantEnds(t *testing.T, i *Issuer, tok, other string) {
	t.Helper()
	if !active(t, i, tok) || !active(t, i, other) {
		t.Error("a new token isn't active")
	}
	wantRevoked(t, giveBack(i, "ES256", tok, ""))
	wantInactive(t, i, tok)
	if !active(t, i, other) {
		t.Error("another token ended, too")
	}
}

func TestEncryptionErrors(t *testing.T) {
	t.Parallel()
	const head = "issuer: https://as.example\nresource: urn:api\nclients:\n  - {id: a, secret: x, scopes: [read], "
	for name, c := range map[string]struct{ text, want string }{
		"opaque":      {"form: opaque, encrypt: {alg: dir, jwk: {kty: oct, k: hunter2}}", "only for self-contained"},
		"no form":     {"encrypt: {alg: dir, jwk: {kty: oct, k: hunter2}}", "encrypt: a client without form"},
		"no key":      {"form: ES256, encrypt: {alg: dir}", "one of jwk and jwks"},
		"no alg":      {"form: ES256, encrypt: {jwk: {kty: oct, k: hunter2}}", "alg is needed"},
		"two":         {"form: ES256, encrypt: {alg: dir, jwk: {a: b}, jwks: {keys: []}}", "one of jwk and jwks"},
		"empty set":   {"form: ES256, encrypt: {alg: dir, jwks: {keys: []}}", "jwks: no key"},
		"too short":   {"form: ES256, encrypt: {alg: dir, jwk: {kty: oct, k: hunter2}}", "no key fits"},
		"not a JWK":   {"form: ES256, encrypt: {alg: dir, jwk: hunter2}", "line 4: clients[0].encrypt.jwk: must be a mapping"},
		"unknown alg": {"form: ES256, encrypt: {alg: RSA1_5, jwk: {kty: oct, k: hunter2}}", "unknown alg"},
	} {
		_, err := ParseConfig(strings.NewReader(head + c.text + "}\n"))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: error %v, want %q in it", name, err, c.want)
		}
	}
}

// A configured HMAC key signs, and is published nowhere; nor does it print.
func TestSharedKey(t *testing.T) {
	t.Parallel()
	secret := []byte("0123456789abcdef0123456789abcdef")
	text := base64.RawURLEncoding.EncodeToString(secret)
	c := testConfig()
	c.RSABits = 3072
	c.HMACKeys = map[keys.Algorithm]Secret{keys.HS256: Secret(text)}
	c.Store, c.Clients[1].Encrypt.JWK = "memory", nil
	c.Clients = append(c.Clients[:2], Client{ID: "HS256", Secret: "s-HS256", Form: "HS256", Scopes: []string{"read"}})
	i := newIssuerWith(t, c, Options{})
	parts := strings.Split(obtain(t, i, "HS256", ""), ".")
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(parts[0] + "." + parts[1]))
	if parts[2] != base64.RawURLEncoding.EncodeToString(mac.Sum(nil)) {
		t.Error("signed with another key")
	}
	published := do(i, request{method: "GET", path: "/jwks", media: "none"}).Body.String()
	if strings.Contains(published, text) || strings.Contains(published, "HS256") || !strings.Contains(published, "RS256") {
		t.Error("the JWK Set isn't that of the RSA key alone")
	}
	if k, ok := i.Keys().ByAlgorithm(keys.RS256); !ok || k.Public().(*rsa.PublicKey).N.BitLen() != 3072 {
		t.Error("the RSA key isn't of the configured size")
	}
	if printed := fmt.Sprintf("%v %+v %#v", c, c.HMACKeys, config.SecretJSON(text)); strings.Contains(printed, text) {
		t.Error("a key prints")
	}
}
