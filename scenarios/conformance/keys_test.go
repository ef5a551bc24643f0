package conformance

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/oauthmark/oauthmark/targets"
)

// A signature counts when a published key that may have made it verifies it.
func TestVerify(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signed := func(method jwt.SigningMethod, kid string, with any) string {
		token := jwt.New(method)
		if kid != "" {
			token.Header["kid"] = kid
		}
		text, err := token.SignedString(with)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	unknown := json.RawMessage(`{"kty":"unheard-of"}`)
	errOther := errors.New("another error")
	for name, c := range map[string]struct {
		kid, use string // of the published key
		token    string
		want     error
	}{
		"its key":                    {"a", "sig", signed(jwt.SigningMethodES256, "a", key), nil},
		"no kid in the token":        {"a", "", signed(jwt.SigningMethodES256, "", key), nil},
		"another kid":                {"b", "sig", signed(jwt.SigningMethodES256, "a", key), ErrSignature},
		"a key for encryption":       {"a", "enc", signed(jwt.SigningMethodES256, "a", key), ErrSignature},
		"unsigned":                   {"a", "sig", signed(jwt.SigningMethodNone, "", jwt.UnsafeAllowNoneSignatureType), ErrSignature},
		"a shared key":               {"a", "sig", signed(jwt.SigningMethodHS256, "", []byte("shared")), errOther},
		"no JWT":                     {"a", "sig", "opaque", errOther},
		"a kid beside a key without": {"", "sig", signed(jwt.SigningMethodES256, "a", key), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				raw, _ := json.Marshal(jose.JSONWebKey{Key: key.Public(), KeyID: c.kid, Use: c.use})
				// RFC 7517, section 4.7: a certificate that nobody can read takes nothing from the key.
				withCertificate := json.RawMessage(strings.Replace(string(raw), "{", `{"x5c":["garbage"],`, 1))
				_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{unknown, withCertificate}})
			}))
			defer server.Close()
			s := sessionWith(t, "")
			s.instance.Endpoints[targets.JWKSEndpoint] = server.URL
			err := (&Probe{session: s}).Verify(t.Context(), c.token)
			if !errors.Is(err, c.want) && (c.want != errOther || err == nil || errors.Is(err, ErrSignature)) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}
