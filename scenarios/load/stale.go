package load

import (
	"context"
	"sync"
	"time"

	"github.com/oauthmark/oauthmark/targets"
)

// stale keeps short-lived tokens from the first step that can get them, so that
// later steps can present them expired without having to wait for it.
type stale struct {
	mu     sync.Mutex
	tokens map[staleKey][]Token
}

type staleKey struct{ target, form string }

const staleTokens = 4 // of each form

// graceAfterExpiry is waited for after exp: RFC 7519 lets a verifier allow for
// clock skew, and the servers' clocks count in whole seconds.
const graceAfterExpiry = 2 * time.Second

// expired returns the tokens of the form that have certainly expired by now, and
// obtains some for later steps when there are none yet. A target that can't issue
// short-lived tokens has none.
func (s *stale) expired(ctx context.Context, inst *targets.Instance, form string, now time.Time) ([]Token, error) {
	clients := inst.ClientsFor(form, true)
	if len(clients) == 0 {
		return nil, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := staleKey{inst.Target.Name, form}
	if s.tokens == nil {
		s.tokens = make(map[staleKey][]Token)
	}
	if s.tokens[key] == nil {
		tokens, err := Obtain(ctx, inst, clients, form, staleTokens)
		if err != nil {
			return nil, err
		}
		s.tokens[key] = tokens
	}
	var out []Token
	for _, t := range s.tokens[key] {
		if !t.Expires.IsZero() && now.After(t.Expires.Add(graceAfterExpiry)) {
			out = append(out, t)
		}
	}
	return out, nil
}
