package targets

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets/redact"
)

// The environment variables about a server that somebody else started. There are no
// flags for the credentials: arguments are public on a machine.
const (
	envClientID     = "OAUTHMARK_CLIENT_ID"
	envClientSecret = "OAUTHMARK_CLIENT_SECRET"
	envScope        = "OAUTHMARK_SCOPE"    // optional, space separated
	envResource     = "OAUTHMARK_RESOURCE" // optional; sent as resource (RFC 8707)
	envAudience     = "OAUTHMARK_AUDIENCE" // optional; what the resource server expects in aud

	// As whom the resource server introspects, where that isn't the client.
	envIntrospectionID     = "OAUTHMARK_INTROSPECTION_CLIENT_ID"
	envIntrospectionSecret = "OAUTHMARK_INTROSPECTION_CLIENT_SECRET"
)

// ErrCredentials is the error of a URL whose credentials nobody gave.
var ErrCredentials = errors.New("no credentials for the server")

// FromURL returns the target at the URL of an issuer identifier; see [Discover].
func FromURL(ctx context.Context, issuer string, getenv func(string) string, client *http.Client) (Target, error) {
	u, err := baseURL(issuer)
	if err != nil {
		return Target{}, err
	}
	return Discover(ctx, Target{Name: nameOf(u.String()), Title: "the server at " + u.String(), URL: issuer}, getenv, client)
}

// Discover completes a target that has a URL: it reads the server's metadata, gets one
// token for the client that the environment variables OAUTHMARK_CLIENT_ID and
// OAUTHMARK_CLIENT_SECRET name, and learns from it which form the server issues and in
// which dialect. What the target declares already stands. [Start] needs nothing else of
// such a target. The error wraps [ErrNoAnswer] where another time may be a better one.
func Discover(ctx context.Context, t Target, getenv func(string) string, client *http.Client) (Target, error) {
	base, err := baseURL(t.URL)
	if err != nil {
		return t, err
	}
	c, introspector, err := credentials(t, getenv)
	if err != nil {
		return t, err
	}
	root := strings.TrimSuffix(base.String(), "/")
	in := &Instance{Target: t, base: root, Issuer: below(root, t.Issuer), Endpoints: t.Endpoints.below(root),
		Audience: cmp.Or(getenv(envAudience), t.Audience),
		Secrets:  redact.New(c.Secret.Reveal(), introspector.Secret.Reveal())}
	told, place, err := in.findMetadata(ctx, client)
	switch {
	case err == nil:
		err = told.use(in, place)
	case ctx.Err() == nil && in.Endpoints[TokenEndpoint] != "" && !errors.Is(err, errNotTrusted):
		in.IssuerLearned, err = t.Issuer == "", nil // it is described, and there are no metadata
	case errors.Is(err, errNoMetadata):
		err = fmt.Errorf("%w\n%s", err, in.describe(nil))
	}
	if err != nil {
		return t, err
	}
	c.InBody = t.ClientAuth == secretPost || t.ClientAuth == "" && told.inBody(TokenEndpoint)
	introspector.InBody = t.ClientAuth == secretPost || t.ClientAuth == "" && told.inBody(IntrospectionEndpoint)
	in.Introspector = introspector
	learned, err := in.learn(ctx, client, &c, told)
	if err != nil {
		return t, err
	}
	in.Clients = []Client{c}
	t.Accept = in.Target.Accept
	if len(t.Forms()) == 0 { // it declares at most what no answer tells
		t.Capabilities = append(slices.Clone(t.Capabilities), learned...)
	}
	in.Provenance = results.TargetProvenance{Name: t.Name, Version: t.Version, Runtime: "external", Issuer: in.Issuer}
	t.external = in
	return t, nil
}

// credentials are those of the client, and of who introspects.
func credentials(t Target, getenv func(string) string) (c, introspector Client, err error) {
	c = Client{
		ID: getenv(envClientID), Secret: config.Secret(getenv(envClientSecret)),
		Scopes: strings.Fields(getenv(envScope)), Resource: cmp.Or(getenv(envResource), t.Resource),
	}
	if c.ID == "" || c.Secret == "" {
		return c, c, fmt.Errorf("%w %s: set %s and %s", ErrCredentials, t.URL, envClientID, envClientSecret)
	}
	introspector = Client{ID: getenv(envIntrospectionID), Secret: config.Secret(getenv(envIntrospectionSecret))}
	switch {
	case introspector.ID == "" && introspector.Secret == "":
		introspector = Client{ID: c.ID, Secret: c.Secret}
	case introspector.ID == "" || introspector.Secret == "":
		return c, c, fmt.Errorf("%w %s: set both %s and %s, or none", ErrCredentials, t.URL, envIntrospectionID, envIntrospectionSecret)
	}
	return c, introspector, nil
}

// baseURL accepts what may be an issuer identifier.
//
// RFC 8414, section 2: it is a URL with no query or fragment component. It asks for
// https too, which servers on this machine seldom have.
func baseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%q is not a URL", s)
	case u.User != nil:
		return nil, fmt.Errorf("the URL has credentials in it: use %s and %s", envClientID, envClientSecret)
	case (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		return nil, fmt.Errorf("%q: want http://HOST or https://HOST", s)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%q: want a URL without query and fragment", s)
	case u.Scheme == "http" && !loopbackHost(u.Hostname()):
		return nil, fmt.Errorf("%q: a secret is sent over https only, but for this machine", s)
	}
	return u, nil
}
