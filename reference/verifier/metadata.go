package verifier

import (
	"encoding/json"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/dpop"
	"github.com/oauthmark/oauthmark/reference/keys"
)

const wellKnown = "/.well-known/oauth-protected-resource"

// metadata describes a protected resource (RFC 9728, section 2).
// Section 3.2: parameters without a value are left out.
type metadata struct {
	Resource             string           `json:"resource"`
	AuthorizationServers []string         `json:"authorization_servers"`
	ScopesSupported      []string         `json:"scopes_supported,omitempty"`
	BearerMethods        []string         `json:"bearer_methods_supported"`
	BoundCertificate     bool             `json:"tls_client_certificate_bound_access_tokens,omitempty"`
	DPoPAlgs             []keys.Algorithm `json:"dpop_signing_alg_values_supported,omitempty"`
}

// metadataURL is where the metadata of a resource is, and nil for a resource without.
//
// RFC 9728, section 3.1: the well-known path goes between the host and the path of the
// resource identifier; a lone slash after the host is removed. There is none for an
// identifier that isn't a URL, and for a path that isn't clean or that [http.ServeMux]
// takes for a pattern.
func metadataURL(resource string) *url.URL {
	u, err := url.Parse(resource)
	if err != nil || checkURL(resource) != nil || u.RawPath != "" || strings.ContainsAny(u.Path, "{} \t") {
		return nil
	}
	switch clean := path.Clean(u.Path); u.Path {
	case "", "/":
		u.Path = ""
	case clean, clean + "/":
		if clean == "/" {
			return nil
		}
	default:
		return nil
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: wellKnown + u.Path, RawQuery: u.RawQuery}
}

// metadataPaths are where the metadata are served. A path that ends in a slash is served
// without it, too, for clients that remove it, as RFC 8414, section 3.1, does for issuers.
func metadataPaths(at *url.URL) []string {
	if bare := strings.TrimSuffix(at.Path, "/"); bare != at.Path {
		return []string{at.Path + "{$}", bare}
	}
	return []string{at.Path}
}

// metadata returns the paths and the body of the metadata, none for a resource without.
func (c Config) metadata(g *Guard) (paths []string, body []byte) {
	at := metadataURL(c.Resource)
	if at == nil {
		return nil, nil
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
		return nil, nil
	}
	return metadataPaths(at), body
}
