package issuer

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/oauthmark/oauthmark/reference/store"
)

// Keep is how much of a token is kept: one of [store.Keeps].
type Keep store.Keep

// Digest is one of [store.Digests].
type Digest string

// word reads one of the words that a key takes. The error has the line and the words,
// and not what was written, which may be a misplaced secret.
func word[T ~string](node *yaml.Node, to *T, key string, words []T) error {
	var s string
	if err := node.Decode(&s); err != nil || s != "" && !slices.Contains(words, T(s)) {
		return fmt.Errorf("line %d: %s: none of %v", node.Line, key, words)
	}
	*to = T(s)
	return nil
}

func words[T, S ~string](names []S) []T {
	out := make([]T, len(names))
	for i, name := range names {
		out[i] = T(name)
	}
	return out
}

func (k *Keep) UnmarshalYAML(n *yaml.Node) error {
	return word(n, k, "keep", words[Keep](store.Keeps()))
}
func (d *Digest) UnmarshalYAML(n *yaml.Node) error {
	return word(n, d, "digest", words[Digest](store.Digests()))
}
func (k *AtRestKind) UnmarshalYAML(n *yaml.Node) error { return word(n, k, "kind", AtRestKinds()) }
func (c *Cipher) UnmarshalYAML(n *yaml.Node) error     { return word(n, c, "cipher", Ciphers()) }

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

// Format prints the same for every verb.
func (StoreURL) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// MarshalText keeps encoders from printing it.
func (StoreURL) MarshalText() ([]byte, error) { return []byte(redacted), nil }

func (u *StoreURL) UnmarshalYAML(n *yaml.Node) error {
	var s string
	if n.Decode(&s) != nil {
		return fmt.Errorf("line %d: store: %s", n.Line, storeRemedy)
	}
	if _, ok := StoreURL(s).Kind(); !ok {
		return fmt.Errorf("line %d: store: %s", n.Line, storeRemedy)
	}
	*u = StoreURL(s)
	return nil
}
