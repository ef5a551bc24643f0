package targets

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier"
)

const verifierReady = "/healthz"

// The routes of the resource server, below the path of each strategy.
const (
	PlainRoute = "/resource"
	WriteRoute = "/write" // asks for WriteScope
	RiskyRoute = "/risky" // a strategy takes more care there, if it can
	WriteScope = "write"
)

func routes() []verifier.Route {
	return []verifier.Route{{Path: PlainRoute}, {Path: WriteRoute, Scopes: []string{WriteScope}}, {Path: RiskyRoute, Risky: true}}
}

// maxToken is the number of characters of the longest token that the verifier is to take:
// a limit is the harness's, and no server's fault.
const maxToken = 256 << 10

// verifierTarget is how the reference verifier runs, described as any other
// server is. It stands beside every target.
func verifierTarget() Target {
	serve := []string{"${self}", "serve", "verifier", "--listen", "${listen}", "--config", "${config}"}
	// It ends with the harness, however that ends: a process by its standard input, a
	// container when it is no longer asked how it is.
	return Target{
		Name:      "verifier",
		Process:   &ProcessSpec{Command: append(slices.Clone(serve), "--until-eof"), Ready: verifierReady, Timeout: 30 * time.Second},
		Container: &ContainerSpec{Image: "self", Command: append(slices.Clone(serve), "--lease", "20s"), Ready: verifierReady, Timeout: 60 * time.Second},
	}
}

// verifierConfig is the reference verifier's configuration for an instance, with the
// endpoints as the verifier reaches them.
//
// Some of its members are required, whatever strategies will be used. A target without
// introspection or keys lacks the capability, so that no scenario asks for them; the
// address that stands in for such an endpoint answers nothing good.
func verifierConfig(in *Instance, e Endpoints) (verifier.Config, error) {
	c := verifier.Config{
		Issuer: in.Issuer, Resource: cmp.Or(in.Audience, resource), Cache: verifier.DefaultCache(),
		ClientID: in.Introspector.ID, ClientSecret: verifier.Secret(in.Introspector.Secret.Reveal()), ClientSecretPost: in.Introspector.InBody,
		Algorithms: slices.DeleteFunc(in.Target.Forms(), func(form string) bool { return !slices.Contains(verifier.Algorithms(), form) }),
		Ahead:      verifier.Duration(orDefault(in.Target.Leeway, 5*time.Second)), MaxToken: maxToken,
		Routes: routes(),
	}
	if in.Target.Accept != nil {
		c.Accept = *in.Target.Accept
	}
	// Whom a token is for is the resource server's to know, and nobody has said who that is.
	c.Accept.AnyAudience = c.Accept.AnyAudience || in.Audience == ""
	if len(c.Algorithms) == 0 { // none will be used
		c.Algorithms = verifier.Algorithms()
	}
	absent, err := url.Parse(e[TokenEndpoint])
	if err != nil {
		return c, fmt.Errorf("configure the verifier: %w", err)
	}
	absent.Path, absent.RawQuery = "/.well-known/oauthmark-absent", ""
	c.IntrospectionEndpoint, c.JWKSURI = absent.String(), absent.String()
	for _, row := range endpoints {
		if row.configures != "" && e[row.name] != "" {
			*member(&c, row.configures) = e[row.name]
		}
	}
	return c, nil
}
