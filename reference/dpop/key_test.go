package dpop

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// Each algorithm is good for a proof, by the thumbprint of RFC 7638.
func TestParseAlgorithms(t *testing.T) {
	t.Parallel()
	for _, a := range Algorithms() {
		t.Run(string(a), func(t *testing.T) {
			t.Parallel()
			p := newProver(t, a)
			text := p.prove(t, newClock().now(), "1", nil)
			got, err := Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if want := byTheBook(t, p.jwk); got.Thumbprint != want || p.thumbprint != want {
				t.Errorf("thumbprint %s, want %s", got.Thumbprint, want)
			}
			if len(text) > MaxProof*3/4 {
				t.Errorf("a proof has %d bytes, near the limit", len(text))
			}
		})
	}
}

// byTheBook is RFC 7638, section 3: the required members, sorted.
func byTheBook(t testing.TB, jwk string) string {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal([]byte(jwk), &members); err != nil {
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
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// What a key in the header may not be, whichever its kind.
func TestParseRefusesKeys(t *testing.T) {
	t.Parallel()
	for _, a := range []keys.Algorithm{keys.RS256, keys.ES256, keys.Ed25519, keys.EdDSA, keys.MLDSA44} {
		p := newProver(t, a)
		good := `{"jti":"1","htm":"POST","htu":"https://h/","iat":1}`
		also := func(members string) string { return p.jwk[:len(p.jwk)-1] + "," + members + "}" }
		for name, jwk := range map[string]string{
			"private":                    also(`"d":"AA","priv":"AA"`),
			"private by its other names": also(`"k":"AA"`),
			"private and null":           also(`"d":null,"priv":null`),
			"half of a private one":      also(`"dp":"AA"`),
			"for encryption":             strings.Replace(p.jwk, `"use":"sig"`, `"use":"enc"`, 1),
			"for another alg":            strings.Replace(p.jwk, `"alg":"`+string(a)+`"`, `"alg":"ES384"`, 1),
			"member twice":               also(`"kty":"RSA"`),
			"null":                       "null",
			"text":                       `"x"`,
			"array":                      `[]`,
			"empty":                      `{}`,
			"of another kind":            `{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}`,
			"no octets":                  `{"kty":"AKP","alg":"` + string(a) + `","pub":"AA"}`,
			"not on its curve":           `{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}`,
			"short":                      `{"kty":"RSA","n":"AQAB","e":"AQAB"}`,
		} {
			header := strings.Replace(p.header(""), p.jwk, jwk, 1)
			if _, err := Parse(p.sign(t, header, good)); err != ErrKey && err != ErrForm {
				t.Errorf("%s, %s: %v", a, name, err)
			}
		}
		if _, err := Parse(p.sign(t, strings.Replace(p.header(""), `"jwk"`, `"key"`, 1), good)); err != ErrKey {
			t.Errorf("%s, no jwk: %v", a, err)
		}
		if _, err := Parse(p.sign(t, p.header(""), good)); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	now := newClock().now()
	for _, a := range []keys.Algorithm{keys.ES256, keys.MLDSA44} {
		p := newProver(f, a)
		f.Add(p.prove(f, now, "1", nil))
		f.Add(p.sign(f, p.header(`,"crit":[]`), "{}"))
	}
	f.Add("..")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Parse(text)
		if (err == nil) != (got != nil) {
			t.Fatalf("%v, %v", got, err)
		}
		if got != nil && (len(got.Thumbprint) != 43 || len(got.ID) > maxID) {
			t.Errorf("%+v", got)
		}
		if _, refused := err.(Refusal); err != nil && !refused {
			t.Errorf("error %v", err)
		}
	})
}
