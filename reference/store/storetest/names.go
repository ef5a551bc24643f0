package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/store"
)

// Names wants stores of different names in one server to know nothing of each other, and
// one that was removed to leave nothing. A store without a name isn't removed.
func Names[S store.Store](t *testing.T, url string, open func(context.Context, string, store.Options) (S, error)) {
	t.Helper()
	ctx, until := context.Background(), time.Now().Unix()+600
	opened := func(name string) store.Store {
		s := Opener(url+name, open)(t, store.Options{})
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	stores := map[string]store.Store{"": opened(""), "#one": opened("#one"), "#two": opened("#two")}
	keys := map[string]store.Key{}
	for name, s := range stores {
		r := store.Record{}
		r.Claims.ID, r.Claims.Expires = ID(t), until
		keys[name] = store.DigestOf(r.Claims.ID)
		if err := errors.Join(s.Put(ctx, keys[name], r), s.Revoke(ctx, store.TokenSubject("revoked"+name), until)); err != nil {
			t.Fatal(err)
		}
	}
	has := func(in string, of string) bool {
		_, found, err := stores[in].Get(ctx, keys[of])
		revoked, errRevoked := stores[in].Revoked(ctx, store.TokenSubject("revoked"+of))
		if err := errors.Join(err, errRevoked); err != nil || found != revoked {
			t.Fatalf("%q has of %q: %t, %t, %v", in, of, found, revoked, err)
		}
		return found
	}
	for in := range stores {
		for of := range stores {
			if has(in, of) != (in == of) {
				t.Errorf("%q has what is of %q: %t", in, of, in != of)
			}
		}
	}
	if err := stores["#one"].(store.Remover).Remove(ctx); err != nil {
		t.Fatal(err)
	}
	stores["#one"] = opened("#one")
	if has("#one", "#one") || !has("#two", "#two") || !has("", "") {
		t.Error("the one that was removed has something, or others have nothing")
	}
	if err := stores[""].(store.Remover).Remove(ctx); !errors.Is(err, store.ErrNoName) {
		t.Errorf("a store without a name was removed: %v", err)
	}
	for _, name := range []string{"#one", "#two"} {
		if err := stores[name].(store.Remover).Remove(ctx); err != nil {
			t.Error(err)
		}
	}
	if _, err := open(ctx, url+"#One; DROP", store.Options{}); err == nil {
		t.Error("a name that isn't one")
	}
}
