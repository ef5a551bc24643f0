package issuer

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

const pathResourceMetadata = "/.well-known/oauth-protected-resource"

// resourceMetadata describes the protected resource (RFC 9728, section 2).
type resourceMetadata struct {
	Resource             string   `json:"resource"`
	AuthorizationServers []string `json:"authorization_servers"`
	ScopesSupported      []string `json:"scopes_supported,omitempty"`
	BearerMethods        []string `json:"bearer_methods_supported"`
}

// describeResource returns the metadata of the resource, and their path. RFC 9728, section
// 3.1: the well-known path goes between the host and the path of the resource identifier;
// a lone slash after the host is removed. Clients look at the resource's own host, which
// can fetch them here. A resource that isn't a URL has none.
func (i *Issuer) describeResource() (path string, body []byte, err error) {
	u, err := url.Parse(i.resource)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || strings.ContainsAny(i.resource, "?#") {
		return "", nil, nil
	}
	body, err = json.Marshal(resourceMetadata{
		Resource: i.resource, AuthorizationServers: []string{i.issuer}, ScopesSupported: i.scopes(),
		BearerMethods: []string{"header"}, // RFC 6750, section 2.1: the one that every resource server supports
	})
	if err != nil {
		return "", nil, fmt.Errorf("encode resource metadata: %w", err)
	}
	if u.Path == "/" {
		u.Path = ""
	}
	return pathResourceMetadata + u.Path, body, nil
}

// scopes lists what can be asked for, sorted.
func (i *Issuer) scopes() []string {
	var scopes []string
	for _, c := range i.clients {
		scopes = append(scopes, c.scopes...)
	}
	slices.Sort(scopes)
	return slices.Compact(scopes)
}
