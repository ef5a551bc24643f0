package keys

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// maxID bounds a kid that comes from a file, in bytes: it is in each token's header.
const maxID = 256

// DecodePrivate reads a JWK Set of private keys (RFC 7517, section 5), as
// [EncodePrivate] writes it or another tool does. Each key needs its alg, which its
// type doesn't always tell; its kid stays, and is made where there is none. exp, in
// seconds since 1970, ends a key that has been replaced; members that aren't known
// are passed over.
//
// RFC 7517, section 5, would have a key that isn't understood passed over. Here it is
// an error: who has put it there wants tokens to be signed with it. No error tells
// anything of what is in the set.
func DecodePrivate(set []byte) ([]Entry, error) {
	var list struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(set, &list); err != nil || list.Keys == nil {
		return nil, errors.New("decode private keys: not a JWK Set: an object with an array of keys")
	}
	entries := make([]Entry, len(list.Keys))
	for n, text := range list.Keys {
		e, err := decodePrivate(text)
		if err != nil {
			return nil, fmt.Errorf("decode private keys: key %d: %w", n+1, err)
		}
		entries[n] = e
	}
	return entries, nil
}

// privateJWK has the members that say how to read a key, and those of the types that
// are read here.
type privateJWK struct {
	Type      string    `json:"kty"`
	Algorithm Algorithm `json:"alg"`
	ID        string    `json:"kid"`
	Use       string    `json:"use"`
	Expires   int64     `json:"exp"`
	Octets    string    `json:"k"`    // of oct (RFC 7518, section 6.4.1)
	Seed      string    `json:"priv"` // of AKP (RFC 9964)
	Public    string    `json:"pub"`
}

func decodePrivate(text []byte) (Entry, error) {
	var raw privateJWK
	if err := json.Unmarshal(text, &raw); err != nil {
		return Entry{}, errors.New("not a JWK")
	}
	d, known := Describe(raw.Algorithm)
	switch {
	case !known:
		return Entry{}, errors.New("alg is missing, or none that is supported")
	case raw.Type != d.KeyType:
		return Entry{}, fmt.Errorf("kty: a key for %s has %s", d.Name, d.KeyType)
	case raw.Use != "" && raw.Use != "sig":
		return Entry{}, errors.New("use: it isn't sig")
	case len(raw.ID) > maxID || !visible(raw.ID):
		return Entry{}, fmt.Errorf("kid: longer than %d bytes, or not printable ASCII", maxID)
	}
	k, err := raw.key(d, text)
	if err != nil {
		return Entry{}, err
	}
	if raw.ID != "" {
		k.ID = raw.ID
	}
	e := Entry{Key: k}
	if raw.Expires != 0 {
		e.Until = time.Unix(raw.Expires, 0)
	}
	return e, nil
}

func (raw *privateJWK) key(d Description, text []byte) (*Key, error) {
	switch d.Family {
	case HMAC:
		secret, err := base64.RawURLEncoding.DecodeString(raw.Octets)
		if err != nil {
			return nil, errors.New("k: not base64url without padding")
		}
		return NewSecret(d.Name, secret)
	case MLDSA:
		seed, err := base64.RawURLEncoding.DecodeString(raw.Seed)
		if err != nil || len(seed) != SeedBytes {
			return nil, fmt.Errorf("priv: not %d bytes in base64url without padding", SeedBytes)
		}
		k, err := NewMLDSA(d.Name, [SeedBytes]byte(seed))
		if err != nil {
			return nil, err
		}
		// RFC 9964: pub is REQUIRED, and has to be what the seed expands to.
		if public, err := newAKP(k.Algorithm, k.Public()); err != nil || public.Public != raw.Public {
			return nil, errNoPair
		}
		return k, nil
	}
	var k jose.JSONWebKey
	if err := json.Unmarshal(text, &k); err != nil { // the decoder's message may quote
		return nil, fmt.Errorf("not a key of the type %s", d.KeyType)
	}
	private, ok := k.Key.(crypto.Signer)
	if !ok {
		return nil, errors.New("no private key")
	}
	if !paired(private) {
		return nil, errNoPair
	}
	return New(d.Name, private)
}

var errNoPair = errors.New("the public half is not that of the private one")

// paired reports whether the halves belong together, which the library that has read
// them doesn't ask of every type. Who publishes another's public half signs what
// nobody can verify.
func paired(private crypto.Signer) bool {
	switch k := private.(type) {
	case ed25519.PrivateKey:
		return len(k) == ed25519.PrivateKeySize && bytes.Equal(ed25519.NewKeyFromSeed(k.Seed()), k)
	case *ecdsa.PrivateKey:
		derived, err := k.ECDH()
		if err != nil {
			return false
		}
		said, err := k.PublicKey.ECDH()
		return err == nil && derived.PublicKey().Equal(said)
	}
	return true // RSA is checked when it is read
}

// EncodePrivate writes keys as a JWK Set with their private members, in their order, a
// line for each. It is for a place that only the signer can read.
func EncodePrivate(entries []Entry) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("{\"keys\":[")
	for n, e := range entries {
		text, err := encodePrivate(e)
		if err != nil {
			return nil, fmt.Errorf("encode private %v: %w", e.Key, err)
		}
		if n > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		b.Write(text)
	}
	b.WriteString("\n]}\n")
	return b.Bytes(), nil
}

func encodePrivate(e Entry) ([]byte, error) {
	members := map[string]any{}
	switch d, _ := Describe(e.Key.Algorithm); d.Family {
	case HMAC:
		members["kty"], members["k"] = d.KeyType, base64.RawURLEncoding.EncodeToString(e.Key.secret)
	case MLDSA:
		// RFC 9964, on ML-DSA private keys: priv is the seed.
		seeded, ok := e.Key.Private.(interface{ Seed() []byte })
		if !ok || len(seeded.Seed()) != SeedBytes {
			return nil, errors.New("its seed isn't known")
		}
		public, err := newAKP(e.Key.Algorithm, e.Key.Public())
		if err != nil {
			return nil, err
		}
		members["kty"], members["pub"] = d.KeyType, public.Public
		members["priv"] = base64.RawURLEncoding.EncodeToString(seeded.Seed())
	default:
		text, err := (&jose.JSONWebKey{Key: e.Key.Private}).MarshalJSON()
		if err != nil {
			return nil, errors.New("no form as a JWK")
		}
		if err := json.Unmarshal(text, &members); err != nil {
			return nil, errors.New("no form as a JWK")
		}
	}
	members["use"], members["alg"], members["kid"] = "sig", e.Key.Algorithm, e.Key.ID
	if !e.Until.IsZero() {
		members["exp"] = e.Until.Add(time.Second - 1).Unix() // never earlier than it ends
	}
	return json.Marshal(members) // in the order of their names
}

func visible(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
