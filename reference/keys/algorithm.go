package keys

import (
	"crypto"
	"slices"
)

// Algorithm is the name of a JWS signature algorithm, the alg of a token's header.
// Names are case-sensitive (RFC 7515, section 4.1.1).
type Algorithm string

const (
	HS256 Algorithm = "HS256"
	HS384 Algorithm = "HS384"
	HS512 Algorithm = "HS512"
	RS256 Algorithm = "RS256"
	RS384 Algorithm = "RS384"
	RS512 Algorithm = "RS512"
	PS256 Algorithm = "PS256"
	PS384 Algorithm = "PS384"
	PS512 Algorithm = "PS512"
	ES256 Algorithm = "ES256"
	ES384 Algorithm = "ES384"
	ES512 Algorithm = "ES512"
	// EdDSA leaves the curve to the key; here it is always Ed25519. RFC 9864
	// deprecates the name in favour of the one that says it all.
	EdDSA   Algorithm = "EdDSA"
	Ed25519 Algorithm = "Ed25519"
	MLDSA44 Algorithm = "ML-DSA-44"
	MLDSA65 Algorithm = "ML-DSA-65"
	MLDSA87 Algorithm = "ML-DSA-87"
)

// Family is the scheme that an algorithm is an instance of.
type Family string

const (
	HMAC       Family = "HMAC"
	RSAPKCS1   Family = "RSASSA-PKCS1-v1_5"
	RSAPSS     Family = "RSASSA-PSS" // with a salt as long as the hash (RFC 7518, section 3.5)
	ECDSA      Family = "ECDSA"
	EdwardsDSA Family = "EdDSA"
	MLDSA      Family = "ML-DSA"
)

// Description is what is fixed about an algorithm.
type Description struct {
	Name    Algorithm
	Family  Family
	Hash    crypto.Hash // 0 where the scheme takes the message as it is
	KeyType string      // the kty of its keys
	Bits    []int       // key sizes that are generated, the first by default; the least is the minimum
	Clause  string      // what defines it
}

// Shared reports whether one key both signs and verifies.
func (d Description) Shared() bool { return d.Family == HMAC }

// rsaBits: RFC 7518, sections 3.3 and 3.5, want 2048 bits or more.
var rsaBits = []int{2048, 3072, 4096}

// algorithms is the table of what is supported, in the order of publication. The
// size of an ML-DSA key is that of its public half.
var algorithms = []Description{
	// RFC 7518, section 3.2: a key at least as long as the hash MUST be used.
	{HS256, HMAC, crypto.SHA256, "oct", []int{256}, "RFC 7518, section 3.2"},
	{HS384, HMAC, crypto.SHA384, "oct", []int{384}, "RFC 7518, section 3.2"},
	{HS512, HMAC, crypto.SHA512, "oct", []int{512}, "RFC 7518, section 3.2"},
	{RS256, RSAPKCS1, crypto.SHA256, "RSA", rsaBits, "RFC 7518, section 3.3"},
	{RS384, RSAPKCS1, crypto.SHA384, "RSA", rsaBits, "RFC 7518, section 3.3"},
	{RS512, RSAPKCS1, crypto.SHA512, "RSA", rsaBits, "RFC 7518, section 3.3"},
	{PS256, RSAPSS, crypto.SHA256, "RSA", rsaBits, "RFC 7518, section 3.5"},
	{PS384, RSAPSS, crypto.SHA384, "RSA", rsaBits, "RFC 7518, section 3.5"},
	{PS512, RSAPSS, crypto.SHA512, "RSA", rsaBits, "RFC 7518, section 3.5"},
	{ES256, ECDSA, crypto.SHA256, "EC", []int{256}, "RFC 7518, section 3.4"},
	{ES384, ECDSA, crypto.SHA384, "EC", []int{384}, "RFC 7518, section 3.4"},
	{ES512, ECDSA, crypto.SHA512, "EC", []int{521}, "RFC 7518, section 3.4"},
	{EdDSA, EdwardsDSA, 0, "OKP", []int{256}, "RFC 8037, section 3.1"},
	{Ed25519, EdwardsDSA, 0, "OKP", []int{256}, "RFC 9864, section 2.2"},
	{MLDSA44, MLDSA, 0, "AKP", []int{8 * 1312}, "RFC 9964"},
	{MLDSA65, MLDSA, 0, "AKP", []int{8 * 1952}, "RFC 9964"},
	{MLDSA87, MLDSA, 0, "AKP", []int{8 * 2592}, "RFC 9964"},
}

// Algorithms lists what is supported, in the order of publication.
func Algorithms() []Algorithm {
	out := make([]Algorithm, len(algorithms))
	for i, a := range algorithms {
		out[i] = a.Name
	}
	return out
}

// Asymmetric lists those whose keys can be published, in the order of publication. A key
// that is shared would let each who verifies sign.
func Asymmetric() []Algorithm {
	return slices.DeleteFunc(Algorithms(), func(a Algorithm) bool { return algorithms[row(a)].Shared() })
}

// Describe returns the algorithm's row of the table.
func Describe(a Algorithm) (Description, bool) {
	i := row(a)
	if i < 0 {
		return Description{}, false
	}
	d := algorithms[i]
	d.Bits = slices.Clone(d.Bits)
	return d, true
}

// Known reports whether the algorithm is supported.
func (a Algorithm) Known() bool { return row(a) >= 0 }

func row(a Algorithm) int {
	return slices.IndexFunc(algorithms, func(d Description) bool { return d.Name == a })
}
