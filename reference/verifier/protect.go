package verifier

import (
	"context"
	"net/http"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/dpop"
)

type claimsKey struct{}

// judged is a request's context with what its token says: one allocation, where a
// value in a context would be two.
type judged struct {
	context.Context
	claims claims.Claims
}

// Value implements [context.Context].
func (j *judged) Value(key any) any {
	if key == (claimsKey{}) {
		return &j.claims
	}
	return j.Context.Value(key)
}

// ClaimsFrom returns what the request's access token says, within a handler that
// [Protect] guards.
func ClaimsFrom(ctx context.Context) (claims.Claims, bool) {
	c, ok := ctx.Value(claimsKey{}).(*claims.Claims)
	if !ok {
		return claims.Claims{}, false
	}
	return *c, true
}

// Protect passes a request on to next if the strategy accepts its token, the sender proves
// what it is bound to, and it has the scopes of the route. Otherwise it answers 401 without
// a good token, 403 with too small a scope, 400 to a malformed request, and 503 while the
// issuer can't be asked.
func Protect(strategy Strategy, route Route, next http.Handler) http.Handler {
	p := &protected{strategy.Judge, route.Guard, route.Scopes, challenges{}, next}
	if p.guard == nil {
		p.guard = &Guard{}
	}
	if careful, ok := strategy.(Judicious); ok && route.Risky {
		p.judge = careful.JudgeRisky
	}
	p.challenges = route.challenges(p.guard)
	return p
}

type protected struct {
	judge      func(ctx context.Context, token string) (claims.Claims, error)
	guard      *Guard
	scopes     []string
	challenges challenges
	next       http.Handler
}

// ServeHTTP implements [http.Handler].
func (p *protected) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, err := presented(r)
	if err != nil {
		p.challenges.deny(w, c.scheme, err)
		return
	}
	j := &judged{Context: r.Context()}
	if err := p.check(w, r, c, &j.claims); err != nil {
		p.challenges.deny(w, c.scheme, err)
		return
	}
	p.next.ServeHTTP(w, r.WithContext(j))
}

// check judges the token, then its sender, then its scope.
func (p *protected) check(w http.ResponseWriter, r *http.Request, c credentials, said *claims.Claims) (err error) {
	if err := p.guard.checkLength(c); err != nil {
		return err
	}
	if *said, err = p.judge(r.Context(), c.token); err != nil {
		return err
	}
	proof, err := p.guard.checkBinding(r, c, said.Confirmation)
	p.guard.giveNonce(w, proof, err)
	if err != nil {
		return err
	}
	return checkScopes(said, p.scopes)
}

// giveNonce tells the client which nonce it needs (RFC 9449, section 9), or will need
// in a while (section 8.2).
func (g *Guard) giveNonce(w http.ResponseWriter, proof *dpop.Proof, err error) {
	if g.Proofs == nil || g.Proofs.Nonces == nil || err != dpop.ErrNonce && proof == nil {
		return
	}
	if nonce := g.Proofs.Nonces.At(g.Proofs.Now()); proof == nil || proof.Nonce != nonce {
		w.Header()[dpop.NonceHeader] = []string{nonce}
	}
}

// RFC 6750, section 3.1: the request needs higher privileges than the token has. The scope
// is checked on each request; what is remembered of a token doesn't depend on the route.
func checkScopes(said *claims.Claims, demanded []string) error {
	for _, scope := range demanded {
		if !said.HasScope(scope) {
			return errScope
		}
	}
	return nil
}
