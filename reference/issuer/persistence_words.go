package issuer

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/store"
)

// Keep is how much of a token is kept: one of [store.Keeps].
type Keep store.Keep

// Digest is one of [store.Digests].
type Digest string

// word reads one of the words that a key takes.
func word[T, S ~string](text []byte, to *T, words []S) error {
	if len(text) > 0 && !slices.Contains(words, S(text)) {
		return fmt.Errorf("none of %v", words)
	}
	*to = T(text)
	return nil
}

func (k *Keep) UnmarshalText(b []byte) error       { return word(b, k, store.Keeps()) }
func (d *Digest) UnmarshalText(b []byte) error     { return word(b, d, store.Digests()) }
func (k *AtRestKind) UnmarshalText(b []byte) error { return word(b, k, AtRestKinds()) }
func (c *Cipher) UnmarshalText(b []byte) error     { return word(b, c, Ciphers()) }

// StoreURL says where tokens are kept: memory, sqlite:PATH, or the URL of a
// PostgreSQL or Redis server. It doesn't print, since a URL may hold a password.
type StoreURL string

// The kinds of stores.
const (
	StoreMemory   = "memory"
	StoreSQLite   = "sqlite"
	StorePostgres = "postgres"
	StoreRedis    = "redis"
)

// storeForms is how the place of each kind is written.
var storeForms = []struct {
	kind   string
	starts []string
}{
	{StoreSQLite, []string{"sqlite:"}},
	{StorePostgres, []string{"postgres://", "postgresql://"}},
	{StoreRedis, []string{"redis://", "rediss://"}},
}

// Stores lists the kinds of stores, the default first.
func Stores() []string {
	kinds := []string{StoreMemory}
	for _, f := range storeForms {
		kinds = append(kinds, f.kind)
	}
	return kinds
}

// Kind returns the kind of the store; ok is false when it names none. Empty is memory.
func (u StoreURL) Kind() (kind string, ok bool) {
	if u == "" || u == StoreMemory {
		return StoreMemory, true
	}
	for _, f := range storeForms {
		for _, start := range f.starts {
			if strings.HasPrefix(string(u), start) && len(u) > len(start) {
				return f.kind, true
			}
		}
	}
	return "", false
}

// Durable reports whether the store outlives the process.
func (u StoreURL) Durable() bool { return u != "" && u != StoreMemory }

const storeRemedy = "none of memory, sqlite:PATH, postgres://..., redis://..."

// Reveal returns the URL itself.
func (u StoreURL) Reveal() string { return string(u) }

// Format prints the same for every verb.
func (StoreURL) Format(f fmt.State, verb rune) { Secret("").Format(f, verb) }

// MarshalText keeps encoders from printing it.
func (StoreURL) MarshalText() ([]byte, error) { return Secret("").MarshalText() }

func (u *StoreURL) UnmarshalText(text []byte) error {
	if _, ok := StoreURL(text).Kind(); !ok {
		return errors.New(storeRemedy)
	}
	*u = StoreURL(text)
	return nil
}
