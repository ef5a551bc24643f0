package verifier

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// sharedEntries keeps bytes for a time, somewhere else. An error says that it can't.
type sharedEntries interface {
	// Get returns the value and how long it will still be kept; nil when there is none.
	Get(ctx context.Context, key string) (value []byte, left time.Duration, err error)
	Set(ctx context.Context, key string, value []byte, lifetime time.Duration) error
}

// shortCircuit is how long a server that failed isn't asked. Then one request tries it.
const shortCircuit = time.Second

// sharedAnswers keeps answers in a server that others can access.
//
// An issuer may answer each resource server differently (RFC 7662, section 2.2), so that
// only those share an answer that ask the same issuer as the same client. Keys derived from
// their secret name and seal the entries: whoever reads the server learns nothing about a
// user, and whoever writes to it can't make a token active. It never holds a token.
type sharedAnswers struct {
	server  sharedEntries
	name    []byte // the key of the entries' names
	seal    cipher.AEAD
	retryAt atomic.Int64 // in nanoseconds since 1970, while the server fails
	count   *Counters
}

// sharedAnswer is the stored form.
type sharedAnswer struct {
	Asked  int64         `json:"asked"` // nanoseconds since 1970
	Claims claims.Claims `json:"claims"`
}

type foundAnswer struct {
	answer answer
	asked  time.Time
	left   time.Duration // by the server's clock, so that a wrong one here or there prolongs nothing
}

func newSharedAnswers(p *parts, server sharedEntries) (*sharedAnswers, error) {
	// Quoted, so that no two configurations make the same.
	who := fmt.Appendf(nil, "%q %q %q", p.config.Issuer, p.config.IntrospectionEndpoint, p.config.ClientID)
	keys, err := hkdf.Key(sha256.New, []byte(p.config.ClientSecret), who, "oauthmark: shared introspection answers", 64)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	block, err := aes.NewCipher(keys[32:])
	if err != nil {
		return nil, fmt.Errorf("seal shared answers: %w", err)
	}
	seal, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("seal shared answers: %w", err)
	}
	return &sharedAnswers{server: server, name: keys[:32], seal: seal, count: p.count}, nil
}

func (s *sharedAnswers) keyOf(key tokenHash) string {
	m := hmac.New(sha256.New, s.name)
	m.Write(key[:])
	return "oauthmark:answer:" + string(m.Sum(nil))
}

// get returns the shared answer. There is none when the server fails, or when the entry
// wasn't sealed for this token.
func (s *sharedAnswers) get(ctx context.Context, key tokenHash, now time.Time) (foundAnswer, bool) {
	if !s.try(now) {
		return foundAnswer{}, false
	}
	name := s.keyOf(key)
	s.count.SharedReads.add()
	value, left, err := s.server.Get(ctx, name)
	s.tried(ctx, err, now)
	if err != nil || value == nil {
		return foundAnswer{}, false
	}
	plain, err := s.seal.Open(nil, nil, value, []byte(name))
	if err != nil {
		return foundAnswer{}, false
	}
	var stored sharedAnswer
	if json.Unmarshal(plain, &stored) != nil {
		return foundAnswer{}, false
	}
	return foundAnswer{answer{active: true, claims: stored.Claims}, time.Unix(0, stored.Asked), left}, true
}

// put shares an active answer, which doesn't hold its token, for a lifetime that counts
// from when it was asked for.
func (s *sharedAnswers) put(ctx context.Context, key tokenHash, a answer, asked, now time.Time, lifetime time.Duration) {
	left := lifetime - now.Sub(asked)
	// The server counts in milliseconds, and has room for others, too.
	if left < time.Millisecond || sizeOf(&a.claims) > maxRemembered || !s.try(now) {
		return
	}
	plain, err := json.Marshal(sharedAnswer{asked.UnixNano(), a.claims})
	if err != nil { // a time that has no JSON form: there is nothing to share
		return
	}
	name := s.keyOf(key)
	s.tried(ctx, s.server.Set(ctx, name, s.seal.Seal(nil, nil, plain, []byte(name)), left), now)
}

// try reports whether to ask the server: after a failure, once in each shortCircuit.
func (s *sharedAnswers) try(now time.Time) bool {
	at := s.retryAt.Load()
	return at == 0 || now.UnixNano() >= at && s.retryAt.CompareAndSwap(at, now.Add(shortCircuit).UnixNano())
}

func (s *sharedAnswers) tried(ctx context.Context, err error, now time.Time) {
	switch {
	case err == nil:
		s.retryAt.Store(0)
	case ctx.Err() == nil:
		s.count.SharedFailures.add()
		s.retryAt.Store(now.Add(shortCircuit).UnixNano())
	}
}
