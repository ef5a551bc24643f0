package forge

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"fmt"
	"io"
	"math/big"
)

// SignWith signs with the key as the algorithm says: RS256, ES256 or EdDSA with
// Ed25519. The key's type must fit the algorithm; what the token's header claims is
// the caller's affair.
func SignWith(algorithm string, key crypto.Signer, random io.Reader) (Signer, error) {
	switch pub := key.Public().(type) {
	case *rsa.PublicKey:
		if algorithm == "RS256" {
			return rs256(key, random), nil
		}
	case *ecdsa.PublicKey:
		if algorithm == "ES256" && pub.Curve.Params().BitSize == 256 {
			return es256(key, random), nil
		}
	case ed25519.PublicKey:
		if algorithm == "EdDSA" {
			return edDSA(key, random), nil
		}
	}
	return nil, fmt.Errorf("sign as %s with a %T: not a pair this package knows", algorithm, key.Public())
}

// RFC 7518, section 3.3: RSASSA-PKCS1-v1_5 using SHA-256.
func rs256(key crypto.Signer, random io.Reader) Signer {
	return func(input []byte) ([]byte, error) {
		digest := sha256.Sum256(input)
		return key.Sign(random, digest[:], crypto.SHA256)
	}
}

// RFC 7518, section 3.4: the signature is R and S as 32 bytes each, not the ASN.1
// structure that crypto.Signer makes.
func es256(key crypto.Signer, random io.Reader) Signer {
	return func(input []byte) ([]byte, error) {
		digest := sha256.Sum256(input)
		der, err := key.Sign(random, digest[:], crypto.SHA256)
		if err != nil {
			return nil, err
		}
		var rs struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(der, &rs); err != nil {
			return nil, fmt.Errorf("ES256 signature: %w", err)
		}
		out := make([]byte, 64)
		rs.R.FillBytes(out[:32])
		rs.S.FillBytes(out[32:])
		return out, nil
	}
}

// RFC 8037, section 3.1: Ed25519 signs the message itself.
func edDSA(key crypto.Signer, random io.Reader) Signer {
	return func(input []byte) ([]byte, error) {
		return key.Sign(random, input, crypto.Hash(0))
	}
}
