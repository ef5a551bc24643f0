package verifier

import (
	"context"
	"errors"
	"net/url"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// introspector sends introspection requests (RFC 7662).
type introspector struct {
	upstream upstreamCaller
	endpoint string
	accept   claims.Dialect
	sent     *Count
}

// ask returns what the issuer says about the token. The error is an [*Unavailable],
// or the context's.
//
// RFC 7662, section 2.1: POST, form-urlencoded, and authorized.
func (i *introspector) ask(ctx context.Context, token string) (answer, error) {
	r, err := i.upstream.post(ctx, i.endpoint, mediaJSON, url.Values{"token": {token}}, i.sent)
	var a answer
	if err == nil {
		a, err = parseAnswer(r, i.accept)
	}
	if err != nil {
		return answer{}, unavailable(ctx, "introspect token", err)
	}
	return a, nil
}

// RFC 7662, section 2.2: the answer is 200 with a JSON object whose active member
// is a boolean. Anything else, a 400 that says true or an active of null or "true",
// says nothing about the token: neither that it is active nor that it isn't.
func parseAnswer(r reply, accept claims.Dialect) (answer, error) {
	if err := r.is(mediaJSON); err != nil {
		return answer{}, err
	}
	return decodeAnswer(r.body, accept)
}

// decodeAnswer says nothing of what the decoder does: that may quote the answer, which
// holds personal data.
func decodeAnswer(body []byte, accept claims.Dialect) (answer, error) {
	var a answer
	active, err := accept.DecodeAnswer(body, &a.claims)
	if err != nil {
		return answer{}, errors.New("the issuer's answer is malformed, or has no boolean member active")
	}
	if !active {
		return answer{}, nil
	}
	a.active = true
	return a, nil
}
