package load

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/targets"
)

// fewTokens is how many tokens there are of an outcome that has tokens of its own.
const fewTokens = 4

// valid presents the good tokens. Where the mix has tokens without enough scope, some that
// have it go to the same route: a resource server that lets nobody in there is no better. A
// strategy that takes more care on risky routes has a tenth of its requests there.
func (p *presenting) valid() (made []Request) {
	careful := p.strategy.Name == verifier.Hybrid
	for i, t := range p.tokens {
		route := targets.PlainRoute
		switch {
		case careful && i%10 == 9:
			route = targets.RiskyRoute
		case p.asks(TooLittleScope) && i%4 == 3 && p.inst.Target.Reference() && hasScope(t, targets.WriteScope):
			route = targets.WriteRoute
		}
		made = append(made, p.present(t, Valid, p.url(route), Allow))
	}
	return made
}

func hasScope(t Token, scope string) bool { return slices.Contains(strings.Split(t.Scope, " "), scope) }

func (p *presenting) expired(ctx context.Context) (made []Request, not string, err error) {
	if len(p.inst.ClientsFor(p.form, true)) == 0 {
		return nil, fmt.Sprintf("target %s has no client whose %s tokens live for seconds", p.inst.Target.Name, p.form), nil
	}
	if err := p.old.acquaint(ctx, p.inst, p.form, p.url("")); err != nil {
		return nil, "", err
	}
	old, err := p.old.expired(ctx, p.inst, p.form)
	if err == nil && len(old) == 0 && p.asked {
		err = fmt.Errorf("no token expired within %v", maxStaleWait)
	}
	for _, t := range old {
		made = append(made, p.present(t, Expired, p.url(""), Deny))
	}
	return made, "", err
}

func (p *presenting) badSignature() (made []Request, not string) {
	if !signed(p.form) {
		return nil, fmt.Sprintf("%s tokens have no signature", p.form)
	}
	for i := 0; i < len(p.tokens); i += 4 {
		made = append(made, p.present(spoiled(p.tokens[i]), BadSignature, p.url(""), Deny))
	}
	return made, ""
}

func signed(form string) bool { return targets.KindOf(form) != targets.Opaque }

// spoiled is the token with one character changed: in a JWS inside the signature,
// elsewhere in the middle, where the change can't fall on bits that base64url ignores.
func spoiled(t Token) Token {
	b := []byte(t.Value)
	at := len(b) / 2
	if dot := strings.LastIndexByte(t.Value, '.'); dot >= 0 && dot+1 < len(b) { // an empty signature has no character
		at = (dot + 1 + len(b)) / 2
	}
	if b[at] == 'A' {
		b[at] = 'B'
	} else {
		b[at] = 'A'
	}
	t.Value = string(b)
	return t
}

// tooLittleScope presents the very tokens that are presented as good ones elsewhere, so that
// what is remembered of them is used here, too.
func (p *presenting) tooLittleScope() (made []Request, not string) {
	for _, t := range p.tokens {
		if t.Scope == "" || hasScope(t, targets.WriteScope) {
			continue
		}
		r := p.present(t, TooLittleScope, p.url(targets.WriteRoute), Deny)
		whole := r.Read
		r.Read = func(status int, body []byte) (Answer, string) {
			said, why := whole(status, body)
			// RFC 6750, section 3.1: insufficient_scope. A client that is told that its good
			// token is invalid throws it away.
			if said == Deny && (status != http.StatusForbidden || verifier.ReadDenial(body).Code != verifier.InsufficientScope) {
				return Unjudged, "not 403 with insufficient_scope"
			}
			return said, why
		}
		made = append(made, r)
	}
	if len(made) == 0 {
		return nil, fmt.Sprintf("no token of target %s is known to lack the scope %s, which the route asks for", p.inst.Target.Name, targets.WriteScope)
	}
	return made, ""
}

func (p *presenting) wrongAudience(ctx context.Context) (made []Request, not string, err error) {
	if len(p.elsewhere) == 0 {
		return nil, fmt.Sprintf("only the reference issuer can be told to issue tokens for another resource, and target %s is another server", p.inst.Target.Name), nil
	}
	tokens, err := Obtain(ctx, p.inst, p.elsewhere, p.form, fewTokens)
	for _, t := range tokens {
		made = append(made, p.present(t, WrongAudience, p.url(""), Deny))
	}
	return made, "", err
}

// random makes up tokens that look as the good ones do.
func (p *presenting) random() (made []Request) {
	random := rand.New(rand.NewPCG(p.seed, 0x5a5a))
	for i := range max(fewTokens, len(p.tokens)/4) {
		like := p.tokens[i%len(p.tokens)]
		if i%2 == 1 && !signed(p.form) { // one that is nearly right
			made = append(made, p.present(spoiled(like), Random, p.url(""), Deny))
			continue
		}
		made = append(made, p.present(madeUp(like, random), Random, p.url(""), Deny))
	}
	return made
}

// madeUp is a token that nobody issued. A JWT has the header of a good one, so that it costs
// a resource server as much as it may. The last character of each part stays, whose bits
// aren't all used.
func madeUp(like Token, random *rand.Rand) Token {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	b := []byte(like.Value)
	from := 0
	if strings.Count(like.Value, ".") >= 2 {
		from = strings.IndexByte(like.Value, '.') + 1
	}
	for i := from; i < len(b); i++ {
		if last := i+1 == len(b) || b[i+1] == '.'; !last && strings.IndexByte(alphabet[:len(alphabet)-2], b[i]) >= 0 {
			b[i] = alphabet[random.IntN(len(alphabet)-2)]
		}
	}
	like.Value = string(b)
	return like
}
