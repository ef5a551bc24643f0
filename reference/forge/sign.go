package forge

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// SignWith signs with the key as its algorithm says. ML-DSA and EdDSA draw nothing from
// random: there, the same input gives the same signature.
func SignWith(key *keys.Key, random io.Reader) (Signer, error) {
	d, ok := keys.Describe(key.Algorithm)
	if ok && d.Shared() {
		return MAC(d.Hash, key.Secret()), nil
	}
	return SignAs(key.Algorithm, key.Private, random)
}

// SignAs signs as an algorithm says with a key that may be of another algorithm: of its
// family, or that wouldn't be possible at all, but as short as you like or of another
// curve. What the token's header claims is the caller's affair.
func SignAs(a keys.Algorithm, key crypto.Signer, random io.Reader) (Signer, error) {
	d, ok := keys.Describe(a)
	if !ok || key == nil {
		return nil, fmt.Errorf("sign as %q: an unknown algorithm, or no key", string(a))
	}
	switch key.Public().(type) {
	case *rsa.PublicKey:
		switch d.Family {
		case keys.RSAPKCS1:
			return direct(d.Hash, d.Hash, key, random), nil
		case keys.RSAPSS:
			return PSS(d.Hash, d.Hash.Size(), key, random), nil
		}
	case *ecdsa.PublicKey:
		if d.Family == keys.ECDSA {
			return ecdsaSigner(d.Hash, key, random), nil
		}
	case ed25519.PublicKey:
		if d.Family == keys.EdwardsDSA {
			return direct(0, crypto.Hash(0), key, random), nil
		}
	default:
		if _, err := keys.New(a, key); err == nil && d.Family == keys.MLDSA {
			return direct(0, crypto.Hash(0), key, random), nil
		}
	}
	return nil, fmt.Errorf("sign as %s with a %T: not of its family", a, key.Public())
}

// MAC authenticates with an HMAC (RFC 7518, section 3.2), whatever the secret is: none,
// or the public key of somebody else.
func MAC(hash crypto.Hash, secret []byte) Signer {
	secret = bytes.Clone(secret)
	return func(input []byte) ([]byte, error) {
		m := hmac.New(hash.New, secret)
		m.Write(input)
		return m.Sum(nil), nil
	}
}

// PSS signs as RFC 7518, section 3.5, says but for the length of the salt, in bytes,
// which should be that of the hash.
func PSS(hash crypto.Hash, salt int, key crypto.Signer, random io.Reader) Signer {
	return direct(hash, &rsa.PSSOptions{SaltLength: salt, Hash: hash}, key, random)
}

// Fixed is a signature that doesn't depend on what is signed.
func Fixed(signature []byte) Signer {
	signature = bytes.Clone(signature)
	return func([]byte) ([]byte, error) { return bytes.Clone(signature), nil }
}

// direct signs the input, or its digest where there is a hash, and takes the signature
// as the key makes it.
func direct(hash crypto.Hash, o crypto.SignerOpts, key crypto.Signer, random io.Reader) Signer {
	return func(input []byte) ([]byte, error) { return key.Sign(random, digest(hash, input), o) }
}

func digest(hash crypto.Hash, input []byte) []byte {
	if hash == 0 {
		return input
	}
	h := hash.New()
	h.Write(input)
	return h.Sum(nil)
}

// ecdsaSigner: RFC 7518, section 3.4: the signature is R and S, each as long as the
// curve's order, not the ASN.1 structure that crypto.Signer makes.
func ecdsaSigner(hash crypto.Hash, key crypto.Signer, random io.Reader) Signer {
	return func(input []byte) ([]byte, error) {
		public, ok := key.Public().(*ecdsa.PublicKey)
		if !ok {
			return nil, errors.New("ECDSA signature: a key of another family")
		}
		der, err := key.Sign(random, digest(hash, input), hash)
		if err != nil {
			return nil, err
		}
		var rs struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(der, &rs); err != nil {
			return nil, fmt.Errorf("ECDSA signature: %w", err)
		}
		size := (public.Curve.Params().N.BitLen() + 7) / 8
		out := make([]byte, 2*size)
		rs.R.FillBytes(out[:size])
		rs.S.FillBytes(out[size:])
		return out, nil
	}
}
