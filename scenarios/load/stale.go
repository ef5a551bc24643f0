package load

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/oauthmark/oauthmark/targets"
)

// stale keeps short-lived tokens, obtained when the run begins, so that the load
// steps can present them expired and seldom have to wait for it.
type stale struct {
	mu     sync.Mutex
	tokens map[staleKey][]Token
}

type staleKey struct{ target, issuer, form string }

// acquaint presents the tokens at the URL while they are good, so that a resource server
// which remembers them past their exp is caught. What it answers isn't judged here.
func (s *stale) acquaint(ctx context.Context, inst *targets.Instance, form, url string) error {
	tokens, err := s.obtain(ctx, inst, form)
	if err != nil {
		return err
	}
	client := targets.NewHTTPClient(10*time.Second, 1)
	defer client.CloseIdleConnections()
	for _, t := range tokens {
		if t.Expires.IsZero() || time.Until(t.Expires) <= 0 {
			continue
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+t.Value)
		if resp, err := client.Do(req); err == nil {
			_ = resp.Body.Close()
		}
	}
	return ctx.Err()
}

const staleTokens = 4 // of each form

// graceAfterExpiry is waited for after exp: RFC 7519 lets a verifier allow for
// clock skew, and the servers' clocks count in whole seconds.
const graceAfterExpiry = 2 * time.Second

// maxStaleWait bounds the wait for expiry: a server that gives even short-lived
// tokens longer than this has none that expire within a run.
const maxStaleWait = 10 * time.Second

// obtain gets the short-lived tokens of the form, once for each issuer of a target. A target
// that can't issue any has none.
func (s *stale) obtain(ctx context.Context, inst *targets.Instance, form string) ([]Token, error) {
	clients := inst.ClientsFor(form, true)
	if len(clients) == 0 {
		return nil, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := staleKey{inst.Target.Name, inst.Issuer, form}
	if tokens, ok := s.tokens[key]; ok {
		return tokens, nil
	}
	tokens, err := Obtain(ctx, inst, clients, form, staleTokens)
	if err != nil {
		return nil, err
	}
	if s.tokens == nil {
		s.tokens = make(map[staleKey][]Token)
	}
	s.tokens[key] = tokens
	return tokens, nil
}

// expired returns the tokens of the form that have certainly expired, and waits for
// that where it is soon.
func (s *stale) expired(ctx context.Context, inst *targets.Instance, form string) ([]Token, error) {
	tokens, err := s.obtain(ctx, inst, form)
	if err != nil {
		return nil, err
	}
	var out []Token
	for _, t := range tokens {
		wait := time.Until(t.Expires.Add(graceAfterExpiry))
		if t.Expires.IsZero() || wait > maxStaleWait {
			continue
		}
		if wait > 0 {
			sleep(wait, ctx.Done())
		}
		out = append(out, t)
	}
	return out, ctx.Err()
}
