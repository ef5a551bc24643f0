package targets

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// trust refuses an endpoint that a server names and that secrets mustn't be taken to.
//
// Credentials go to the issuer's own origin, or to one that the person named: whoever
// answers for an issuer on this machine must not have the secret sent elsewhere.
func (i *Instance) trust(name Endpoint, secret bool, told string, declared Endpoints) error {
	u, err := url.Parse(told)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && !loopbackHost(u.Hostname()):
		return fmt.Errorf("it names the %s endpoint %q, which is neither https nor on this machine", name, told)
	case u.User != nil:
		return fmt.Errorf("it names the %s endpoint with user information in its URL: %s", name, i.describe(nil, name))
	case !secret || slices.Contains(i.named(declared), origin(u)):
		return nil
	}
	return fmt.Errorf("it names the %s endpoint %q, of another origin than the issuer's, and secrets would go there; to allow that, %s",
		name, told, i.describe(Endpoints{name: told}, name))
}

// named are the origins that the person has named: the issuer's, and those of endpoints.
func (i *Instance) named(declared Endpoints) []string {
	var out []string
	for _, s := range append(slices.Collect(maps.Values(declared)), i.base) {
		if u, err := url.Parse(s); err == nil {
			out = append(out, origin(u))
		}
	}
	return out
}

// origin is scheme, host and port (RFC 6454, section 4), the last as a number.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

// describe says how a server is described in a file, with those of its endpoints that are
// known, and those that are wanted.
func (i *Instance) describe(known Endpoints, wanted ...Endpoint) string {
	if len(wanted) == 0 {
		wanted = []Endpoint{TokenEndpoint, IntrospectionEndpoint, JWKSEndpoint}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "describe the server in a file such as server.yaml, and give --target server.yaml:\n  name: %s\n  url: %s\n  endpoints:\n", nameOf(i.base), i.base)
	for _, name := range wanted {
		at := known[name]
		if at == "" {
			at = "/PATH"
		}
		fmt.Fprintf(&b, "    %s: %s\n", name, at)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// nameOf makes a target's name of its URL.
func nameOf(s string) string {
	_, rest, _ := strings.Cut(strings.ToLower(s), "://")
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, rest)
	return strings.Trim(name[:min(len(name), 40)], "-")
}
