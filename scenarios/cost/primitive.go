package cost

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"hash"

	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// primitive is the bare signature scheme with its digest, where it has one: no
// token, no base64url, no choice of a key.
type primitive struct {
	sign   func(input []byte) ([]byte, error)
	verify func(input, signature []byte) bool
}

// primitiveOf returns the scheme of the key.
func primitiveOf(k *keys.Key) (primitive, error) {
	d, _ := keys.Describe(k.Algorithm)
	switch d.Family {
	case keys.HMAC:
		return hmacPrimitive(d.Hash.New, k.Secret()), nil
	case keys.RSAPKCS1:
		return rsaPrimitive(d.Hash, k.Private.(*rsa.PrivateKey)), nil
	case keys.RSAPSS:
		return pssPrimitive(d.Hash, k.Private.(*rsa.PrivateKey)), nil
	case keys.ECDSA:
		return ecdsaPrimitive(d.Hash, k.Private.(*ecdsa.PrivateKey)), nil
	case keys.EdwardsDSA:
		private, public := k.Private.(ed25519.PrivateKey), k.Public().(ed25519.PublicKey)
		return primitive{
			func(input []byte) ([]byte, error) { return ed25519.Sign(private, input), nil },
			func(input, signature []byte) bool { return ed25519.Verify(public, input, signature) },
		}, nil
	case keys.MLDSA:
		return mldsaPrimitive(k)
	}
	return primitive{}, fmt.Errorf("primitive of %s: there is none", k.Algorithm)
}

func digestOf(h crypto.Hash, input []byte) []byte {
	d := h.New()
	d.Write(input)
	return d.Sum(nil)
}

func hmacPrimitive(h func() hash.Hash, secret []byte) primitive {
	mac := func(input []byte) []byte {
		m := hmac.New(h, secret)
		m.Write(input)
		return m.Sum(nil)
	}
	return primitive{
		func(input []byte) ([]byte, error) { return mac(input), nil },
		func(input, signature []byte) bool { return hmac.Equal(mac(input), signature) },
	}
}

func rsaPrimitive(h crypto.Hash, private *rsa.PrivateKey) primitive {
	return primitive{
		func(input []byte) ([]byte, error) { return rsa.SignPKCS1v15(nil, private, h, digestOf(h, input)) },
		func(input, signature []byte) bool {
			return rsa.VerifyPKCS1v15(&private.PublicKey, h, digestOf(h, input), signature) == nil
		},
	}
}

// pssPrimitive has the salt of RFC 7518, section 3.5: as long as the hash.
func pssPrimitive(h crypto.Hash, private *rsa.PrivateKey) primitive {
	options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
	return primitive{
		func(input []byte) ([]byte, error) {
			return rsa.SignPSS(rand.Reader, private, h, digestOf(h, input), options)
		},
		func(input, signature []byte) bool {
			return rsa.VerifyPSS(&private.PublicKey, h, digestOf(h, input), signature, options) == nil
		},
	}
}

// ecdsaPrimitive speaks ASN.1 where a JWS has the two integers side by side (RFC
// 7518, section 3.4): what it takes to get from one to the other isn't of the limit.
func ecdsaPrimitive(h crypto.Hash, private *ecdsa.PrivateKey) primitive {
	return primitive{
		func(input []byte) ([]byte, error) {
			return ecdsa.SignASN1(rand.Reader, private, digestOf(h, input))
		},
		func(input, signature []byte) bool {
			return ecdsa.VerifyASN1(&private.PublicKey, digestOf(h, input), signature)
		},
	}
}

// mldsaPrimitive is hedged, as the issuer's signatures are (FIPS 204, section 3.4).
func mldsaPrimitive(k *keys.Key) (primitive, error) {
	switch private := k.Private.(type) {
	case *mldsa44.PrivateKey:
		public := k.Public().(*mldsa44.PublicKey)
		return primitive{
			func(input []byte) ([]byte, error) {
				out := make([]byte, mldsa44.SignatureSize)
				return out, mldsa44.SignTo(private, input, nil, true, out)
			},
			func(input, signature []byte) bool { return mldsa44.Verify(public, input, nil, signature) },
		}, nil
	case *mldsa65.PrivateKey:
		public := k.Public().(*mldsa65.PublicKey)
		return primitive{
			func(input []byte) ([]byte, error) {
				out := make([]byte, mldsa65.SignatureSize)
				return out, mldsa65.SignTo(private, input, nil, true, out)
			},
			func(input, signature []byte) bool { return mldsa65.Verify(public, input, nil, signature) },
		}, nil
	case *mldsa87.PrivateKey:
		public := k.Public().(*mldsa87.PublicKey)
		return primitive{
			func(input []byte) ([]byte, error) {
				out := make([]byte, mldsa87.SignatureSize)
				return out, mldsa87.SignTo(private, input, nil, true, out)
			},
			func(input, signature []byte) bool { return mldsa87.Verify(public, input, nil, signature) },
		}, nil
	}
	return primitive{}, errors.New("primitive of ML-DSA: the key is of another type")
}
