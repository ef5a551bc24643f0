package issuer

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/oauthmark/oauthmark/reference/dpop"
)

var (
	// RFC 9449, section 5.
	errProof  = badRequest("invalid_dpop_proof", "the DPoP proof is missing, not valid, or not for this request")
	errReplay = badRequest("invalid_dpop_proof", "the DPoP proof was used before")

	// errNonce asks for a proof with the nonce of the same answer (RFC 9449, section 8).
	errNonce = badRequest("use_dpop_nonce", "the DPoP proof needs the nonce of this answer")

	// errProvedOther is for a proof that is good, but of another token or key.
	errProvedOther = &problem{status: http.StatusUnauthorized, code: "invalid_token"}
)

// proveDPoP returns the thumbprint of the key that the request proves to have, "" when
// it doesn't try to.
func (i *Issuer) proveDPoP(r *http.Request) (string, *problem) {
	if len(r.Header[dpop.Header]) == 0 {
		return "", nil
	}
	p, refused := i.checkProof(r, i.tokenEndpoint, nil)
	if refused != nil {
		return "", refused
	}
	return p.Thumbprint, nil
}

// checkProof returns the proof of a request to the target, which at a protected
// resource comes with an access token.
func (i *Issuer) checkProof(r *http.Request, target string, access *dpop.Access) (*dpop.Proof, *problem) {
	checker := dpop.Checker{Now: i.now, Seen: usedProofs{i}, Nonces: i.nonces}
	p, err := checker.Check(r.Context(), r.Header[dpop.Header], dpop.Request{Method: r.Method, URL: target, Access: access})
	var refusal dpop.Refusal
	switch {
	case err == nil:
		return p, nil
	case !errors.As(err, &refusal):
		return nil, unavailable
	case refusal == dpop.ErrNonce:
		return nil, errNonce
	case refusal == dpop.ErrReplay:
		return nil, errReplay
	case refusal == dpop.ErrToken || refusal == dpop.ErrBinding:
		return nil, errProvedOther
	}
	return nil, errProof
}

// usedProofs is the memory of proofs, of all processes that share the store.
type usedProofs struct{ issuer *Issuer }

// Remember implements [dpop.Memory].
func (u usedProofs) Remember(ctx context.Context, thumbprint, id string, until time.Time) (bool, error) {
	return u.issuer.firstUseOf(ctx, "dpop\x00"+thumbprint+"\x00"+id, until.Unix()+1)
}
