package corpus

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"

	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// workshop is where tokens are made. Its private keys are forgotten with it.
type workshop struct {
	ring    *keys.Ring
	own     map[keys.Algorithm]*keys.Key
	sound   map[keys.Algorithm]*forge.Sound
	jwks    json.RawMessage
	marks   *strings.Replacer
	current keys.Algorithm // of the case being made
}

func newWorkshop(attacker string) (*workshop, error) {
	w := &workshop{own: map[keys.Algorithm]*keys.Key{}, sound: map[keys.Algorithm]*forge.Sound{}}
	var published []json.RawMessage
	var issued []*keys.Key
	for _, a := range append(allowed[:len(allowed):len(allowed)], keys.ES384) {
		key, err := keys.Generate(a, rand.Reader)
		if err != nil {
			return nil, err
		}
		key.ID = string(a)
		jwk, err := key.JWK()
		if err != nil {
			return nil, err
		}
		w.own[a] = key
		published = append(published, jwk)
		if a != keys.ES384 {
			issued = append(issued, key)
		}
	}
	var err error
	if w.ring, err = keys.NewRing(issued...); err != nil {
		return nil, err
	}
	others, bad, err := w.strangers()
	if err != nil {
		return nil, err
	}
	if w.jwks, err = json.Marshal(map[string]any{"keys": append(published, bad...)}); err != nil {
		return nil, err
	}
	if err := w.mark(attacker, others["attacker"]); err != nil {
		return nil, err
	}
	for _, a := range allowed {
		if w.sound[a], err = w.soundOf(a, others); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// strangers are keys that the issuer doesn't sign with, and those of them that it
// publishes all the same.
func (w *workshop) strangers() (others map[string]crypto.Signer, bad []json.RawMessage, err error) {
	others = map[string]crypto.Signer{}
	for _, name := range []string{"other-issuer", "attacker"} {
		if others[name], err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			return nil, nil, err
		}
	}
	for name, bits := range map[string]int{"encryption": 2048, "short": 1024} {
		if others[name], err = rsa.GenerateKey(rand.Reader, bits); err != nil {
			return nil, nil, err
		}
	}
	for _, j := range []struct{ name, use, alg string }{{"encryption", "enc", "RSA-OAEP"}, {"short", "sig", "RS256"}} {
		public := others[j.name].Public().(*rsa.PublicKey)
		text := fmt.Sprintf(`{"use":%q,"kty":"RSA","kid":%q,"alg":%q,"n":%q,"e":"AQAB"}`, j.use, j.name, j.alg, encode(public.N.Bytes()))
		bad = append(bad, json.RawMessage(text))
	}
	// The neutral element: each key-dependent term of the verification equation vanishes.
	text := fmt.Sprintf(`{"use":"sig","kty":"OKP","kid":"small-order","crv":"Ed25519","alg":"EdDSA","x":%q}`, encode(neutral()[:32]))
	return others, append(bad, json.RawMessage(text)), nil
}

// neutral is an Ed25519 signature whose R is the neutral element and whose S is 0.
func neutral() []byte { return append([]byte{1}, make([]byte, 63)...) }

func (w *workshop) mark(attacker string, key crypto.Signer) error {
	jwk, err := keys.New(keys.ES256, key)
	if err != nil {
		return err
	}
	jwk.ID = "attacker"
	text, err := jwk.JWK()
	if err != nil {
		return err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	w.marks = strings.NewReplacer(attackerMark, attacker, attackerJWK, string(text),
		attackerX5C, `["`+base64.StdEncoding.EncodeToString(certificate)+`"]`)
	return nil
}

// soundOf is a good token of the algorithm, and who else can sign.
func (w *workshop) soundOf(a keys.Algorithm, others map[string]crypto.Signer) (*forge.Sound, error) {
	sign, err := forge.SignWith(w.own[a], rand.Reader)
	if err != nil {
		return nil, err
	}
	s := &forge.Sound{
		Header: fmt.Appendf(nil, `{"alg":%q,"typ":"at+jwt","kid":%q}`, string(a), string(a)),
		Payload: fmt.Appendf(nil, `{"iss":%q,"sub":"user","aud":%q,"client_id":"app","scope":"read write","iat":%d,"exp":%d,"jti":"good-%s"}`,
			Issuer, Resource, Time-60, Time+3600, string(a)),
		Sign: sign, Keys: w.secrets(),
	}
	as := func(name string, a keys.Algorithm, key crypto.Signer) {
		if sign, signErr := forge.SignAs(a, key, rand.Reader); signErr == nil {
			s.Keys[name] = sign
		} else {
			err = signErr
		}
	}
	as("other-issuer", keys.ES256, others["other-issuer"])
	as("attacker", keys.ES256, others["attacker"])
	as("encryption", keys.RS256, others["encryption"])
	as("short", keys.RS256, others["short"])
	as("ES384", keys.ES384, w.own[keys.ES384].Private)
	as("ES384-as-ES256", keys.ES256, w.own[keys.ES384].Private)
	s.Keys["neutral"] = forge.Fixed(neutral())
	switch own := w.own[a].Private; a {
	case keys.RS256, keys.PS256:
		for _, other := range []keys.Algorithm{keys.RS256, keys.PS256, keys.RS512, keys.PS512} {
			as("own-as-"+string(other), other, own)
		}
		s.Keys["own-no-salt"] = forge.PSS(crypto.SHA256, 0, own, rand.Reader)
		s.Keys["own-salt-20"] = forge.PSS(crypto.SHA256, 20, own, rand.Reader)
	case keys.EdDSA:
		s.Keys["own-plus-order"] = func(input []byte) ([]byte, error) {
			signature, err := sign(input)
			return plusOrder(signature), err
		}
	}
	return s, err
}

// secrets are what a public key, or nothing, was taken for.
func (w *workshop) secrets() map[string]forge.Signer {
	mac := func(secret []byte) forge.Signer { return forge.MAC(crypto.SHA256, secret) }
	block := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	public := w.own[keys.RS256].Public().(*rsa.PublicKey)
	der, _ := x509.MarshalPKIXPublicKey(public) // these keys have a form
	ec, _ := x509.MarshalPKIXPublicKey(w.own[keys.ES256].Public())
	ed, _ := x509.MarshalPKIXPublicKey(w.own[keys.EdDSA].Public())
	jwk, _ := w.own[keys.RS256].JWK()
	text := block("PUBLIC KEY", der)
	all := map[string]forge.Signer{
		"hmac-pem": mac(text), "hmac-pem-bare": mac(bytes.TrimSpace(text)), "hmac512-pem": forge.MAC(crypto.SHA512, text),
		"hmac-pkcs1": mac(block("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(public))),
		"hmac-der":   mac(der), "hmac-jwk": mac(jwk), "hmac-modulus": mac(public.N.Bytes()),
		"hmac-ec-pem": mac(block("PUBLIC KEY", ec)), "hmac-ed25519": mac(ed[len(ed)-32:]),
		"hmac-empty": mac(nil), "hmac-weak": mac([]byte("secret")), "hmac-one": mac([]byte("1")),
	}
	n := elliptic.P256().Params().N
	for letter, r := range numbers(n) {
		for other, s := range numbers(n) {
			signature := make([]byte, 64)
			r.FillBytes(signature[:32])
			s.FillBytes(signature[32:])
			all["ecdsa-"+letter+"-"+other] = forge.Fixed(signature)
		}
	}
	return all
}

// numbers are those that a verifier of ECDSA has to refuse, or is thrown off by.
func numbers(n *big.Int) map[string]*big.Int {
	return map[string]*big.Int{"0": new(big.Int), "1": big.NewInt(1), "n": n, "m": new(big.Int).Sub(n, big.NewInt(1))}
}

// plusOrder adds the order of Ed25519's group to S, which leaves the equation true.
func plusOrder(signature []byte) []byte {
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	s := bytes.Clone(signature)
	reverse(s[32:])
	sum := new(big.Int).Add(new(big.Int).SetBytes(s[32:]), order)
	sum.FillBytes(s[32:])
	reverse(s[32:])
	return s
}

func reverse(b []byte) {
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
}

func encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func repeated(s string, n int) string { return strings.Repeat(s, n) }
