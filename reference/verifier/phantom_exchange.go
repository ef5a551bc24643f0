package verifier

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/jwt"
)

const (
	mediaJWT          = "application/jwt"
	typeIntrospection = "token-introspection+jwt" // RFC 9701, section 5
	operationExchange = "exchange token"
)

// exchanged is what phantom and split share. The issuer exchanges a token, at its
// introspection endpoint, for something that can be verified and is remembered for a
// while. Concurrent misses on one token make one request.
type exchanged struct {
	*memory
	upstream    upstreamCaller
	endpoint    string
	clientID    string
	accept      string
	sent        *Count
	expect      claims.Expectation
	ttl         time.Duration
	negativeTTL time.Duration
	maxToken    int
	flight      *flight[tokenHash, *remembered]

	open      func(ctx context.Context, token string, x exchange) (claims.Claims, error)
	plausible func(token string) bool // the issuer isn't asked about others
}

// newExchanged also returns a verifier of the JWTs from the issuer, which aren't encrypted
// even if those of clients are.
func newExchanged(p *parts) (*exchanged, *jwt.Verifier, error) {
	memory, err := newMemory(p)
	if err != nil {
		return nil, nil, err
	}
	verifier, err := jwt.New(jwt.Rules{Expect: p.expect, Algorithms: p.config.algorithms(), Keys: p.keys, MaxToken: p.config.MaxToken})
	if err != nil {
		return nil, nil, err
	}
	return &exchanged{
		upstream: p.upstream, endpoint: p.config.IntrospectionEndpoint, clientID: p.config.ClientID,
		memory: memory, sent: &p.count.Introspections, expect: p.expect,
		ttl: time.Duration(p.config.Cache.TTL), negativeTTL: time.Duration(p.config.Cache.NegativeTTL),
		maxToken:  p.config.maxToken(),
		flight:    newTokenFlight[*remembered](p),
		plausible: func(string) bool { return true },
	}, verifier, nil
}

func (s *exchanged) StalenessBound() string {
	return fmt.Sprintf("the cache's TTL, %s, counted from when the issuer was asked, and never past the token's exp", s.ttl)
}

func (s *exchanged) Outage() string { return "what is remembered, until its time in the cache is over" }

func (s *exchanged) Judge(ctx context.Context, token string) (claims.Claims, error) {
	now := s.now()
	key, _, known, err := s.recall(ctx, token, now)
	if err != nil {
		return claims.Claims{}, err
	}
	if known != nil {
		return known.judge(s.expect, now)
	}
	if len(token) > s.maxToken {
		return claims.Claims{}, claims.Refuse(claims.ReasonTooLong)
	}
	if !s.plausible(token) {
		return claims.Claims{}, claims.Refuse(claims.ReasonMalformed)
	}
	s.count.CacheMisses.add()
	r, err := s.flight.do(ctx, key, func(ctx context.Context) (*remembered, error) { return s.miss(ctx, key, token) })
	if err != nil {
		return claims.Claims{}, err
	}
	return r.judge(s.expect, s.now())
}

// miss runs once for all that wait for the token. Of refused tokens it remembers only the
// inactive ones: an unknown key may be published soon, and an outage says nothing.
func (s *exchanged) miss(ctx context.Context, key tokenHash, token string) (*remembered, error) {
	asked := s.now()
	keys, err := s.keys.ready(ctx, asked)
	if err != nil {
		return nil, err
	}
	// The miss may date from before another's answer was stored.
	if r := s.get(key, keys.version, asked); r != nil {
		s.count.Coalesced.add()
		return r, nil
	}
	x, active, err := s.exchange(ctx, token)
	if err != nil {
		return nil, unavailable(ctx, operationExchange, err)
	}
	r := &remembered{version: keys.version, until: asked.Add(s.negativeTTL - jitter(key, s.negativeTTL))}
	if !active {
		r.refusal = claims.Refuse(claims.ReasonInactive)
	} else if r.said, err = s.open(ctx, token, x); err == nil {
		r.until = asked.Add(s.ttl - jitter(key, s.ttl))
	} else if r.refusal = err; !isInactive(err) {
		return nil, err
	}
	s.put(key, r, asked)
	return r, nil
}

func isInactive(err error) bool {
	var invalid *InvalidToken
	return errors.As(err, &invalid) && invalid.Reason == claims.ReasonInactive
}

// exchange is what the issuer gave for an active token.
type exchange struct {
	media string
	text  string
}

// exchange asks the issuer. No specification has the JWT as an answer. Gateways and servers
// with phantom tokens answer 200 with the JWT, or 204 when the token isn't active; some
// answer the latter in JSON.
func (s *exchanged) exchange(ctx context.Context, token string) (exchange, bool, error) {
	r, err := s.upstream.post(ctx, s.endpoint, s.accept, url.Values{"token": {token}}, s.sent)
	switch {
	case err != nil:
		return exchange{}, false, err
	case r.status == http.StatusNoContent:
		return exchange{}, false, nil
	case r.status != http.StatusOK:
		return exchange{}, false, fmt.Errorf("the issuer answered with status %d", r.status)
	}
	switch media := r.media(); {
	case media == mediaJWT, media == "application/"+typeIntrospection && strings.Contains(s.accept, media):
		return exchange{media, strings.TrimSpace(string(r.body))}, true, nil
	case media == mediaJSON:
		a, err := parseAnswer(r, s.expect.Accept)
		if err == nil && a.active {
			err = errors.New("the issuer has no JWT for the token")
		}
		return exchange{}, false, err
	}
	return exchange{}, false, errors.New("the issuer's answer is no JWT")
}
