package issuer

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// metadata is the RFC 8414, section 2, description of what works here.
//
// response_types_supported is REQUIRED there, while section 3.2 says that a member
// with no elements MUST be omitted. Without an authorization endpoint there is no
// response type, so it is omitted; the reported erratum 7793 says the same.
type metadata struct {
	Issuer                string   `json:"issuer"`
	TokenEndpoint         string   `json:"token_endpoint"`
	JWKSURI               string   `json:"jwks_uri"`
	ScopesSupported       []string `json:"scopes_supported,omitempty"`
	GrantTypes            []string `json:"grant_types_supported"`
	TokenEndpointAuth     []string `json:"token_endpoint_auth_methods_supported"`
	IntrospectionEndpoint string   `json:"introspection_endpoint"`
	IntrospectionAuth     []string `json:"introspection_endpoint_auth_methods_supported"`
}

// describe returns the metadata as JSON.
func (i *Issuer) describe() ([]byte, error) {
	var scopes []string
	for _, c := range i.clients {
		scopes = append(scopes, c.scopes...)
	}
	slices.Sort(scopes)
	base := strings.TrimSuffix(i.issuer, "/")
	basic := []string{"client_secret_basic"}
	b, err := json.Marshal(metadata{
		Issuer:                i.issuer,
		TokenEndpoint:         base + pathToken,
		JWKSURI:               base + pathJWKS,
		ScopesSupported:       slices.Compact(scopes),
		GrantTypes:            []string{"client_credentials"},
		TokenEndpointAuth:     basic,
		IntrospectionEndpoint: base + pathIntrospection,
		IntrospectionAuth:     basic,
	})
	if err != nil {
		return nil, fmt.Errorf("encode metadata: %w", err)
	}
	return b, nil
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
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "the method must be GET or HEAD", http.StatusMethodNotAllowed)
			return
		}
		w.Header().Set("Content-Type", mediaType)
		_, _ = w.Write(body) // net/http sends no body in answer to HEAD
	}
}
