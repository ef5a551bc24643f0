package token

import (
	"errors"
	"testing"

	"github.com/oauthmark/oauthmark/reference/keys"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	c := sample()
	tok, err := signer(t, ring(t, keys.ES256)).Sign(keys.ES256, &c)
	if err != nil {
		t.Fatal(err)
	}
	signature, rest, err := Split(tok)
	if err != nil || len(signature) != 86 || Join(signature, rest) != tok {
		t.Errorf("split into %d and %d characters of %d, %v", len(signature), len(rest), len(tok), err)
	}
	for _, bad := range []string{"", "a", "a.b", "a.b.", "a.b.c.d", "a.b.c.d.e"} {
		if signature, rest, err := Split(bad); !errors.Is(err, ErrMalformed) || signature+rest != "" {
			t.Errorf("%q: %q and %q, %v", bad, signature, rest, err)
		}
	}
}
