package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/store"
)

func revoke(t *testing.T, open Open) {
	ctx, clock := context.Background(), NewClock()
	s := start(t, open, clock.Now, never)
	k, r := sample(t, clock, 60)
	other, kept := sample(t, clock, 60)
	put(t, s, k, r)
	put(t, s, other, kept)
	subject := store.TokenSubject(r.Claims.ID)
	wantRevoked(t, s, false, subject)
	wantRevoked(t, s, false)
	for range 2 { // RFC 7009, section 2.2: revoking twice is no error
		if err := s.Revoke(ctx, subject, r.Claims.Expires); err != nil {
			t.Fatal(err)
		}
	}
	want(t, s, k, nil)
	want(t, s, other, &kept)
	wantRevoked(t, s, true, subject)
	wantRevoked(t, s, true, store.TokenSubject(kept.Claims.ID), subject)
	wantRevoked(t, s, false, store.FamilySubject(r.Claims.ID))
	// An earlier time takes nothing back, a later one holds.
	unknown := store.TokenSubject(ID(t))
	for _, lifetime := range []int64{30, 10} {
		if err := s.Revoke(ctx, unknown, clock.Now().Unix()+lifetime); err != nil {
			t.Fatal(err)
		}
	}
	clock.Advance(29 * time.Second)
	wantRevoked(t, s, true, unknown)
	clock.Advance(time.Second)
	wantRevoked(t, s, false, unknown)
	clock.Advance(29 * time.Second)
	wantRevoked(t, s, true, subject)
	clock.Advance(time.Second)
	wantRevoked(t, s, false, subject)
	for _, none := range []store.Subject{"", store.TokenSubject(""), store.FamilySubject(""), "other"} {
		if err := s.Revoke(ctx, none, clock.Now().Unix()+60); !errors.Is(err, store.ErrNoSubject) {
			t.Errorf("%q: %v", none, err)
		}
	}
}

// RFC 7009, section 2.1: with a refresh token, its grant's access tokens should go.
func revokeFamily(t *testing.T, open Open) {
	ctx, clock := context.Background(), NewClock()
	s := start(t, open, clock.Now, never)
	family := ID(t)
	var ks []store.Key
	var members []store.Subject
	for n := range 3 {
		k, r := sample(t, clock, 60)
		r.Family = family
		if n == 0 {
			r.Kind = store.Refresh
		}
		put(t, s, k, r)
		ks, members = append(ks, k), append(members, store.TokenSubject(r.Claims.ID))
	}
	alone, single := sample(t, clock, 60)
	stranger, foreign := sample(t, clock, 60)
	foreign.Family = ID(t)
	put(t, s, alone, single)
	put(t, s, stranger, foreign)
	// One that is listed for less than it lives stays listed for all of it.
	if err := s.Revoke(ctx, members[1], clock.Now().Unix()+10); err != nil {
		t.Fatal(err)
	}
	if err := s.Revoke(ctx, store.FamilySubject(family), clock.Now().Unix()+60); err != nil {
		t.Fatal(err)
	}
	clock.Advance(30 * time.Second)
	late, r := sample(t, clock, 60)
	r.Family = family
	put(t, s, late, r)
	for _, k := range append(ks, late) {
		want(t, s, k, nil)
	}
	for _, m := range members { // for who judges by a denylist of identifiers
		wantRevoked(t, s, true, m)
	}
	wantRevoked(t, s, true, store.FamilySubject(family))
	want(t, s, alone, &single)
	want(t, s, stranger, &foreign)
}

// read follows the list from a cursor to its present end, in small pages.
func read(t testing.TB, s store.Store, after store.Cursor) (all []store.Revocation, end store.Cursor) {
	t.Helper()
	for {
		page, next, err := s.List(context.Background(), after, 3)
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, page...); len(page) == 0 {
			return all, next
		}
		after = next
	}
}

func list(t *testing.T, open Open) {
	ctx, clock := context.Background(), NewClock()
	s := start(t, open, clock.Now, never)
	_, before := read(t, s, "")
	var all []store.Revocation
	for n := range int64(8) {
		r := store.Revocation{Subject: store.TokenSubject(ID(t)), Expires: clock.Now().Unix() + 10 + n/4*10}
		if n == 7 {
			r.Subject = store.FamilySubject(ID(t))
		}
		if err := s.Revoke(ctx, r.Subject, r.Expires); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	expect := func(after store.Cursor, want []store.Revocation) (end store.Cursor) {
		t.Helper()
		got, end := read(t, s, after)
		// Another's transaction may hold a list up for a moment.
		for deadline := time.Now().Add(10 * time.Second); len(got) < len(want) && time.Now().Before(deadline); {
			time.Sleep(10 * time.Millisecond)
			got, end = read(t, s, after)
		}
		if len(got) != len(want) {
			t.Fatalf("%d listed, want %d: %v", len(got), len(want), got)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%d is %v, want %v", i, got[i], want[i])
			}
		}
		return end
	}
	end := expect(before, all)
	expect(end, nil)
	// What is revoked for longer than before is news.
	if err := s.Revoke(ctx, all[0].Subject, clock.Now().Unix()+20); err != nil {
		t.Fatal(err)
	}
	longer := store.Revocation{Subject: all[0].Subject, Expires: clock.Now().Unix() + 20}
	expect(end, []store.Revocation{longer})
	clock.Advance(10 * time.Second)
	expect(before, append(all[4:], longer))
	// Expired ones don't fill a page: whoever gets a short one has read to the end.
	if page, _, err := s.List(ctx, before, 4); len(page) != 4 || err != nil {
		t.Errorf("a page of %d, %v, want 4", len(page), err)
	}
	for _, c := range []store.Cursor{"x", "1.2.3.4", "-1", ".", "99999999999999999999"} {
		if _, _, err := s.List(ctx, c, 1); !errors.Is(err, store.ErrCursor) {
			t.Errorf("%q: %v", c, err)
		}
	}
}

// listConcurrently: a reader that follows the list while many write to it hears of
// each revocation, in spite of those that are listed in another order than they began.
func listConcurrently(t *testing.T, open Open) {
	ctx, clock := context.Background(), NewClock()
	s := start(t, open, clock.Now, never)
	_, after := read(t, s, "")
	const writers, each = 8, 15
	var all sync.WaitGroup
	var mu sync.Mutex
	missing := map[store.Subject]bool{}
	for range writers {
		all.Go(func() {
			for range each {
				subject := store.TokenSubject(ID(t))
				mu.Lock()
				missing[subject] = true
				mu.Unlock()
				if err := s.Revoke(ctx, subject, clock.Now().Unix()+60); err != nil {
					t.Error(err)
				}
			}
		})
	}
	left := writers * each
	for deadline := time.Now().Add(10 * time.Second); left > 0 && time.Now().Before(deadline); {
		var page []store.Revocation
		page, after = read(t, s, after)
		mu.Lock()
		for _, r := range page {
			if missing[r.Subject] {
				delete(missing, r.Subject)
				left--
			}
		}
		mu.Unlock()
	}
	all.Wait()
	if len(missing) > 0 {
		t.Errorf("%d of %d revocations were passed over", len(missing), writers*each)
	}
}
