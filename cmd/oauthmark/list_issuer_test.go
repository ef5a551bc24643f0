package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// Whatever the reference issuer can be configured with is listed, with a word about it.
func TestListIssuer(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	var names []string
	for _, l := range lists {
		names = append(names, l.name)
	}
	if err := printLists(stdio{out: &out}, names, names, true); err != nil {
		t.Fatal(err)
	}
	var listed map[string][]entry
	if err := json.Unmarshal(out.Bytes(), &listed); err != nil {
		t.Fatal(err)
	}
	for list, want := range map[string][]string{
		"forms":              words(token.Forms()),
		"algorithms":         words(keys.Algorithms()),
		"key-management":     token.KeyManagements(),
		"content-encryption": token.ContentEncryptions(),
		"authentication":     words(issuer.AuthMethods()),
		"grants":             words(issuer.GrantTypes()),
		"secret-hashes":      words(issuer.SecretHashes()),
		"claim-profiles":     token.Profiles(),
		"claim-shapes":       {"string", "array", "scope", "scopes"},
		"sender-constraints": {"mtls", "dpop"},
		"persistence":        words(store.Keeps()),
		"at-rest":            append(words(issuer.AtRestKinds()), words(issuer.Ciphers())...),
		"digests":            words(store.Digests()),
		"stores":             issuer.Stores(),
	} {
		var got []string
		for _, e := range listed[list] {
			if e.About == "" {
				t.Errorf("%s: nothing about %s", list, e.Name)
			}
			got = append(got, e.Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", list, got, want)
		}
	}
}

func words[T ~string](all []T) []string {
	out := make([]string, len(all))
	for n, word := range all {
		out[n] = string(word)
	}
	return out
}
