package token

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"
)

// MaxEncrypted is the number of characters of the longest encrypted token that is
// decrypted: twice what one around a token with the longest signature has.
const MaxEncrypted = 32 << 10

// keyManagement is a way to agree with the resource server on the key that encrypts
// a token's content (RFC 7518, section 4.1).
type keyManagement struct {
	name    jose.KeyAlgorithm
	members []string // header members that it adds
	fits    func(key any, content contentEncryption) bool
}

var keyManagements = []keyManagement{
	{jose.RSA_OAEP_256, nil, fitsRSA},
	{jose.ECDH_ES, []string{"epk"}, fitsEC},
	{jose.ECDH_ES_A256KW, []string{"epk"}, fitsEC},
	// RFC 7518, section 4.5: the shared key is the content's key itself.
	{jose.DIRECT, nil, func(key any, content contentEncryption) bool { return fitsShared(key, content.keyBits) }},
	// RFC 7518, section 4.7: the key's own nonce and tag are in the header.
	{jose.A256GCMKW, []string{"iv", "tag"}, func(key any, _ contentEncryption) bool { return fitsShared(key, 256) }},
}

// contentEncryption is an authenticated encryption (RFC 7518, section 5.1).
type contentEncryption struct {
	name    jose.ContentEncryption
	keyBits int
}

var contentEncryptions = []contentEncryption{{jose.A256GCM, 256}, {jose.A128GCM, 128}, {jose.A256CBC_HS512, 512}}

// RFC 7518, section 4.3: a key of 2048 bits or larger MUST be used.
func fitsRSA(key any, _ contentEncryption) bool {
	k, ok := key.(*rsa.PublicKey)
	return ok && k.N.BitLen() >= 2048
}

func fitsEC(key any, _ contentEncryption) bool { _, ok := key.(*ecdsa.PublicKey); return ok }

func fitsShared(key any, bits int) bool {
	k, ok := key.([]byte)
	return ok && 8*len(k) == bits
}

// KeyManagements lists the values of alg that a token can be encrypted with.
func KeyManagements() []string {
	var names []string
	for _, k := range keyManagements {
		names = append(names, string(k.name))
	}
	return names
}

// ContentEncryptions lists the values of enc, the usual one first.
func ContentEncryptions() []string {
	var names []string
	for _, c := range contentEncryptions {
		names = append(names, string(c.name))
	}
	return names
}

// recipient is the resource server that a token is encrypted to.
type recipient struct {
	alg keyManagement
	enc contentEncryption
	kid string
	key any // as the JWK has it: with its private half, if that is there
}

// Why a recipient's key is refused. None tells what the JWK holds.
var (
	errJWK     = errors.New("not a valid JWK")
	errJWKUse  = errors.New("the JWK is for another algorithm or use")
	errJWKFits = errors.New("a key of another type or size")
)

func newRecipient(alg, enc string, jwk []byte) (recipient, error) {
	k := slices.IndexFunc(keyManagements, func(k keyManagement) bool { return string(k.name) == alg })
	c := slices.IndexFunc(contentEncryptions, func(c contentEncryption) bool { return string(c.name) == enc })
	if k < 0 || c < 0 {
		return recipient{}, fmt.Errorf("recipient: unknown alg %q or enc %q", alg, enc)
	}
	r := recipient{alg: keyManagements[k], enc: contentEncryptions[c]}
	var key jose.JSONWebKey
	if json.Unmarshal(jwk, &key) != nil {
		return recipient{}, fmt.Errorf("recipient for %s: %w", alg, errJWK)
	}
	// RFC 7517, sections 4.2 and 4.4: a key says what it is for.
	if key.Use != "" && key.Use != "enc" || key.Algorithm != "" && key.Algorithm != alg {
		return recipient{}, fmt.Errorf("recipient for %s: %w", alg, errJWKUse)
	}
	r.kid, r.key = key.KeyID, key.Key
	if !r.alg.fits(r.public(), r.enc) {
		return recipient{}, fmt.Errorf("recipient for %s with %s: %w", alg, enc, errJWKFits)
	}
	return r, nil
}

// public is the half that encrypts: of a shared key, the key.
func (r recipient) public() any {
	switch k := r.key.(type) {
	case *rsa.PrivateKey:
		return &k.PublicKey
	case *ecdsa.PrivateKey:
		return &k.PublicKey
	}
	return r.key
}

// decrypts reports whether the half that decrypts is there.
func (r recipient) decrypts() bool {
	switch r.key.(type) {
	case *rsa.PublicKey, *ecdsa.PublicKey:
		return false
	}
	return true
}
