package store

import (
	"context"
	"crypto/sha256"

	"github.com/oauthmark/oauthmark/reference/token"
)

// Digest is the SHA-256 of a token. A token has 256 random bits, so it needs
// neither salt nor a slow hash, and a lookup by digest gives no timing hint about
// tokens that exist.
type Digest [sha256.Size]byte

// DigestOf returns the digest of a token.
func DigestOf(token string) Digest { return sha256.Sum256([]byte(token)) }

// Store keeps claims until they expire. It may be used concurrently.
type Store interface {
	// Put keeps the claims until they expire.
	Put(ctx context.Context, d Digest, c token.Claims) error
	// Get returns the claims, and false when there are none or they have expired.
	// An error says that the store can't tell.
	Get(ctx context.Context, d Digest) (token.Claims, bool, error)
	// Close releases what the store holds; it may be called again. Nothing else
	// may be called after it.
	Close() error
}
