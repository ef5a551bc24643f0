package issuer

import (
	"context"
	"net/http"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// inactive is the whole answer about any token that isn't active.
//
// RFC 7662, section 2.2: it SHOULD NOT say more, not even why.
var inactive = []byte(`{"active":false}`)

// serveIntrospection is the introspection endpoint (RFC 7662, section 2).
func (i *Issuer) serveIntrospection(w http.ResponseWriter, r *http.Request) {
	f, p := readForm(w, r)
	if p != nil {
		p.write(w)
		return
	}
	if _, p := i.authenticateConfidential(r, f); p != nil {
		p.write(w)
		return
	}
	tok := f.get("token")
	if tok == "" {
		invalidRequest("token is missing").write(w)
		return
	}
	// token_type_hint is only a hint (section 2.1), and there is nothing to speed up.
	c, active, err := i.find(r.Context(), tok)
	if err != nil {
		unavailable.write(w)
		return
	}
	secretAnswer(w.Header())
	if !active {
		_, _ = w.Write(inactive)
		return
	}
	_, _ = w.Write(appendActive(make([]byte, 0, 512), &c))
}

// authenticateConfidential returns the client that sent the request, and proved it.
//
// RFC 7662, section 2.1: the endpoint MUST require authorization, so that tokens
// can't be tried out. Any client will do that proves who it is.
func (i *Issuer) authenticateConfidential(r *http.Request, f form) (*client, *problem) {
	c, p := i.authenticate(r, f)
	if p == nil && c.auth == PublicClient {
		return nil, errAuthentication
	}
	return c, p
}

// find returns the claims of a token, and whether it is active: issued here, and
// not expired (RFC 7662, section 4).
func (i *Issuer) find(ctx context.Context, tok string) (token.Claims, bool, error) {
	var c token.Claims
	if token.LooksOpaque(tok) {
		kept, ok, err := i.store.Get(ctx, store.DigestOf(tok))
		// What isn't for access must not be taken for it: RFC 7662, section 4.
		if err != nil || !ok || kept.Kind != store.Access {
			return token.Claims{}, false, err
		}
		c = kept.Claims
	} else {
		verified, err := i.signer.Verify(tok, i.now())
		if err != nil {
			return token.Claims{}, false, nil
		}
		c = verified
		// A record goes with its revocation; a token without one has to be looked up.
		if ended, err := i.ended(ctx, &c); err != nil || ended {
			return token.Claims{}, false, err
		}
	}
	// iss is compared exactly: a store or a key may be shared with another issuer.
	return c, c.Issuer == i.issuer && c.Live(i.now().Unix()), nil
}

// appendActive appends the answer about an active token (RFC 7662, section 2.2).
// There is a username where a user was involved.
func appendActive(b []byte, c *token.Claims) []byte {
	b = append(b, `{"active":true,"token_type":"Bearer",`...)
	return append(c.AppendMembers(b), '}')
}
