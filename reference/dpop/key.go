package dpop

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"

	"github.com/oauthmark/oauthmark/reference/exactjson"
	"github.com/oauthmark/oauthmark/reference/jwt"
	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/token"
)

// private are the members of JWKs that only their owners should have (RFC 7518,
// sections 6.2.2, 6.3.2 and 6.4; RFC 8037, section 2; RFC 9964).
var private = []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"}

// Check 7: jwk holds no private key, by whatever name.
func checkPublic(h header) error {
	var members map[string]exactjson.Value
	if h.Key == nil || exactjson.Unmarshal(h.Key, &members) != nil {
		return ErrKey
	}
	for _, name := range private {
		if _, there := members[name]; there {
			return ErrKey
		}
	}
	return nil
}

// Check 6: the signature is that of the key in jwk, which is pinned to the algorithm
// and strong enough for it. It returns the key's thumbprint.
func checkSignature(h header, s signed) (thumbprint string, err error) {
	key, err := jwt.ParseKey(h.Key, []keys.Algorithm{h.Algorithm})
	if err != nil {
		return "", ErrKey
	}
	if !token.SignatureValid(key.Algorithm, key.Public, s.input, s.signature) {
		return "", ErrSignature
	}
	return keys.Thumbprint(key.Algorithm, key.Public)
}

// CertificateThumbprint is the x5t#S256 of a certificate: the SHA-256 of its DER form
// (RFC 8705, section 3.1).
func CertificateThumbprint(c *x509.Certificate) string { return digest(c.Raw) }

// TokenHash is the ath of an access token: the SHA-256 of its characters (RFC 9449,
// section 4.2).
func TokenHash(token string) string { return digest([]byte(token)) }

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
