package issuer

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4/json"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	headerDPoP = "Dpop" // DPoP, as net/http spells it

	maxProof   = 16 << 10 // bytes of the longest proof: one with a key of ML-DSA-87 has 12 KiB
	maxProofID = 256      // bytes of its jti

	// A proof is good for a minute after iat, and clients' clocks may be a little fast
	// (RFC 9449, section 11.1).
	proofAge  = time.Minute
	proofLead = 5 * time.Second
)

// proof is a DPoP proof whose signature is that of the key in its header.
type proof struct {
	thumbprint string // of the key: RFC 9449, section 6.1
	claims     proofClaims
}

type proofClaims struct {
	ID       string           `json:"jti"`
	Method   string           `json:"htm"`
	Target   string           `json:"htu"`
	IssuedAt *jwt.NumericDate `json:"iat"`
	Nonce    string           `json:"nonce"`
	Token    string           `json:"ath"` // the SHA-256 of the access token that it comes with
}

// What is wrong with a proof; none of them repeats a part of it.
var (
	errProofForm      = errors.New("proof is not a signed JWT with an accepted header")
	errProofSignature = errors.New("proof's signature is not valid")
	errProofClaims    = errors.New("proof's claims are missing or not of this request")
)

// parseProof enforces what RFC 9449, section 4.3, asks of a proof by itself: one JWT
// with typ dpop+jwt, an asymmetric alg, a jwk that holds no private key, a signature
// of that key, and all the claims of section 4.2.
func parseProof(text string) (*proof, error) {
	thumbprint, payload, err := openProof(text)
	if err != nil {
		return nil, err
	}
	p := &proof{thumbprint: thumbprint}
	if json.Unmarshal(payload, &p.claims) != nil {
		return nil, errProofClaims
	}
	c := &p.claims
	if c.ID == "" || len(c.ID) > maxProofID || c.Method == "" || c.Target == "" || c.IssuedAt == nil {
		return nil, errProofClaims
	}
	return p, nil
}

// judge enforces what section 4.3 asks of a proof for one request: its method, its
// target and the time.
func (p *proof) judge(now time.Time, method, target string) error {
	iat := p.claims.IssuedAt.Time()
	if p.claims.Method != method || !sameTarget(p.claims.Target, target) ||
		now.Sub(iat) > proofAge || iat.Sub(now) > proofLead {
		return errProofClaims
	}
	return nil
}

// sameTarget compares URLs without query and fragment, and after normalization
// (section 4.3, with RFC 3986, sections 6.2.2 and 6.2.3).
func sameTarget(a, b string) bool {
	x, err := url.Parse(a)
	y, other := url.Parse(b)
	if err != nil || other != nil || x.User != nil || x.Opaque != "" {
		return false
	}
	return strings.EqualFold(x.Scheme, y.Scheme) && authority(x) == authority(y) && pathOf(x) == pathOf(y)
}

// authority returns the host and the port, also where that is the scheme's own.
func authority(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[strings.ToLower(u.Scheme)]
	}
	return strings.ToLower(u.Hostname()) + ":" + port
}

func pathOf(u *url.URL) string {
	if u.Path == "" {
		return "/"
	}
	return u.Path
}

var (
	// RFC 9449, section 5.
	errProof  = badRequest("invalid_dpop_proof", "the DPoP proof is missing, not valid, or not for this request")
	errReplay = badRequest("invalid_dpop_proof", "the DPoP proof was used before")
)

// proveDPoP returns the thumbprint of the key that the request proves to have, "" when
// it doesn't try to.
func (i *Issuer) proveDPoP(r *http.Request) (string, *problem) {
	if len(r.Header[headerDPoP]) == 0 {
		return "", nil
	}
	p, refused := i.checkProof(r, i.tokenEndpoint)
	if refused != nil {
		return "", refused
	}
	return p.thumbprint, nil
}

// checkProof returns the proof of a request to the target.
func (i *Issuer) checkProof(r *http.Request, target string) (*proof, *problem) {
	given := r.Header[headerDPoP]
	// Section 4.3: there is not more than one such header field.
	if len(given) != 1 {
		return nil, errProof
	}
	p, err := parseProof(given[0])
	if err != nil || p.judge(i.now(), r.Method, target) != nil {
		return nil, errProof
	}
	if i.nonces != nil && !i.nonces.good(p.claims.Nonce, i.now()) {
		return nil, errNonce
	}
	// Section 11.1: a jti is remembered for as long as its proof would be accepted.
	first, err := i.firstUseOf(r.Context(), "dpop\x00"+p.thumbprint+"\x00"+p.claims.ID,
		p.claims.IssuedAt.Time().Add(proofAge).Unix()+2)
	switch {
	case err != nil:
		return nil, unavailable
	case !first:
		return nil, errReplay
	}
	return p, nil
}
