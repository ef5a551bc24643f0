package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/token"
)

// ofUser is what an issuer keeps of a user's token, in a family of its own.
func ofUser(t testing.TB, user int, now int64) (Key, Record) {
	t.Helper()
	id, err := token.NewID(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	family, err := token.NewID(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("user-%06d", user)
	return DigestOf(id), Record{Kind: Access, Family: family, Claims: token.Claims{
		Issuer: "https://as.example", Audience: "https://api.example", Subject: "subject-of-" + name, ClientID: "app",
		Scope: "read write", IssuedAt: now, Expires: now + 3600, ID: id, More: &token.More{Username: name},
	}}
}

// A million tokens of a tenth as many users take at most 400 MB, of which half may
// live: the garbage collector lets a heap grow to twice that.
func TestMemorySizeOfUsers(t *testing.T) {
	const records, most = 100_000, 195
	live := func() int64 {
		var s runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&s)
		return int64(s.HeapAlloc)
	}
	before := live()
	m := NewMemory(time.Now, time.Hour)
	defer m.Close()
	now := time.Now().Unix()
	for n := range records {
		k, r := ofUser(t, n%(records/10), now)
		if err := m.Put(context.Background(), k, r); err != nil {
			t.Fatal(err)
		}
	}
	if per := (live() - before) / records; per > most {
		t.Errorf("%d B for each record, want at most %d", per, most)
	} else {
		t.Logf("%d B for each record", per)
	}
	if n := m.owners.len(); n != records/10 {
		t.Errorf("%d users are kept, want %d", n, records/10)
	}
	runtime.KeepAlive(m)
}

// Users, forms and families go with the last of their rows, by expiry and by being
// replaced, and what stays is as it was.
func TestMemoryForgetsUsers(t *testing.T) {
	t.Parallel()
	ctx, now := context.Background(), int64(1_800_000_000)
	m := NewMemory(func() time.Time { return time.Unix(now, 0) }, time.Hour)
	defer m.Close()
	kept := map[Key]Record{}
	const users, each = 300, 8
	for n := range users * each {
		k, r := ofUser(t, n%users, now)
		if n < users*each/2 {
			r.Claims.Expires = now + 60
		}
		if n%5 == 0 { // all kinds of families
			r.Family = fmt.Sprint("odd family ", n%10)
		}
		kept[k] = r
		if err := m.Put(ctx, k, r); err != nil {
			t.Fatal(err)
		}
	}
	replaced := 0
	for k, r := range kept {
		if replaced++; replaced > 100 {
			break
		}
		r.Claims.Subject, r.Claims.More, r.Family = "app", nil, ""
		kept[k] = r
		if err := m.Put(ctx, k, r); err != nil {
			t.Fatal(err)
		}
	}
	check := func(owners, forms int) {
		t.Helper()
		for k, want := range kept {
			got, ok, err := m.Get(ctx, k)
			if err != nil || ok != (now < want.Claims.Expires) || ok && !reflect.DeepEqual(got, want) {
				t.Fatalf("got %+v, %v, %v, want %+v", got, ok, err, want)
			}
		}
		families, live, inForms := map[string]bool{}, 0, 0
		for _, r := range kept {
			if now < r.Claims.Expires {
				live++
				families[r.Family] = true
			}
		}
		delete(families, "")
		for i := range m.parts {
			inForms += len(m.parts[i].byForm)
		}
		if m.Len() != live || m.owners.len() > owners || inForms > forms*shards || m.families.len() != len(families) {
			t.Errorf("%d rows, want %d; %d users, %d forms, %d families, want %d", m.Len(), live, m.owners.len(), inForms, m.families.len(), len(families))
		}
	}
	sweep := func() {
		for range shards {
			if _, err := m.sweep(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	check(users, 4)
	now += 60
	sweep()
	check(users, 4)
	now += 3600
	sweep()
	check(0, 0)
	if n := len(m.owners[0].list.free); uint32(n) != m.owners[0].list.length {
		t.Errorf("%d of %d places of users are free", n, m.owners[0].list.length)
	}
	// The second time, all fits where the first was.
	length := m.parts[0].rows.length
	for k := range kept {
		_, r := ofUser(t, 1, now)
		if err := m.Put(ctx, k, r); err != nil {
			t.Fatal(err)
		}
	}
	if n := m.parts[0].rows.length; n != length {
		t.Errorf("%d places of rows, want %d", n, length)
	}
}

func BenchmarkMemoryGetOfUsers(b *testing.B) {
	ctx, now := context.Background(), time.Now().Unix()
	m := NewMemory(time.Now, time.Hour)
	defer m.Close()
	keys := make([]Key, 100_000)
	for n := range keys {
		k, r := ofUser(b, n%10_000, now)
		keys[n] = k
		if err := m.Put(ctx, k, r); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		if _, ok, _ := m.Get(ctx, keys[n*7919%len(keys)]); !ok {
			b.Fatal("not found")
		}
	}
}

func (f *families) len() (n int) {
	for i := range f {
		part := &f[i]
		part.mu.Lock()
		n += len(part.first)
		part.mu.Unlock()
	}
	return n
}

func (all *owners) len() (n int) {
	for i := range all {
		part := &all[i]
		part.mu.RLock()
		n += len(part.byID)
		part.mu.RUnlock()
	}
	return n
}
