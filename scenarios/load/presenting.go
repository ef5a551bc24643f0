package load

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/token"
	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// presenting is a step that presents tokens, in the making.
type presenting struct {
	old   *stale
	step  results.Step
	mix   Mix
	asked bool // somebody asked for this very mix
	seed  uint64
	trace *scenarios.Trace

	form     string
	strategy verifier.Description

	inst      *targets.Instance
	arranged  *targets.Instance // of the step's own; nil for that of the run
	end       func(context.Context) error
	elsewhere []targets.Client // whose tokens are for another resource

	tokens []Token // the good ones
	shown  func(string) string
	mute   bool // an answer told neither client nor scope; known after the load
}

func newPresenting(old *stale, step results.Step, site scenarios.Site) (*presenting, error) {
	p := &presenting{old: old, step: step, inst: site.Instance, seed: site.Seed, trace: site.Trace, form: step.Axis("form").Value}
	p.mix = usualMix(p.form)
	p.strategy, _ = verifier.Describe(step.Axis("strategy").Value)
	if step.Load.Mix == "" {
		return p, nil
	}
	var err error
	if p.mix, err = ParseMix(step.Load.Mix); err != nil {
		return nil, fmt.Errorf("mix: %w", err)
	}
	p.asked = true
	return p, nil
}

// asks reports whether somebody asked for the outcome.
func (p *presenting) asks(outcome string) bool { return p.asked && p.mix.has(outcome) }

// otherResource is for whom tokens are that are for somebody else. Nothing listens there.
const otherResource = "https://elsewhere.oauthmark.test"

// briefLifetime is that of tokens which are to expire, in seconds.
const briefLifetime = 2

// arrange starts an issuer of the step's own where the run's has no client whose tokens are
// what the mix asks for, and a resource server of the step's own where that of the run may
// have downloaded a list from before the revocations.
func (p *presenting) arrange(ctx context.Context) (err error) {
	var a targets.Arrangement
	brief := p.asks(Expired) && len(p.inst.ClientsFor(p.form, true)) == 0
	own := p.inst.Target.Reference() && (brief || p.asks(WrongAudience))
	if own {
		a.Issuer = func(c *issuer.Config) {
			client := func(name string) issuer.Client {
				return issuer.Client{ID: strings.ToLower(p.form) + name, Secret: issuer.Secret(rand.Text()), Form: token.Form(p.form), Scopes: []string{"read"}}
			}
			elsewhere := client("-elsewhere")
			elsewhere.Resource = otherResource
			c.Clients = append(c.Clients, elsewhere)
			if brief {
				short := client("-brief")
				short.Lifetime = briefLifetime
				c.Clients = append(c.Clients, short)
			}
		}
	}
	if !own && !(p.asks(Revoked) && p.downloads()) {
		return nil
	}
	if p.arranged, p.end, err = p.inst.Arrange(ctx, a); err != nil {
		return err
	}
	if p.inst = p.arranged; own {
		p.old = new(stale)
		at := slices.IndexFunc(p.inst.Clients, func(c targets.Client) bool { return strings.HasSuffix(c.ID, "-elsewhere") })
		p.elsewhere = []targets.Client{p.inst.Clients[at]}
		p.inst.Clients = slices.Delete(p.inst.Clients, at, at+1)
	}
	return nil
}

// downloads reports whether the strategy goes by a downloaded list of revocations.
func (p *presenting) downloads() bool {
	return slices.Contains(p.strategy.Asks, "denylist_uri") || p.strategy.Claim == "status"
}

// url is where the strategy's protected resource is, on one of the routes; on the plain one
// where none is given.
func (p *presenting) url(route string) string {
	if route == "" {
		route = targets.PlainRoute
	}
	return p.inst.Verifier + "/" + p.strategy.Name + route
}

// present makes the request of an outcome with the token.
func (p *presenting) present(t Token, outcome, url string, right Answer) Request {
	r := present(url, t, right, named(outcome, t), p.shown, &p.mute)
	r.Outcome = outcome
	return r
}

// named says what a token is, for a person to find it by: its SHA-256 tells nobody what it
// is, and whoever has the token can compare.
func named(outcome string, t Token) string {
	what := map[string]string{
		Valid: "a good token", Expired: "an expired token", BadSignature: "a token with a spoiled signature", Revoked: "a revoked token",
		WrongAudience: "a token for another resource", TooLittleScope: "a good token", Random: "a made-up token",
		Stolen: "a token whose holder can't prove it",
	}[outcome]
	if outcome != Random {
		what += " of client " + t.Client.ID
	}
	if outcome == TooLittleScope {
		what += ", at a route whose scope it lacks"
	}
	sum := sha256.Sum256([]byte(t.Value))
	return fmt.Sprintf("%s, SHA-256 %x...", what, sum[:6])
}

var errUnknownOutcome = errors.New("no such outcome")

// make makes the requests of an outcome. Not says why it doesn't apply, where it doesn't;
// an error is why it couldn't be had.
func (p *presenting) make(ctx context.Context, outcome string) (made []Request, not string, err error) {
	switch outcome {
	case Valid:
		return p.valid(), "", nil
	case Expired:
		return p.expired(ctx)
	case BadSignature:
		made, not = p.badSignature()
	case Revoked:
		return p.revoked(ctx)
	case WrongAudience:
		return p.wrongAudience(ctx)
	case TooLittleScope:
		made, not = p.tooLittleScope()
	case Random:
		made = p.random()
	default:
		err = errUnknownOutcome
	}
	return made, not, err
}
