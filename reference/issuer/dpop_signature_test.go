package issuer

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/oauthmark/oauthmark/reference/dpop"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// signedBy makes a proof with the header as it is written.
func signedBy(t testing.TB, key *keys.Key, header, payload string) string {
	t.Helper()
	input := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
	switch d, _ := keys.Describe(key.Algorithm); d.Family {
	case keys.MLDSA, keys.EdwardsDSA:
		signature, err := key.Private.Sign(rand.Reader, []byte(input), crypto.Hash(0))
		if err != nil {
			t.Fatal(err)
		}
		return input + "." + base64.RawURLEncoding.EncodeToString(signature)
	}
	var members map[jose.HeaderKey]json.RawMessage
	if err := json.Unmarshal([]byte(header), &members); err != nil {
		t.Fatal(err)
	}
	o := &jose.SignerOptions{}
	for name, value := range members {
		if name != "alg" {
			o.WithHeader(name, value)
		}
	}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(key.Algorithm), Key: key.Private}, o)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := s.Sign([]byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func headerOf(a keys.Algorithm, jwk string) string {
	return fmt.Sprintf(`{"typ":"dpop+jwt","alg":%q,"jwk":%s}`, string(a), jwk)
}

func payloadOf(t testing.TB, jti string) string {
	t.Helper()
	b, err := json.Marshal(proofOf(jti))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Each algorithm that the metadata names is good for a proof, and the token is bound to
// the thumbprint by which the key is known elsewhere.
func TestProofAlgorithms(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, boundConfig(), newClock())
	shared, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	listed, _ := object(t, do(i, request{method: "GET", path: pathMetadata}))["dpop_signing_alg_values_supported"].([]any)
	if len(listed) != len(dpop.Algorithms()) {
		t.Errorf("listed %v", listed)
	}
	for _, name := range listed {
		a := keys.Algorithm(name.(string))
		var key *keys.Key
		if d, _ := keys.Describe(a); d.KeyType == "RSA" {
			key, err = keys.New(a, shared)
		} else {
			key, err = keys.Generate(a, rand.Reader)
		}
		if err != nil {
			t.Fatal(err)
		}
		jwk, err := key.JWK()
		if err != nil {
			t.Fatal(err)
		}
		text := signedBy(t, key, headerOf(a, string(jwk)), payloadOf(t, string(a)))
		about := object(t, introspect(i, granted(t, i, proving(ask("opaque", url.Values{"grant_type": {"client_credentials"}}), text))["access_token"].(string)))
		cnf, _ := about["cnf"].(map[string]any)
		if cnf["jkt"] != thumbprintOf(t, jwk) {
			t.Errorf("%s: cnf is %v", a, cnf)
		}
		if len(text) > dpop.MaxProof*3/4 {
			t.Errorf("%s: a proof has %d bytes, near the limit", a, len(text))
		}
		changed := strings.LastIndexByte(text, '.') + 10
		other := text[:changed] + map[bool]string{true: "B", false: "A"}[text[changed] == 'A'] + text[changed+1:]
		if _, err := dpop.Parse(other); err != dpop.ErrSignature {
			t.Errorf("%s: another signature: %v", a, err)
		}
	}
}

// thumbprintOf is RFC 7638, section 3, by the book: the required members, sorted.
func thumbprintOf(t testing.TB, jwk []byte) string {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal(jwk, &members); err != nil {
		t.Fatal(err)
	}
	required := map[string]any{}
	for _, name := range map[any][]string{
		"RSA": {"e", "kty", "n"}, "EC": {"crv", "kty", "x", "y"}, "OKP": {"crv", "kty", "x"}, "AKP": {"alg", "kty", "pub"},
	}[members["kty"]] {
		required[name] = members[name]
	}
	b, err := json.Marshal(required)
	if err != nil {
		t.Fatal(err)
	}
	h := crypto.SHA256.New()
	h.Write(b)
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// dpop_jkt binds the code: it is spent with a proof of that key and no other.
func TestCodeBoundToKey(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"app", "public"} {
		i := newIssuer(t, partyConfig(), newClock())
		p, other := newProver(t), newProver(t)
		request := authorization(id)
		request.Set("dpop_jkt", p.thumbprint(t))
		code := codeOf(visit(t, i, request).Get("code"))
		if id == "public" {
			code.Set("client_id", id)
			id = ""
		}
		wantCode(t, do(i, ask(id, code)), "invalid_grant")
		wantCode(t, do(i, proving(ask(id, code), other.prove(t, "dpop+jwt", nil, proofOf("1")))), "invalid_grant")
		// Neither has spent it.
		m := granted(t, i, proving(ask(id, code), p.prove(t, "dpop+jwt", nil, proofOf("2"))))
		if m["token_type"] != "DPoP" {
			t.Errorf("token_type %v", m["token_type"])
		}
	}
	i := newIssuer(t, partyConfig(), newClock())
	for _, jkt := range []string{"x", strings.Repeat("x", 42), strings.Repeat("x", 43), strings.Repeat(".", 43)} {
		request := authorization("app")
		request.Set("dpop_jkt", jkt)
		if got := visit(t, i, request).Get("error"); got != "invalid_request" {
			t.Errorf("%q: error %q", jkt, got)
		}
	}
}
