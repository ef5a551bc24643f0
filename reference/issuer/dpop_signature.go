package issuer

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"

	circl "github.com/cloudflare/circl/sign"
	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/token"
)

// proofAlgorithms are those that proofs may be signed with, all of them asymmetric
// (RFC 9449, section 11.6); the metadata lists them.
var proofAlgorithms = slices.DeleteFunc(keys.Algorithms(), func(a keys.Algorithm) bool {
	d, ok := keys.Describe(a)
	return !ok || d.Shared()
})

// mldsaSchemes are the algorithms of keys of the type AKP. With no options, the
// context is the empty string, as RFC 9964 wants it.
var mldsaSchemes = map[keys.Algorithm]circl.Scheme{
	keys.MLDSA44: mldsa44.Scheme(), keys.MLDSA65: mldsa65.Scheme(), keys.MLDSA87: mldsa87.Scheme(),
}

// unpadded is base64url as RFC 7515, section 2, has it, with one spelling for each value.
var unpadded = base64.RawURLEncoding.Strict()

// proofHeader is what a proof's JOSE header is read for. go-jose's decoder refuses
// members that are there twice.
type proofHeader struct {
	Type      string          `json:"typ"`
	Algorithm keys.Algorithm  `json:"alg"`
	Key       json.RawMessage `json:"jwk"`
	Critical  json.RawMessage `json:"crit"` // RFC 7515, section 4.1.11: no extension is understood here
}

// openProof verifies a proof with the key that it carries, and returns that key's
// thumbprint and what was signed.
func openProof(text string) (thumbprint string, payload []byte, err error) {
	parts := strings.Split(text, ".")
	if len(text) > maxProof || len(parts) != 3 {
		return "", nil, errProofForm
	}
	var raw [3][]byte
	for n, part := range parts {
		// The decoder passes over line breaks.
		if raw[n], err = unpadded.DecodeString(part); err != nil || unpadded.EncodedLen(len(raw[n])) != len(part) {
			return "", nil, errProofForm
		}
	}
	var h proofHeader
	if json.Unmarshal(raw[0], &h) != nil || h.Type != "dpop+jwt" || h.Critical != nil || !slices.Contains(proofAlgorithms, h.Algorithm) {
		return "", nil, errProofForm
	}
	input := []byte(parts[0] + "." + parts[1])
	var valid bool
	if scheme, ok := mldsaSchemes[h.Algorithm]; ok {
		thumbprint, valid, err = verifyMLDSA(h, scheme, input, raw[2])
	} else {
		thumbprint, valid, err = verifyJOSE(h, text, input, raw[2])
	}
	if err != nil {
		return "", nil, err
	}
	if !valid {
		return "", nil, errProofSignature
	}
	return thumbprint, raw[1], nil
}

// verifyJOSE is for the keys that go-jose knows.
func verifyJOSE(h proofHeader, text string, input, signature []byte) (thumbprint string, valid bool, err error) {
	var key jose.JSONWebKey
	if key.UnmarshalJSON(h.Key) != nil || !key.Valid() || !key.IsPublic() {
		return "", false, errProofForm
	}
	sum, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return "", false, errProofForm
	}
	thumbprint = base64.RawURLEncoding.EncodeToString(sum)
	if h.Algorithm == keys.Ed25519 { // go-jose has only the old name of it (RFC 9864, section 2.2)
		public, ok := key.Key.(ed25519.PublicKey)
		names := key.Algorithm == "" || key.Algorithm == string(keys.Ed25519)
		return thumbprint, ok && names && key.Use != "enc" && ed25519.Verify(public, input, signature), nil
	}
	// The key is looked for by what it fits, not by the kid that the header may have.
	a := jose.SignatureAlgorithm(h.Algorithm)
	if !slices.Contains(algorithmsOf(&key), a) {
		return thumbprint, false, nil
	}
	parsed, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{a})
	if err != nil {
		return "", false, errProofForm
	}
	_, err = parsed.Verify(key.Key)
	return thumbprint, err == nil, nil
}

// verifyMLDSA is for keys of the type AKP.
//
// RFC 9964, on this type: alg and pub are REQUIRED, and priv MUST NOT be present in
// public keys. The thumbprint is of alg, kty and pub, in this order.
func verifyMLDSA(h proofHeader, scheme circl.Scheme, input, signature []byte) (thumbprint string, valid bool, err error) {
	var key struct {
		Algorithm keys.Algorithm  `json:"alg"`
		Type      string          `json:"kty"`
		Public    string          `json:"pub"`
		Private   json.RawMessage `json:"priv"`
		Use       string          `json:"use"`
	}
	if json.Unmarshal(h.Key, &key) != nil || key.Type != "AKP" || key.Algorithm != h.Algorithm || key.Private != nil || key.Use == "enc" {
		return "", false, errProofForm
	}
	raw, err := unpadded.DecodeString(key.Public)
	if err != nil || unpadded.EncodedLen(len(raw)) != len(key.Public) {
		return "", false, errProofForm
	}
	public, err := scheme.UnmarshalBinaryPublicKey(raw)
	if err != nil {
		return "", false, errProofForm
	}
	b := token.AppendString([]byte(`{"alg":`), string(key.Algorithm))
	b = token.AppendString(append(b, `,"kty":"AKP","pub":`...), key.Public)
	sum := sha256.Sum256(append(b, '}'))
	valid = len(signature) == scheme.SignatureSize() && scheme.Verify(public, input, signature, nil)
	return base64.RawURLEncoding.EncodeToString(sum[:]), valid, nil
}
