package issuer

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// metadata is the RFC 8414, section 2, description of what works here.
//
// response_types_supported is REQUIRED there, while section 3.2 says that a member
// with no elements MUST be omitted. Without an authorization endpoint there is no
// response type, so it is omitted, as the reported erratum 7793 would have it; with
// one it is there.
type metadata struct {
	Issuer                string   `json:"issuer"`
	TokenEndpoint         string   `json:"token_endpoint"`
	JWKSURI               string   `json:"jwks_uri"`
	ScopesSupported       []string `json:"scopes_supported,omitempty"`
	GrantTypes            []string `json:"grant_types_supported"`
	TokenEndpointAuth     []string `json:"token_endpoint_auth_methods_supported"`
	IntrospectionEndpoint string   `json:"introspection_endpoint"`
	IntrospectionAuth     []string `json:"introspection_endpoint_auth_methods_supported"`
	RevocationEndpoint    string   `json:"revocation_endpoint"`
	RevocationAuth        []string `json:"revocation_endpoint_auth_methods_supported"`

	// Of private_key_jwt, at the endpoints that take it.
	TokenEndpointAlgs []string `json:"token_endpoint_auth_signing_alg_values_supported,omitempty"`
	IntrospectionAlgs []string `json:"introspection_endpoint_auth_signing_alg_values_supported,omitempty"`
	RevocationAlgs    []string `json:"revocation_endpoint_auth_signing_alg_values_supported,omitempty"`

	// RFC 9701, section 7.
	IntrospectionSigningAlgs    []string `json:"introspection_signing_alg_values_supported,omitempty"`
	IntrospectionEncryptionAlgs []string `json:"introspection_encryption_alg_values_supported,omitempty"`
	IntrospectionEncryptionEncs []string `json:"introspection_encryption_enc_values_supported,omitempty"`

	Resources []string `json:"protected_resources,omitempty"` // RFC 9728, section 4

	DPoPAlgs         []string `json:"dpop_signing_alg_values_supported"`                    // RFC 9449, section 5.1
	BoundCertificate bool     `json:"tls_client_certificate_bound_access_tokens,omitempty"` // RFC 8705, section 3.3

	// Of the authorization endpoint, where there is one.
	AuthorizationEndpoint string   `json:"authorization_endpoint,omitempty"`
	UserinfoEndpoint      string   `json:"userinfo_endpoint,omitempty"`
	ResponseTypes         []string `json:"response_types_supported,omitempty"`
	ResponseModes         []string `json:"response_modes_supported,omitempty"` // RFC 8414, section 2: left out, fragment would be promised
	ChallengeMethods      []string `json:"code_challenge_methods_supported,omitempty"`
	Identifies            bool     `json:"authorization_response_iss_parameter_supported,omitempty"` // RFC 9207, section 3
}

// describe returns the metadata as JSON.
func (i *Issuer) describe() ([]byte, error) {
	base := strings.TrimSuffix(i.issuer, "/")
	m := metadata{Issuer: i.issuer, ScopesSupported: i.scopes()}
	// RFC 9728, section 1.2: a resource identifier is a URL; any other aud is none.
	where, _, err := i.describeResource()
	if err != nil {
		return nil, err
	}
	if where != "" {
		m.Resources = []string{i.resource}
	}
	m.describeIntrospection(i.signer.StatementAlgorithms(), i.clients)
	for _, r := range i.offers() {
		if r.member != nil {
			*r.member(&m) = base + r.path
		}
	}
	for _, name := range GrantTypes() {
		if _, ok := i.grants[name]; ok {
			m.GrantTypes = append(m.GrantTypes, string(name))
		}
	}
	m.describeAuth(i.clients)
	m.describeBound(i.clients)
	if m.AuthorizationEndpoint != "" {
		m.ResponseTypes = []string{"code"}
		m.ResponseModes = []string{"query"}
		m.ChallengeMethods = []string{"S256"}
		m.Identifies = true
	}
	b, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode metadata: %w", err)
	}
	return b, nil
}

// describeIntrospection names the algorithms of answers that are JWTs: each that there is
// a key for may be registered, and of encryption those are offered that are.
func (m *metadata) describeIntrospection(published []keys.Algorithm, clients map[string]*client) {
	if len(published) == 0 {
		return
	}
	algs, encs := map[string]bool{}, map[string]bool{}
	for _, c := range clients {
		if c.view != nil && c.view.seal != nil {
			alg, enc := c.view.seal.Algorithms()
			algs[alg], encs[enc] = true, true
		}
	}
	for _, a := range published {
		m.IntrospectionSigningAlgs = append(m.IntrospectionSigningAlgs, string(a))
	}
	m.IntrospectionEncryptionAlgs = slices.Sorted(maps.Keys(algs))
	m.IntrospectionEncryptionEncs = slices.Sorted(maps.Keys(encs))
}

// describeAuth names the methods that a client is registered for, and that of secrets
// in any case.
func (m *metadata) describeAuth(clients map[string]*client) {
	used := map[AuthMethod]bool{ClientSecretBasic: true}
	for _, c := range clients {
		used[c.auth] = true
	}
	for _, name := range AuthMethods() {
		if !used[name] {
			continue
		}
		m.TokenEndpointAuth = append(m.TokenEndpointAuth, string(name))
		if name != PublicClient {
			m.IntrospectionAuth = append(m.IntrospectionAuth, string(name))
		}
	}
	m.RevocationAuth = m.TokenEndpointAuth // RFC 7009, section 2.1: as for tokens
	if used[PrivateKeyJWT] {
		for _, a := range assertionAlgorithms {
			m.TokenEndpointAlgs = append(m.TokenEndpointAlgs, string(a))
		}
		m.IntrospectionAlgs, m.RevocationAlgs = m.TokenEndpointAlgs, m.TokenEndpointAlgs
	}
}

// serveJWKS publishes the keys as they are now: a rotation changes them.
func (i *Issuer) serveJWKS(w http.ResponseWriter, r *http.Request) {
	jwks, err := i.ring.JWKS(i.now())
	if err != nil {
		unavailable.write(w)
		return
	}
	document("application/jwk-set+json", jwks)(w, r) // RFC 7517, section 8.5.1
}

// document answers GET and HEAD with the same bytes each time.
func document(mediaType string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !reads(w, r) {
			return
		}
		w.Header().Set("Content-Type", mediaType)
		_, _ = w.Write(body) // net/http sends no body in answer to HEAD
	}
}

// reads answers what is neither GET nor HEAD.
func reads(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	w.Header().Set("Allow", "GET, HEAD")
	http.Error(w, "the method must be GET or HEAD", http.StatusMethodNotAllowed)
	return false
}
