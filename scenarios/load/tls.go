package load

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/token"
	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// The ways to a protected resource.
const (
	wayPlain = "plain" // HTTP
	wayKept  = "tls"   // HTTPS, over connections that stay
	wayCold  = "cold"  // HTTPS, each request with a handshake of its own
	wayMTLS  = "mtls"  // HTTPS that stays, with tokens bound to the client's certificate (RFC 8705)
	wayDPoP  = "dpop"  // HTTPS that stays, each request with a proof of its own (RFC 9449)
)

var ways = []string{wayPlain, wayKept, wayCold, wayMTLS, wayDPoP}

// Stolen is the outcome of a bound token that somebody presents who can't prove what it is
// bound to.
const Stolen = "stolen"

// tlsScenario is tls: what the protection of the way costs, with tokens that are judged
// without the issuer.
func tlsScenario() []scenarios.Scenario {
	w := workload{name: "tls", traffic: protectedWay}
	local, _ := verifier.Describe(verifier.Local)
	w.cells = func(t targets.Target, o scenarios.Options) (cells []cell, why string) {
		forms := strategy{local}.usual(t)
		if len(forms) == 0 {
			return nil, fmt.Sprintf("target %s declares no form of token that %s can judge", t.Name, local.Name)
		}
		form := forms[0]
		if slices.Contains(forms, "ES256") {
			form = "ES256" // what is signed on the way is, too
		}
		for _, way := range ways {
			if !o.Whole && !slices.Contains(o.Items, w.name+"/"+way) {
				continue
			}
			c := cell{needs: strategy{local}.needs(form), takes: time.Second,
				axes: []results.Axis{{Name: "strategy", Value: local.Name}, {Name: "form", Value: form, Class: targets.KindOf(form)}, {Name: "way", Value: way}}}
			if !t.Reference() {
				c.not = "only the reference issuer can be given certificates of the step's own"
			}
			cells = append(cells, c)
		}
		return cells, ""
	}
	return []scenarios.Scenario{{Name: w.name, Title: "a protected resource over HTTP, HTTPS kept alive and cold, mutual TLS and DPoP", Items: itemsBelow(w.name, ways...), Workload: w}}
}

// boundClient is the client whose tokens are bound to what it proves.
const boundClient = "bound"

func protectedWay(ctx context.Context, step results.Step, site scenarios.Site) (Traffic, error) {
	way, form := step.Axis("way").Value, step.Axis("form").Value
	bound := map[string]issuer.Bound{wayMTLS: issuer.BoundMTLS, wayDPoP: issuer.BoundDPoP}[way]
	inst, end, err := site.Instance.Arrange(ctx, targets.Arrangement{Secure: way != wayPlain, Issuer: func(c *issuer.Config) {
		if bound != "" {
			c.Clients = append(c.Clients, issuer.Client{ID: boundClient, Secret: issuer.Secret(rand.Text()), Form: token.Form(form), Scopes: []string{"read"}, Bound: bound})
		}
	}})
	if err != nil {
		return Traffic{}, err
	}
	p := &presenting{step: step, inst: inst, form: form, seed: site.Seed, shown: quotable(nil)}
	p.strategy, _ = verifier.Describe(step.Axis("strategy").Value)
	var out Traffic
	switch way {
	case wayMTLS:
		out, err = p.overMTLS(ctx)
	case wayDPoP:
		out, err = p.withProofs(ctx)
	default:
		out, err = p.overTLS(ctx)
	}
	out.Instance, out.End, out.Cold = inst, end, way == wayCold
	if out.TLS == nil {
		out.TLS = inst.TLS
	}
	if err != nil {
		return out, fmt.Errorf("%w%s", err, ended(ctx, end))
	}
	return out, nil
}

// overTLS presents good tokens and a few made-up ones.
func (p *presenting) overTLS(ctx context.Context) (out Traffic, err error) {
	if p.tokens, err = Obtain(ctx, p.inst, p.inst.ClientsFor(p.form, false), p.form, p.step.Load.Tokens+warmConnections); err != nil {
		return out, err
	}
	p.shown = quotable(p.tokens)
	for _, t := range p.tokens[:warmConnections] {
		out.Warm = append(out.Warm, p.present(t, Valid, p.url(""), Allow))
	}
	p.tokens = p.tokens[warmConnections:]
	bad, _ := p.badSignature()
	out.Requests, out.Mix = append(p.valid(), bad...), Mix{{Valid, 98}, {BadSignature, 2}}
	return out, nil
}

// overMTLS presents tokens that are bound to the certificate of the connection, and a few
// that are bound to another one.
func (p *presenting) overMTLS(ctx context.Context) (out Traffic, err error) {
	show := func(name string) (*targets.Instance, error) {
		certificate, err := targets.SelfSigned(name)
		if err != nil {
			return nil, err
		}
		in := *p.inst
		in.TLS = p.inst.TLS.Clone()
		in.TLS.Certificates = []tls.Certificate{certificate}
		return &in, nil
	}
	own, err := show("owner")
	if err != nil {
		return out, err
	}
	other, err := show("another")
	if err != nil {
		return out, err
	}
	client := p.bound()
	if p.tokens, err = Obtain(ctx, own, client, p.form, p.step.Load.Tokens+warmConnections); err != nil {
		return out, err
	}
	stolen, err := Obtain(ctx, other, client, p.form, fewTokens)
	if err != nil {
		return out, err
	}
	for _, t := range p.tokens[:warmConnections] {
		out.Warm = append(out.Warm, p.present(t, Valid, p.url(""), Allow))
	}
	p.tokens = p.tokens[warmConnections:]
	out.Requests = p.valid()
	for _, t := range stolen {
		out.Requests = append(out.Requests, p.present(t, Stolen, p.url(""), Deny))
	}
	out.TLS, out.Mix = own.TLS, Mix{{Valid, 98}, {Stolen, 2}}
	return out, nil
}

// bound is the client whose tokens are bound.
func (p *presenting) bound() []targets.Client {
	return slices.DeleteFunc(slices.Clone(p.inst.Clients), func(c targets.Client) bool { return !strings.EqualFold(c.ID, boundClient) })
}
