package targets

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/reference/verifier"
)

// Endpoint is an endpoint of a server, by its key in target.yaml.
type Endpoint string

const (
	TokenEndpoint         Endpoint = "token"         // RFC 6749, section 3.2
	AuthorizationEndpoint Endpoint = "authorization" // RFC 6749, section 3.1
	IntrospectionEndpoint Endpoint = "introspection" // RFC 7662
	RevocationEndpoint    Endpoint = "revocation"    // RFC 7009
	JWKSEndpoint          Endpoint = "jwks"          // RFC 7517
	MetadataEndpoint      Endpoint = "metadata"      // RFC 8414
	UserinfoEndpoint      Endpoint = "userinfo"      // OpenID Connect Core 1.0, section 5.3
	EventsEndpoint        Endpoint = "events"        // the stream of revocations
	DenylistEndpoint      Endpoint = "denylist"      // the list of revocations
	StatusEndpoint        Endpoint = "status"        // whether the token with a jti was revoked
)

// Endpoints say where a server answers: a target's are paths below its base URL, an
// instance's are absolute URLs. One that isn't there doesn't exist.
type Endpoints map[Endpoint]string

// endpoints is what there is to know of each endpoint. All that handles endpoints goes
// by it.
var endpoints = []struct {
	name       Endpoint
	member     string                         // of the metadata that tells its URL (RFC 8414, section 2); empty for none
	capability Capability                     // that a target can't have without it; empty for none
	configures func(*verifier.Config) *string // what it is to the reference verifier; nil for nothing
}{
	{TokenEndpoint, "token_endpoint", ClientCredentials, nil},
	{AuthorizationEndpoint, "authorization_endpoint", "", nil},
	{IntrospectionEndpoint, "introspection_endpoint", Introspection, func(c *verifier.Config) *string { return &c.IntrospectionEndpoint }},
	{RevocationEndpoint, "revocation_endpoint", Revocation, nil},
	{JWKSEndpoint, "jwks_uri", JWKS, func(c *verifier.Config) *string { return &c.JWKSURI }},
	{MetadataEndpoint, "", Metadata, nil},
	{UserinfoEndpoint, "userinfo_endpoint", "", nil},
	{EventsEndpoint, "", Events, func(c *verifier.Config) *string { return &c.EventsURI }},
	{DenylistEndpoint, "", Denylist, func(c *verifier.Config) *string { return &c.DenylistURI }},
	{StatusEndpoint, "", Status, func(c *verifier.Config) *string { return &c.StatusURI }},
}

// below places paths below a base URL.
func (e Endpoints) below(base string) Endpoints {
	urls := Endpoints{}
	for name, path := range e {
		urls[name] = base + path
	}
	return urls
}

// capabilities are those that a target with these endpoints may have.
func (e Endpoints) capabilities() (all []Capability) {
	for _, row := range endpoints {
		if row.capability != "" && e[row.name] != "" {
			all = append(all, row.capability)
		}
	}
	return all
}

const wantPath = "is %q, want a path that starts with /"

// validate reports the first path that is none, or is of an endpoint that isn't known.
func (e Endpoints) validate(doc *config.Document) error {
	var known []string
	for _, row := range endpoints {
		known = append(known, string(row.name))
	}
	for _, name := range slices.Sorted(maps.Keys(e)) {
		switch key := "endpoints." + string(name); {
		case !slices.Contains(known, string(name)):
			return doc.Errorf(key, "unknown endpoint%s", meant(string(name), known))
		case !isPath(e[name]):
			return doc.Errorf(key, wantPath, e[name])
		}
	}
	return nil
}

func isPath(s string) bool {
	_, err := url.Parse(s)
	return err == nil && strings.HasPrefix(s, "/")
}
