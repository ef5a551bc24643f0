package thirdparty

import (
	"crypto/x509"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/token"
)

// The signature checks beneath the JWT, by the vectors of their primitives.
func TestWycheproofPrimitives(t *testing.T) {
	t.Parallel()
	for name, a := range map[string]keys.Algorithm{
		"ecdsa_secp256r1_sha256_p1363": keys.ES256, "ecdsa_secp384r1_sha384_p1363": keys.ES384, "ecdsa_secp521r1_sha512_p1363": keys.ES512,
		"ed25519": keys.EdDSA, "rsa_signature_2048_sha256": keys.RS256, "rsa_signature_2048_sha384": keys.RS384, "rsa_signature_2048_sha512": keys.RS512,
		"rsa_pss_2048_sha256_mgf1_32": keys.PS256, "rsa_pss_2048_sha256_mgf1_0": keys.PS256, "rsa_pss_2048_sha384_mgf1_48": keys.PS384,
		"rsa_pss_4096_sha512_mgf1_64": keys.PS512, "hmac_sha256": keys.HS256, "hmac_sha384": keys.HS384, "hmac_sha512": keys.HS512,
		"mldsa_44_verify": keys.MLDSA44, "mldsa_65_verify": keys.MLDSA65, "mldsa_87_verify": keys.MLDSA87,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			primitive(t, name+"_test.json", a)
		})
	}
}

// otherSalt are vectors of another salt's length than JOSE's that have JOSE's by mistake.
var otherSalt = map[string]map[int]string{
	"rsa_pss_2048_sha256_mgf1_0_test.json": {69: "the salt is changed to 32 bytes, as RFC 7518, section 3.5, has it"},
}

// primitive judges a file's vectors. A salt, or a tag, of another length than JOSE has
// is wrong there, whatever the label; so is a context, which no JWS has.
func primitive(t *testing.T, file string, a keys.Algorithm) {
	v := readVectors[struct {
		Der       string          `json:"publicKeyDer"`
		PublicKey json.RawMessage `json:"publicKey"`
		SaltBytes *int            `json:"sLen"`
		TagBits   int             `json:"tagSize"`
		Tests     []struct {
			vector
			Key, Msg, Sig, Tag, Ctx string
		}
	}](t, file)
	d, _ := keys.Describe(a)
	y := newTally(otherSalt[file])
	for _, group := range v.TestGroups {
		for _, test := range group.Tests {
			key, signature := keyOf(t, a, group.Der, group.PublicKey), octets(t, test.Sig)
			otherwise := test.Ctx != "" || group.SaltBytes != nil && *group.SaltBytes != d.Hash.Size()
			if d.Shared() {
				key, signature = octets(t, test.Key), octets(t, test.Tag)
				otherwise = group.TagBits != 8*d.Hash.Size()
			}
			if otherwise {
				test.Result = "invalid"
			}
			y.judge(t, test.vector, key != nil && token.SignatureValid(a, key, string(octets(t, test.Msg)), signature), nil)
		}
	}
	y.end(t, v.NumberOfTests)
}

// keyOf returns nil for a key that can't be decoded.
func keyOf(t *testing.T, a keys.Algorithm, der string, raw json.RawMessage) any {
	t.Helper()
	var mldsa encoding.BinaryUnmarshaler
	switch a {
	case keys.MLDSA44:
		mldsa = new(mldsa44.PublicKey)
	case keys.MLDSA65:
		mldsa = new(mldsa65.PublicKey)
	case keys.MLDSA87:
		mldsa = new(mldsa87.PublicKey)
	default:
		if der == "" {
			return nil
		}
		key, err := x509.ParsePKIXPublicKey(octets(t, der))
		if err != nil {
			return nil
		}
		return key
	}
	if mldsa.UnmarshalBinary(octets(t, strings.Trim(string(raw), `"`))) != nil {
		return nil
	}
	return mldsa
}

func octets(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
