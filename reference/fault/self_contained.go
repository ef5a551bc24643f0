package fault

import (
	"crypto/rand"
	"fmt"
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
// before the client gets it. Introspection knows it as the one that the issuer made,
// and tells the named members as the token has them.
func remade(f Fault, change func(*jwt), told ...string) defect {
	return defect{
		Fault: f,
		before: func(s *server, q *request) *answer {
			if q.at == introspectionEndpoint {
				s.pass(q, q.token)
			}
			return nil
		},
		after: func(s *server, q *request, a *answer) {
			switch {
			case q.at == tokenEndpoint && a.ok():
				a.edit(func(m map[string]any) {
					if token, _ := m["access_token"].(string); selfContainedToken(token) {
						again := s.remake(token, change)
						s.replace(token, again)
						m["access_token"] = again
					}
				})
			case q.at == introspectionEndpoint && a.members()["active"] == true && selfContainedToken(q.token):
				claims := read(q.token, forge.Payload)
				a.edit(func(m map[string]any) {
					for name := range claims {
						if slices.Contains(told, name) {
							m[name] = claims[name]
						}
					}
				})
			}
		},
	}
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

func selfContained() []defect {
	without := func(claim string) func(*jwt) { return func(t *jwt) { delete(t.claims, claim) } }
	return []defect{
		remade(Fault{"jwt-alg-none", "leaves tokens unsigned, with the algorithm none", "RFC9068-2.1-alg"},
			func(t *jwt) { t.header["alg"], t.sign = "none", nil }),
		remade(Fault{"jwt-signature-unverifiable", "signs tokens so that no published key verifies them", "RFC9068-2.1-signed"},
			func(t *jwt) { t.sign = backwards(t.sign) }),
		remade(Fault{"jwt-typ-jwt", "sets typ to JWT", "RFC9068-2.1-typ"},
			func(t *jwt) { t.header["typ"] = "JWT" }),
		remade(Fault{"jwt-iss-differs", "puts another iss than its issuer identifier into tokens", "RFC9068-2.2-iss"},
			func(t *jwt) { t.claims["iss"] = fmt.Sprint(t.claims["iss"], "/other") }, "iss"),
		remade(Fault{"jwt-exp-missing", "leaves the claim exp out", "RFC9068-2.2-exp"}, without("exp")),
		remade(Fault{"jwt-aud-missing", "leaves the claim aud out", "RFC9068-2.2-aud"}, without("aud")),
		remade(Fault{"jwt-sub-missing", "leaves the claim sub out", "RFC9068-2.2-sub"}, without("sub")),
		remade(Fault{"jwt-client-id-missing", "leaves the claim client_id out", "RFC9068-2.2-client-id"}, without("client_id")),
		remade(Fault{"jwt-iat-string", "writes the claim iat as a string", "RFC9068-2.2-iat"},
			func(t *jwt) { t.claims["iat"] = quote(t.claims["iat"]) }),
		remade(Fault{"jwt-jti-missing", "leaves the claim jti out", "RFC9068-2.2-jti"}, without("jti")),
		remade(Fault{"jwt-jti-repeated", "gives every token of a client the same jti", "RFC9068-2.2-jti-unique"},
			func(t *jwt) { t.claims["jti"] = fmt.Sprint("token of ", t.claims["client_id"]) }),
		remade(Fault{"jwt-scope-array", "writes the claim scope as an array", "RFC9068-2.2.3-scope"},
			func(t *jwt) { t.claims["scope"] = split(t.claims["scope"]) }),
		remade(Fault{"jwt-aud-is-client", "uses the client as the audience", "RFC9068-3-default-resource"},
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

func metadata() []defect {
	return []defect{{
		Fault: Fault{"metadata-without-jwks-uri", "leaves jwks_uri out of its metadata", "RFC9068-4-metadata"},
		after: func(_ *server, q *request, a *answer) {
			if q.at == metadataEndpoint && a.ok() {
				a.edit(func(m map[string]any) { delete(m, "jwks_uri") })
			}
		},
	}}
}
