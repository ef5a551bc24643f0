package jwt

import (
	"context"
	stdjson "encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/corpus"
	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// committedCorpus seeds with what is known to be hostile.
func committedCorpus(f *testing.F) *corpus.Corpus {
	f.Helper()
	c, err := corpus.Load()
	if err != nil {
		f.Fatal(err)
	}
	return c
}

// FuzzToken: whatever the text, it is accepted only if it says what a good one says, for
// nobody has the private keys, and refused with a reason otherwise. A good one may be
// found with another signature: the corpus has some that are spoilt by an octet.
func FuzzToken(f *testing.F) {
	c := committedCorpus(f)
	published, err := ParseKeySet(c.JWKS, c.Algorithms)
	if err != nil {
		f.Fatal(err)
	}
	v, err := New(Rules{Expect: claims.Expectation{Issuer: c.Issuer, Resource: c.Resource}, Algorithms: c.Algorithms, Keys: finder(published)})
	if err != nil {
		f.Fatal(err)
	}
	now := time.Unix(c.Time, 0)
	signed := map[string]bool{} // header and payload of those that are good here
	seed := func(text string) {
		f.Add(text)
		if _, err := v.Verify(f.Context(), text, now); err == nil {
			signed[text[:strings.LastIndexByte(text, '.')]] = true
		}
	}
	for _, g := range c.Good {
		seed(g.Token)
	}
	for i := range c.Tokens { // some are for others to refuse: they are bound, or have a status
		if text := c.Tokens[i].Text(); len(text) < 4096 {
			seed(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		said, err := v.Verify(context.Background(), text, now)
		var invalid *claims.InvalidToken
		switch {
		case err == nil && !signed[text[:strings.LastIndexByte(text, '.')]]:
			t.Errorf("accepted: %+v", said)
		case err != nil && (!errors.As(err, &invalid) || said.Issuer != ""):
			t.Errorf("refused without a reason, or with claims: %v", err)
		}
	})
}

// FuzzHeader: a header that is taken says to others what it says to us.
func FuzzHeader(f *testing.F) {
	c := committedCorpus(f)
	for i := range c.Tokens {
		if data, err := forge.Read(c.Tokens[i].Text(), forge.Header); err == nil && len(data) < 2048 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := decodeHeader(encoding.EncodeToString(data))
		if err != nil {
			return
		}
		var other map[string]any
		if stdjson.Unmarshal(data, &other) != nil {
			t.Fatalf("taken, and not JSON: %q", data)
		}
		kid, _ := other["kid"].(string)
		typ, _ := other["typ"].(string)
		if alg, _ := other["alg"].(string); alg != string(h.algorithm) || kid != h.keyID || typ != h.typ {
			t.Errorf("%q is read as %+v", data, h)
		}
		if _, ok := other["crit"]; ok != h.critical {
			t.Errorf("%q: crit is %t", data, h.critical)
		}
	})
}

// FuzzKeySet: each key that is taken has one allowed algorithm, and is named by the set.
func FuzzKeySet(f *testing.F) {
	c := committedCorpus(f)
	f.Add([]byte(c.JWKS))
	for _, seed := range []string{`{"keys":[]}`, `{"keys":[{"kty":"oct","k":"AAAA","kid":"k"}]}`, `{"keys":[{"kty":"AKP","alg":"ML-DSA-44","pub":"AA","kid":"k"}]}`,
		`{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"k"}],"keys":[]}`, `{"keys":{}}`, `[`} {
		f.Add([]byte(seed))
	}
	allowed := []keys.Algorithm{keys.RS256, keys.ES256, keys.EdDSA, keys.MLDSA44}
	f.Fuzz(func(t *testing.T, data []byte) {
		found, err := ParseKeySet(data, allowed)
		if err != nil {
			return
		}
		for kid, key := range found {
			if kid == "" || key.ID != kid || key.Public == nil || !slices.Contains(keys.Fitting(key.Public), key.Algorithm) {
				t.Errorf("%q: %+v", kid, key)
			}
			if _, shared := key.Public.([]byte); shared {
				t.Errorf("%q is a shared key", kid)
			}
		}
	})
}
