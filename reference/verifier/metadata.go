package verifier

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/dpop"
	"github.com/oauthmark/oauthmark/reference/keys"
)

const wellKnown = "/.well-known/oauth-protected-resource"

// metadata is what RFC 9728, section 2, has clients know of a protected resource.
// Section 3.2: parameters without a value are left out.
type metadata struct {
	Resource             string           `json:"resource"`
	AuthorizationServers []string         `json:"authorization_servers"`
	ScopesSupported      []string         `json:"scopes_supported,omitempty"`
	BearerMethods        []string         `json:"bearer_methods_supported"`
	BoundCertificate     bool             `json:"tls_client_certificate_bound_access_tokens,omitempty"`
	DPoPAlgs             []keys.Algorithm `json:"dpop_signing_alg_values_supported,omitempty"`
}

// metadataURL is where the metadata of a resource is, and "" for a resource without.
//
// RFC 9728, section 3.1: the well-known path goes between the host and the path of the
// resource identifier, whose slash at the end goes away. An identifier that isn't a URL
// has no such place.
func metadataURL(resource string) *url.URL {
	u, err := url.Parse(resource)
	if err != nil || checkURL(resource) != nil {
		return nil
	}
	path := u.EscapedPath()
	if path == "/" {
		path = ""
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: wellKnown + strings.TrimSuffix(u.Path, "/"),
		RawPath: wellKnown + strings.TrimSuffix(path, "/"), RawQuery: u.RawQuery}
}

// metadata returns the path and the body of the metadata, "" for a resource without.
func (c Config) metadata(g *Guard) (path string, body []byte) {
	at := metadataURL(c.Resource)
	if at == nil || strings.ContainsAny(at.Path, "{}") { // which the mux has a meaning for
		return "", nil
	}
	m := metadata{
		Resource: c.Resource, AuthorizationServers: []string{c.Issuer},
		BearerMethods: []string{"header"}, BoundCertificate: strings.HasPrefix(g.URL, "https:"),
	}
	if g.Proofs != nil {
		m.DPoPAlgs = dpop.Algorithms()
	}
	for _, route := range c.routes() {
		m.ScopesSupported = append(m.ScopesSupported, route.Scopes...)
	}
	slices.Sort(m.ScopesSupported)
	m.ScopesSupported = slices.Compact(m.ScopesSupported)
	body, err := json.Marshal(m)
	if err != nil { // strings and booleans can always be encoded
		return "", nil
	}
	return at.Path, body
}
