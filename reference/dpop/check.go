package dpop

import (
	"context"
	"fmt"
	"time"
)

// Header is the name of the header field, as net/http spells it.
const Header = "Dpop"

// A proof is good for a minute after iat, and clients' clocks may be a little fast
// (RFC 9449, section 11.1).
const (
	MaxAge  = time.Minute
	MaxLead = 5 * time.Second
)

// Memory remembers which proofs were used. It may be used concurrently.
type Memory interface {
	// Remember reports whether the key, by its thumbprint, uses the jti for the first
	// time, and remembers it until then at least. With an error, nothing is known.
	Remember(ctx context.Context, thumbprint, id string, until time.Time) (first bool, err error)
}

// Request is what a proof has to be for.
type Request struct {
	Method string
	URL    string // by which the server is known to its clients, never by what a client says
	// Access is set at a protected resource, and nil at a token endpoint.
	Access *Access
}

// Access is the token that a proof comes with.
type Access struct {
	Token      string
	Thumbprint string // of the key that it is bound to
}

// Checker judges proofs. All its members but Nonces are required.
type Checker struct {
	Now    func() time.Time
	Seen   Memory
	Nonces *Nonces // nil when proofs need none
}

// Check returns the proof of a request, given the values of its header fields named
// DPoP. The error is a [Refusal], or the memory's.
func (c *Checker) Check(ctx context.Context, values []string, r Request) (*Proof, error) {
	text, err := checkCount(values)
	if err != nil {
		return nil, err
	}
	p, err := Parse(text)
	if err != nil {
		return nil, err
	}
	now := c.Now()
	if err := p.checkMethod(r.Method); err != nil {
		return nil, err
	}
	if err := p.checkTarget(r.URL); err != nil {
		return nil, err
	}
	if err := p.checkTime(now); err != nil {
		return nil, err
	}
	if err := p.checkNonce(c.Nonces, now); err != nil {
		return nil, err
	}
	if r.Access != nil {
		if err := p.checkToken(r.Access.Token); err != nil {
			return nil, err
		}
		if err := p.checkBinding(r.Access.Thumbprint); err != nil {
			return nil, err
		}
	}
	if err := p.checkFirst(ctx, c.Seen); err != nil {
		return nil, err
	}
	return p, nil
}

// RFC 9449, section 4.3, check 1: there is not more than one DPoP header field. Whoever
// calls this needs one.
func checkCount(values []string) (string, error) {
	if len(values) != 1 {
		return "", ErrCount
	}
	return values[0], nil
}

// Check 8: htm is the method of the request, compared as it is (RFC 9110, section 9.1).
func (p *Proof) checkMethod(method string) error {
	if p.Method != method {
		return ErrMethod
	}
	return nil
}

// Check 9: htu is the URL of the request, without query and fragment.
func (p *Proof) checkTarget(url string) error {
	if !SameTarget(p.Target, url) {
		return ErrTarget
	}
	return nil
}

// Check 10: where the server gave out a nonce, the proof has it.
func (p *Proof) checkNonce(n *Nonces, now time.Time) error {
	if n != nil && !n.Good(p.Nonce, now) {
		return ErrNonce
	}
	return nil
}

// Check 11: the proof was made within an acceptable time.
func (p *Proof) checkTime(now time.Time) error {
	age := float64(now.UnixNano())/1e9 - p.issued
	if age > MaxAge.Seconds() || -age > MaxLead.Seconds() {
		return ErrTime
	}
	return nil
}

// Check 12, its first half: ath is the hash of the access token.
func (p *Proof) checkToken(token string) error {
	if p.TokenHash != TokenHash(token) {
		return ErrToken
	}
	return nil
}

// Check 12, its second half: the token is bound to the key that signed the proof.
func (p *Proof) checkBinding(thumbprint string) error {
	if thumbprint == "" || p.Thumbprint != thumbprint {
		return ErrBinding
	}
	return nil
}

// RFC 9449, section 11.1: a jti is remembered for as long as its proof would be
// accepted. It comes last, so that a proof which is refused uses nothing up. Another
// key's jti is another one: nobody can spoil a stranger's.
func (p *Proof) checkFirst(ctx context.Context, seen Memory) error {
	first, err := seen.Remember(ctx, p.Thumbprint, p.ID, time.Unix(int64(p.issued), 0).Add(MaxAge+time.Second))
	if err != nil {
		return fmt.Errorf("remember DPoP proof: %w", err)
	}
	if !first {
		return ErrReplay
	}
	return nil
}
