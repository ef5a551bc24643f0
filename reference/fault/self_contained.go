package fault

import (
	"crypto/rand"
	"fmt"
	"maps"
	"slices"

	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// jwt is a self-contained token in the making.
type jwt struct {
	header, claims map[string]any
	sign           forge.Signer
}

// remade is a defect of the self-contained tokens: each is made again with the change
// before the client gets it, and introspection tells the named members as it has them.
func remade(f Fault, change func(*jwt), told ...string) Fault {
	f = reissued(f, func(s *server, token string) string {
		if selfContainedToken(token) {
			return s.remake(token, change)
		}
		return token
	})
	reissue := f.after
	f.after = func(s *server, q *request, a *answer) {
		reissue(s, q, a)
		if q.at == introspectionEndpoint && a.members()["active"] == true && selfContainedToken(q.token) {
			claims := read(q.token, forge.Payload)
			maps.DeleteFunc(claims, func(name string, _ any) bool { return !slices.Contains(told, name) })
			a.edit(func(m map[string]any) { maps.Copy(m, claims) })
		}
	}
	return f
}

// remake signs with the key that signed the token. A token of the issuer's own that
// can't be made again is a mistake in this package.
func (s *server) remake(token string, change func(*jwt)) string {
	t := &jwt{header: read(token, forge.Header), claims: read(token, forge.Payload)}
	key, ok := s.keyOf(t.header)
	if !ok {
		panic(fmt.Sprintf("fault %s: the token names no key of the issuer", s.defect.Name))
	}
	sign, err := forge.SignWith(key, rand.Reader)
	if err != nil {
		panic(err)
	}
	t.sign = sign
	change(t)
	again, err := t.token()
	if err != nil {
		panic(err)
	}
	return again
}

// keyOf returns the key that a header names; in some profiles it names its algorithm alone.
func (s *server) keyOf(header map[string]any) (*keys.Key, bool) {
	if kid, ok := header["kid"].(string); ok {
		return s.issuer.Keys().ByID(kid)
	}
	alg, _ := header["alg"].(string)
	return s.issuer.Keys().ByAlgorithm(keys.Algorithm(alg))
}

func (t *jwt) token() (string, error) {
	header, err := forge.Object(t.header)
	if err != nil {
		return "", err
	}
	payload, err := forge.Object(t.claims)
	if err != nil {
		return "", err
	}
	return forge.Token(header, payload, t.sign)
}

func read(token string, part forge.Part) map[string]any {
	raw, err := forge.Read(token, part)
	if err != nil {
		return nil
	}
	return object(raw)
}

func selfContained() []Fault {
	without := func(claim string) func(*jwt) { return func(t *jwt) { delete(t.claims, claim) } }
	return []Fault{
		remade(Fault{Name: "jwt-alg-none", Title: "leaves tokens unsigned, with the algorithm none", Requirement: "RFC9068-2.1-alg",
			Breaks: []string{"RFC9068-2.1-signed"}, Silences: []string{"RFC7662-4-signature-validated"}},
			func(t *jwt) { t.header["alg"], t.sign = "none", nil }),
		remade(Fault{Name: "jwt-signature-unverifiable", Title: "signs tokens so that no published key verifies them", Requirement: "RFC9068-2.1-signed"},
			func(t *jwt) { t.sign = backwards(t.sign) }),
		remade(Fault{Name: "jwt-typ-jwt", Title: "sets typ to JWT", Requirement: "RFC9068-2.1-typ"},
			func(t *jwt) { t.header["typ"] = "JWT" }),
		remade(Fault{Name: "jwt-iss-differs", Title: "puts another iss than its issuer identifier into tokens", Requirement: "RFC9068-2.2-iss"},
			func(t *jwt) { t.claims["iss"] = fmt.Sprint(t.claims["iss"], "/other") }, "iss"),
		remade(Fault{Name: "jwt-exp-missing", Title: "leaves the claim exp out", Requirement: "RFC9068-2.2-exp"}, without("exp")),
		remade(Fault{Name: "jwt-aud-missing", Title: "leaves the claim aud out", Requirement: "RFC9068-2.2-aud",
			Breaks: []string{"RFC9068-3-default-resource"}}, without("aud")),
		remade(Fault{Name: "jwt-sub-missing", Title: "leaves the claim sub out", Requirement: "RFC9068-2.2-sub"}, without("sub")),
		remade(Fault{Name: "jwt-client-id-missing", Title: "leaves the claim client_id out", Requirement: "RFC9068-2.2-client-id"}, without("client_id")),
		remade(Fault{Name: "jwt-iat-string", Title: "writes the claim iat as a string", Requirement: "RFC9068-2.2-iat"},
			func(t *jwt) { t.claims["iat"] = quote(t.claims["iat"]) }),
		remade(Fault{Name: "jwt-jti-missing", Title: "leaves the claim jti out", Requirement: "RFC9068-2.2-jti",
			Silences: []string{"RFC9068-2.2-jti-unique"}}, without("jti")),
		remade(Fault{Name: "jwt-jti-repeated", Title: "gives every token of a client the same jti", Requirement: "RFC9068-2.2-jti-unique"},
			func(t *jwt) { t.claims["jti"] = fmt.Sprint("token of ", t.claims["client_id"]) }, "jti"),
		remade(Fault{Name: "jwt-scope-array", Title: "writes the claim scope as an array", Requirement: "RFC9068-2.2.3-scope"},
			func(t *jwt) { t.claims["scope"] = split(t.claims["scope"]) }),
		remade(Fault{Name: "jwt-aud-is-client", Title: "uses the client as the audience", Requirement: "RFC9068-3-default-resource"},
			func(t *jwt) { t.claims["aud"] = t.claims["client_id"] }, "aud"),
	}
}

// backwards is a signature of the right length that verifies under no key.
func backwards(sign forge.Signer) forge.Signer {
	return func(input []byte) ([]byte, error) {
		signature, err := sign(input)
		slices.Reverse(signature)
		return signature, err
	}
}

func metadata() []Fault {
	return []Fault{{
		Name: "metadata-without-jwks-uri", Title: "leaves jwks_uri out of its metadata", Requirement: "RFC9068-4-metadata",
		after: func(_ *server, q *request, a *answer) {
			if q.at == metadataEndpoint && a.ok() {
				a.edit(func(m map[string]any) { delete(m, "jwks_uri") })
			}
		},
	}}
}
