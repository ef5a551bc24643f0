package targets

import (
	"maps"
	"net/url"
	"reflect"
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
	member     string     // of the metadata that tells its URL (RFC 8414, section 2); empty for none
	capability Capability // that a target can't have without it; empty for none
	configures string     // the member of the verifier's configuration that it is; empty for none
	secret     bool       // a client's secret or a token goes there
}{
	{TokenEndpoint, "token_endpoint", ClientCredentials, "", true},
	{AuthorizationEndpoint, "authorization_endpoint", "", "", false},
	{IntrospectionEndpoint, "introspection_endpoint", Introspection, "introspection_endpoint", true},
	{RevocationEndpoint, "revocation_endpoint", Revocation, "", true},
	{JWKSEndpoint, "jwks_uri", JWKS, "jwks_uri", false},
	{MetadataEndpoint, "", Metadata, "", false},
	{UserinfoEndpoint, "userinfo_endpoint", "", "", true},
	{EventsEndpoint, "", Events, "events_uri", false},
	{DenylistEndpoint, "", Denylist, "denylist_uri", false},
	{StatusEndpoint, "", Status, "status_uri", false},
}

// Asked is the capability that a target needs for a resource server that asks what a
// member of its configuration names; empty for one that names no endpoint.
func Asked(member string) Capability {
	for _, row := range endpoints {
		if row.configures == member && member != "" {
			return row.capability
		}
	}
	return ""
}

// member is the member of the configuration of that name, nil where it has none.
func member(c *verifier.Config, name string) *string {
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		if key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); key == name {
			return v.Field(i).Addr().Interface().(*string)
		}
	}
	return nil
}

// below places paths below a base URL; what is a URL stays.
func (e Endpoints) below(base string) Endpoints {
	urls := Endpoints{}
	for name, path := range e {
		urls[name] = below(base, path)
	}
	return urls
}

func below(base, path string) string {
	if path != "" && !strings.HasPrefix(path, "/") {
		return path
	}
	return base + path
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

const (
	wantPath = "is %q, want a path that starts with /"
	wantURL  = "is %q, want a path that starts with /, or a URL of https or on this machine, without user information"
)

// validate reports the first path that is none, or is of an endpoint that isn't known.
func (e Endpoints) validate(doc *config.Document, external bool) error {
	var known []string
	for _, row := range endpoints {
		known = append(known, string(row.name))
	}
	for _, name := range slices.Sorted(maps.Keys(e)) {
		switch key := "endpoints." + string(name); {
		case !slices.Contains(known, string(name)):
			return doc.Errorf(key, "unknown endpoint%s", meant(string(name), known))
		case external && !isPath(e[name]) && !isEndpoint(e[name]):
			return doc.Errorf(key, wantURL, shown(e[name]))
		case !external && !isPath(e[name]):
			return doc.Errorf(key, wantPath, shown(e[name]))
		}
	}
	return nil
}

// isEndpoint accepts a URL that secrets may go to.
func isEndpoint(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.User == nil && u.Host != "" && u.Fragment == "" && (u.Scheme == "https" || u.Scheme == "http" && loopbackHost(u.Hostname()))
}

// shown is a value without the user information that it may have.
func shown(s string) string {
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		return "...@" + s[i+1:]
	}
	return s
}

func isPath(s string) bool {
	_, err := url.Parse(s)
	return err == nil && strings.HasPrefix(s, "/")
}
