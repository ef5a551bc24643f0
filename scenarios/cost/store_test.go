package cost

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/store"
)

// A row that is only hashed has no copy of its token, and neither has what its limit writes.
func TestRowsAreOfTheirForm(t *testing.T) {
	t.Parallel()
	m := newMaterial(t.Context())
	t.Cleanup(func() { closed(t, m) })
	p := place{"memory", 1000}
	for i, form := range formWords {
		does, limit, err := keeping(p, i)(m)
		if err != nil {
			t.Fatal(err)
		}
		if err := does.Do(1); err != nil {
			t.Fatal(err)
		}
		k, r, err := rowOf(m.stores[p].forms[i], 5, issuedAt.Unix())
		if err != nil {
			t.Fatal(err)
		}
		encoded, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if want := len(k) + len(encoded); does.Size() != want || limit.Size() != want {
			t.Errorf("%s: %d bytes and its limit %d, want %d", form, does.Size(), limit.Size(), want)
		}
	}
}

// asked is a store that notes what it is asked for.
type asked struct {
	store.Store
	keys map[store.Key]bool
}

func (a *asked) Get(ctx context.Context, k store.Key) (store.Record, bool, error) {
	a.keys[k] = true
	return a.Store.Get(ctx, k)
}

// What a few thousand rows cost to find is what the processor's caches cost, whatever
// the number of rows.
func TestLookupAsksForAllRows(t *testing.T) {
	t.Parallel()
	m := newMaterial(t.Context())
	t.Cleanup(func() { closed(t, m) })
	p := place{"memory", 30_000}
	does, _, err := finding(p, 1)(m)
	if err != nil {
		t.Fatal(err)
	}
	a := &asked{m.stores[p].store, map[store.Key]bool{}}
	m.stores[p].store = a
	if err := does.Do(p.rows / len(formWords)); err != nil {
		t.Fatal(err)
	}
	if want := p.rows / len(formWords); len(a.keys) != want {
		t.Errorf("%d rows were asked for, want %d", len(a.keys), want)
	}
	if err := does.Check(); err != nil {
		t.Error(err)
	}
}

// A store that grew isn't of the size that its row's name says.
func TestGrownStoreHasAWarning(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		added int
		want  string
	}{{0, ""}, {999, ""}, {1000, ""}, {1001, "2001"}} {
		w := &stored{filled: &filled{place: place{"redis", 1000}, added: tt.added}}
		ws := w.Warnings()
		if (len(ws) > 0) != (tt.want != "") || tt.want != "" && (ws[0].Code != "store-grown" || !strings.Contains(ws[0].Text, tt.want)) {
			t.Errorf("%d rows more: %v", tt.added, ws)
		}
	}
}

// To make a file longer costs more than to write a row: a limit that does it is above what
// some stores take.
func TestLimitOnDiskWritesOver(t *testing.T) {
	t.Parallel()
	m := newMaterial(t.Context())
	t.Cleanup(func() { closed(t, m) })
	folder := t.TempDir()
	raw, err := m.rawFile(folder, make([]byte, rawFileBytes/3))
	if err != nil {
		t.Fatal(err)
	}
	put := raw.put()
	for range 4 {
		if err := put.Do(1); err != nil {
			t.Fatal(err)
		}
		if err := put.Check(); err != nil {
			t.Error(err)
		}
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	if info, err := files[0].Info(); err != nil || info.Size() != rawFileBytes {
		t.Errorf("the file has %d bytes, %v", info.Size(), err)
	}
}
