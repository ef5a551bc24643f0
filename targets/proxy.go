package targets

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/targets/between"
)

// Proxy is a started proxy, a process of its own, before an issuer or a store.
type Proxy struct {
	at     string // as this process reaches it
	inside string // as the resource server does
	client *http.Client
}

// Address is the host:port where the resource server reaches what is behind the proxy.
func (p *Proxy) Address() string {
	u, err := url.Parse(p.inside)
	if err != nil {
		return ""
	}
	return u.Host
}

// By is an address behind the proxy, as this process reaches it by the proxy.
func (p *Proxy) By(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "", errors.New("reach what is behind the proxy: its address is none")
	}
	err = moved(u, p.at)
	return u.String(), err
}

// Set has the condition hold for all that passes, from before it returns.
func (p *Proxy) Set(ctx context.Context, c between.Condition) error {
	_, err := p.ask(ctx, http.MethodPost, "?"+c.Query())
	return err
}

// Status returns what the proxy tells of itself.
func (p *Proxy) Status(ctx context.Context) (between.Status, error) {
	return p.ask(ctx, http.MethodGet, "")
}

// ask tries again where there is no answer, as from a machine that is busy with what
// passes the proxy: to set a condition twice does no harm.
func (p *Proxy) ask(ctx context.Context, method, query string) (s between.Status, err error) {
	for try := 1; ; try++ {
		s, err = p.once(ctx, method, query)
		if !errors.Is(err, ErrNoAnswer) || try == 3 || ctx.Err() != nil {
			return s, err
		}
	}
}

func (p *Proxy) once(ctx context.Context, method, query string) (s between.Status, err error) {
	req, err := http.NewRequestWithContext(ctx, method, p.at+between.Path+query, nil)
	if err != nil {
		return s, fmt.Errorf("ask the proxy: %w", err)
	}
	resp, body, err := exchange(p.client, req)
	switch {
	case err != nil:
		return s, fmt.Errorf("ask the proxy: %w", err)
	case resp.StatusCode != http.StatusOK:
		return s, fmt.Errorf("ask the proxy: it answered %s: %s", resp.Status, body)
	}
	if err := json.Unmarshal(body, &s); err != nil {
		return s, fmt.Errorf("ask the proxy: %w", err)
	}
	return s, nil
}

// Proxy starts a proxy of a step's own before any server that the instance's resource
// servers can reach, such as a store: to is its host:port, and [Proxy.Address] goes into
// the configuration in its place. End stops it.
func (in *Instance) Proxy(ctx context.Context, to string) (p *Proxy, end func(context.Context) error, err error) {
	if in.proxy == nil {
		return nil, nil, fmt.Errorf("target %s: it isn't known how to start anything beside it", in.Target.Name)
	}
	return in.proxy(ctx, to)
}

// proxyTarget is how the proxy runs, described as any other server is.
func proxyTarget(to string) Target {
	serve := []string{"${self}", "serve", "proxy", "--listen", "${listen}", "--to", to}
	return Target{
		Name:    "proxy",
		Process: &ProcessSpec{Command: append(slices.Clone(serve), "--until-eof"), Ready: between.Path, Timeout: 30 * time.Second},
		// Its peer is the engine, and its port is published on loopback alone.
		Container: &ContainerSpec{Image: "self", Command: append(slices.Clone(serve), "--lease", "20s", "--control", "anybody"), Ready: between.Path, Timeout: 60 * time.Second},
	}
}

// ProxyAt returns the proxy that runs at a URL; inside is where resource servers reach it.
func ProxyAt(at, inside string) *Proxy {
	// A connection of its own for each request: the proxy may be told to end all others.
	return &Proxy{at: at, inside: inside, client: &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}}
}

// asked is the address at which a resource server asks the issuer, with the endpoints as
// it reaches them: of several, that of introspection.
func asked(e Endpoints) (*url.URL, error) {
	at, err := url.Parse(cmp.Or(e[IntrospectionEndpoint], e[JWKSEndpoint], e[TokenEndpoint]))
	if err != nil || at.Host == "" {
		return nil, errors.New("it isn't known where a resource server asks the issuer")
	}
	return at, nil
}

// hostPort is the host of a URL with its port, as a number.
func hostPort(u *url.URL) string {
	_, after, _ := strings.Cut(origin(u), "://")
	return after
}

// redirect has the resource server ask by way of the proxy whatever it would ask at the
// issuer's address.
func (p *Proxy) redirect(c *verifier.Config, issuer *url.URL) error {
	from := origin(issuer)
	if c.StatusListOrigin == "" {
		if own, err := url.Parse(c.Issuer); err == nil && origin(own) == from {
			c.StatusListOrigin = own.Scheme + "://" + own.Host
		}
	}
	members := []*string{&c.StatusListOrigin}
	for _, row := range endpoints {
		if row.configures != "" {
			members = append(members, member(c, row.configures))
		}
	}
	for _, m := range members {
		u, err := url.Parse(*m)
		if err != nil || u.Host == "" || origin(u) != from {
			continue
		}
		if err := moved(u, p.inside); err != nil {
			return err
		}
		*m = u.String()
	}
	return nil
}

// moved has the URL go to the proxy at the base. The name of a server stays where its
// certificate is for that name, whatever the port.
func moved(u *url.URL, base string) error {
	to, err := url.Parse(base)
	if err != nil {
		return fmt.Errorf("reach the proxy: %w", err)
	}
	if u.Scheme == "https" {
		u.Host = net.JoinHostPort(u.Hostname(), to.Port())
	} else {
		u.Host = to.Host
	}
	return nil
}
