package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/targets"
)

var errUnfinished = errors.New("another check that asked first did not finish")

// Probe is how one check talks to the instance. Every error that it returns means
// that there was nothing to judge: see [Undecided].
type Probe struct {
	session   *Session
	exchanges []*Exchange   // the check's evidence, in order
	slots     chan struct{} // of which the check takes one; nil behind an answer that checks share
}

// Instance is the server under test.
func (p *Probe) Instance() *targets.Instance { return p.session.instance }

// MadeUp is a string of 43 characters that no server has issued.
func (p *Probe) MadeUp(purpose string) string { return p.session.madeUp(purpose) }

// Wait sleeps, and lets another check run meanwhile.
func (p *Probe) Wait(ctx context.Context, d time.Duration) error {
	if p.slots != nil {
		<-p.slots
		defer func() { p.slots <- struct{}{} }()
	}
	return p.session.clock.Sleep(ctx, d)
}

// Forms lists the forms of token that the target issues.
func (p *Probe) Forms() []string { return p.Instance().Target.Forms() }

// JWTForms lists the self-contained ones of [Probe.Forms].
func (p *Probe) JWTForms() []string {
	return slices.DeleteFunc(p.Forms(), func(f string) bool { return f == targets.Opaque })
}

// Introspected keeps the forms for which the target answers introspection.
func (p *Probe) Introspected(forms []string) []string {
	return slices.DeleteFunc(slices.Clone(forms), func(f string) bool {
		return p.Instance().Target.Lacks([]targets.Capability{targets.Introspects(f)}) != ""
	})
}

func (p *Probe) send(ctx context.Context, kind answerKind, method, endpoint string, form url.Values, as *targets.Client) (*Exchange, error) {
	x, err := p.session.send(ctx, kind, method, endpoint, form, as)
	if err != nil {
		return nil, err
	}
	p.exchanges = append(p.exchanges, x)
	if x.busy() {
		return nil, fmt.Errorf("%s endpoint: the server answered %d", kind, x.Status)
	}
	return x, nil
}

// RequestToken asks the token endpoint, authenticated with the client's identifier
// and the secret, which may be a wrong one.
func (p *Probe) RequestToken(ctx context.Context, client targets.Client, secret config.Secret, form url.Values) (*Exchange, error) {
	client.Secret = secret
	return p.send(ctx, tokenAnswer, http.MethodPost, p.Instance().Endpoints[targets.TokenEndpoint], form, &client)
}

// Introspect asks the introspection endpoint about a token. The hint is left out when
// it is empty, and the credentials when as is nil.
func (p *Probe) Introspect(ctx context.Context, token, hint string, as *targets.Client) (*Exchange, error) {
	form := url.Values{"token": {token}}
	if hint != "" {
		form.Set("token_type_hint", hint)
	}
	return p.send(ctx, introspectionAnswer, http.MethodPost, p.Instance().Endpoints[targets.IntrospectionEndpoint], form, as)
}

// IntrospectAs is [Probe.Introspect] as the resource server.
func (p *Probe) IntrospectAs(ctx context.Context, token, hint string) (*Exchange, error) {
	who, err := p.Introspector()
	if err != nil {
		return nil, err
	}
	x, err := p.Introspect(ctx, token, hint, who)
	if err != nil {
		return nil, err
	}
	if x.Status == http.StatusUnauthorized || x.Status == http.StatusForbidden {
		return nil, fmt.Errorf("introspection endpoint: refused the resource server with %d", x.Status)
	}
	return x, nil
}

// Introspector is the client that the resource server introspects as.
func (p *Probe) Introspector() (*targets.Client, error) {
	if p.Instance().Introspector.ID == "" {
		return nil, errors.New("no client is registered to introspect")
	}
	return &p.Instance().Introspector, nil
}

// Introspection is the answer about the shared token of the form, see [Probe.Grant].
func (p *Probe) Introspection(ctx context.Context, form string) (*Exchange, error) {
	return shared(p, "introspection/"+form, func(p *Probe) (*Exchange, error) {
		_, token, err := p.Token(ctx, form)
		if err != nil {
			return nil, err
		}
		return p.IntrospectAs(ctx, token, "")
	})
}

// ErrInactive says that a token that was just issued isn't called active.
//
// RFC 7662, section 2.2: so is a token that "the protected resource is not allowed to
// introspect", and nothing tells one from the other.
var ErrInactive = errors.New("introspection endpoint: says active false of a token that was just issued, " +
	"as it may to a caller without the right to introspect it: give the introspecting client that right, " +
	"or name another one by OAUTHMARK_INTROSPECTION_CLIENT_ID")

// Active is the members of [Probe.Introspection]. An answer that is no object, or says
// that the token is not active, has nothing else to judge.
func (p *Probe) Active(ctx context.Context, form string) (map[string]any, error) {
	x, err := p.Introspection(ctx, form)
	if err != nil {
		return nil, err
	}
	members, err := x.Object()
	if err != nil || x.Status != http.StatusOK {
		return nil, fmt.Errorf("introspection endpoint: %d without a JSON object", x.Status)
	}
	switch active, ok := members["active"]; {
	case !ok:
		return nil, errors.New("introspection endpoint: does not call the token active")
	case active == false:
		return nil, ErrInactive
	}
	return members, nil
}

// Scopes splits a scope (RFC 6749, section 3.3) into its sorted, distinct tokens.
func Scopes(scope string) []string {
	tokens := strings.Fields(scope)
	slices.Sort(tokens)
	return slices.Compact(tokens)
}
