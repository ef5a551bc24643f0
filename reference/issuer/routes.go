package issuer

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const (
	pathToken         = "/token"
	pathAuthorization = "/authorize"
	pathIntrospection = "/introspect"
	pathRevocation    = "/revoke"
	pathDenylist      = "/denylist"
	pathStatus        = "/status"
	pathEvents        = "/events"
	pathStatusLists   = "/statuslists/"
	pathUserinfo      = "/userinfo"
	pathMetrics       = "/metrics"
	pathJWKS          = "/jwks"
	pathHealth        = "/healthz"
	pathMetadata      = "/.well-known/oauth-authorization-server"
	pathOpenID        = "/.well-known/openid-configuration"
)

// route is an endpoint below the issuer identifier.
type route struct {
	path  string // one that ends with a slash stands for all that have one more segment
	serve func(*Issuer, http.ResponseWriter, *http.Request)
	// member is where the metadata says its URL; nil where no member is registered.
	member func(*metadata) *string
	// offered says whether this issuer has it; nil when each one does.
	offered func(*Issuer) bool
	// pages says what a page of another origin may do; nil for nothing.
	pages *crossOrigin
}

// routeTable is what is served and, as the same thing, what the metadata promises.
var routeTable = []route{
	{path: pathToken, serve: (*Issuer).serveToken, pages: publicClients, member: func(m *metadata) *string { return &m.TokenEndpoint }},
	{path: pathAuthorization, serve: (*Issuer).serveAuthorization, offered: (*Issuer).authorizes,
		member: func(m *metadata) *string { return &m.AuthorizationEndpoint }},
	{path: pathIntrospection, serve: (*Issuer).serveIntrospection, member: func(m *metadata) *string { return &m.IntrospectionEndpoint }},
	{path: pathRevocation, serve: (*Issuer).serveRevocation, pages: publicClients,
		member: func(m *metadata) *string { return &m.RevocationEndpoint }},
	{path: pathUserinfo, serve: (*Issuer).serveUserinfo, pages: bearers, offered: func(i *Issuer) bool { return len(i.users) > 0 },
		member: func(m *metadata) *string { return &m.UserinfoEndpoint }},
	{path: pathDenylist, serve: (*Issuer).serveDenylist},
	{path: pathStatus, serve: (*Issuer).serveStatus},
	{path: pathEvents, serve: (*Issuer).serveEvents},
	{path: pathStatusLists, serve: (*Issuer).serveStatusList, pages: publicDocument, offered: func(i *Issuer) bool { return i.lists != nil }},
	{path: pathMetrics, serve: (*Issuer).serveMetrics},
	{path: pathJWKS, serve: (*Issuer).serveJWKS, pages: publicDocument, member: func(m *metadata) *string { return &m.JWKSURI }},
}

// authorizes reports whether there is an authorization endpoint.
func (i *Issuer) authorizes() bool {
	_, ok := i.grants[AuthorizationCode]
	return ok
}

// offers lists the endpoints that this issuer has.
func (i *Issuer) offers() []route {
	var offered []route
	for _, r := range routeTable {
		if r.offered == nil || r.offered(i) {
			offered = append(offered, r)
		}
	}
	return offered
}

// route lays out the endpoints. RFC 8414, section 3.1: the well-known path goes
// between the host and the path of the issuer identifier, after a slash at the end
// of that has been removed.
func (i *Issuer) route() error {
	u, err := url.Parse(i.issuer)
	if err != nil {
		return fmt.Errorf("issuer: %w", err)
	}
	description, err := i.describe()
	if err != nil {
		return fmt.Errorf("issuer: %w", err)
	}
	where, resource, err := i.describeResource()
	if err != nil {
		return fmt.Errorf("issuer: %w", err)
	}
	base := strings.TrimSuffix(u.Path, "/")
	public := func(body []byte) http.HandlerFunc {
		return i.across(publicDocument, document("application/json", body))
	}
	i.routes = map[string]http.HandlerFunc{
		pathMetadata + base: public(description),
		// OpenID Connect Discovery 1.0, section 4.1, puts its path at the end. What is
		// said there is the same, to the byte; of ID tokens there is nothing to say.
		base + pathOpenID: public(description),
		pathHealth:        document("text/plain; charset=utf-8", []byte("ok\n")),
	}
	if where != "" {
		i.routes[where] = public(resource)
		// Some read it as if a slash behind a path went, too.
		i.routes[strings.TrimSuffix(where, "/")] = i.routes[where]
	}
	i.folders = map[string]http.HandlerFunc{}
	for _, r := range i.offers() {
		routes := i.routes
		if strings.HasSuffix(r.path, "/") {
			routes = i.folders
		}
		serve := i.across(r.pages, func(w http.ResponseWriter, q *http.Request) { r.serve(i, w, q) })
		routes[base+r.path] = i.metrics.counted(r.path, serve)
	}
	return nil
}
