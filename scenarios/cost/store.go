package cost

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
	"github.com/oauthmark/oauthmark/results"
)

// rowCounts are the sizes of a store.
var rowCounts = []int{1000, 100_000, 1_000_000}

// rowsWord is the number's word in the name of an operation.
func rowsWord(rows int) string {
	if rows >= 1_000_000 {
		return fmt.Sprintf("%dm", rows/1_000_000)
	}
	return fmt.Sprintf("%dk", rows/1000)
}

// storeOperations are store/KIND/ATREST/ROWS and lookup/KIND/ATREST/ROWS: a record is
// kept of a new token, and found again by its token, in a store that has so many.
func storeOperations() []operation {
	var all []operation
	for _, kind := range issuer.Stores() {
		for i, form := range formWords {
			for _, rows := range rowCounts {
				p, name := place{kind, rows}, fmt.Sprintf("%s/%s/%s", kind, form, rowsWord(rows))
				large := rows > 100_000 // takes seconds to fill in memory, and minutes on a disk
				all = append(all,
					operation{name: "store/" + name, prepare: keeping(p, i), large: large},
					operation{name: "lookup/" + name, prepare: finding(p, i), large: large})
			}
		}
	}
	return all
}

// keeping prepares what an issuer does with a new token: the key of its row, the
// sealed copy, and the row. Each pass adds one.
func keeping(p place, form int) func(*material) (does, limit work, err error) {
	return func(m *material) (work, work, error) {
		f, err := m.filled(p)
		if err != nil {
			return nil, nil, err
		}
		until := time.Now().Add(expires).Unix()
		var last store.Key
		w := &stored{pass: pass{what: "keep record", size: f.raw[form].bytes}, filled: f}
		w.once = func() error {
			k, r, err := rowOf(f.forms[form], f.next, until)
			if err != nil {
				return err
			}
			last, f.next, f.added = k, f.next+1, f.added+1
			return f.store.Put(m.ctx, k, r)
		}
		w.check = func() error {
			r, ok, err := f.store.Get(m.ctx, last)
			if err != nil || !ok || r.Claims.ID != numbered(f.next-1, token.IDLength) {
				return errors.Join(err, errors.New("the record isn't the one that was kept"))
			}
			return f.renew(m.ctx)
		}
		return w, f.raw[form].put(), nil
	}
}

// finding prepares what an issuer does at each introspection: the key of the row from
// the token, and the row.
func finding(p place, form int) func(*material) (does, limit work, err error) {
	return func(m *material) (work, work, error) {
		f, err := m.filled(p)
		if err != nil {
			return nil, nil, err
		}
		// All tokens of the form, in another order than they were put in, and as one
		// string: what is kept of a few thousand, the processor's caches hold.
		count := f.rows / len(formWords)
		number := func(i int) int { return i*7919%count*len(formWords) + form }
		var tokens strings.Builder
		for i := range count {
			tokens.WriteString(numbered(number(i), token.OpaqueLength))
		}
		texts := tokens.String()
		at, found := 0, store.Record{}
		w := &stored{pass: pass{what: "find record", size: token.OpaqueLength}, filled: f}
		w.once = func() error {
			at = (at + 1) % count
			r, ok, err := f.store.Get(m.ctx, f.forms[form].Key(texts[at*token.OpaqueLength:(at+1)*token.OpaqueLength]))
			if err == nil && !ok {
				err = errors.New("there is no record of a token that is kept")
			}
			found = r
			return err
		}
		w.check = func() error {
			if found.Claims.ID != numbered(number(at), token.IDLength) {
				return errors.New("the record is another token's")
			}
			_, ok, err := f.store.Get(m.ctx, f.forms[form].Key(m.opaque(1)))
			if ok || err != nil {
				return errors.Join(err, errors.New("there is a record of a token that isn't kept"))
			}
			return nil
		}
		return w, f.raw[form].get(), nil
	}
}

// renew begins anew when a store in memory has twice the rows that it began with. What
// takes longer to fill than to measure isn't filled again; see Warnings.
func (f *filled) renew(ctx context.Context) error {
	if f.added < f.rows || f.kind != issuer.StoreMemory {
		return nil
	}
	if err := f.store.Close(); err != nil {
		return err
	}
	f.store = store.NewMemory(time.Now, sweep)
	return f.load(ctx)
}

// stored is work on a store, with what the server's settings take from its promises, and
// with the rows that the run itself has put there.
type stored struct {
	pass
	filled *filled
}

func (w *stored) Warnings() []results.Warning {
	var all []results.Warning
	if f := w.filled; f.added > f.rows && f.kind != issuer.StoreMemory {
		all = append(all, results.Warning{Code: "store-grown", Text: fmt.Sprintf(
			"the store began with %d rows and had %d at the end: name the lookups alone, or a shorter profile", f.rows, f.rows+f.added)})
	}
	for _, text := range w.filled.settings() {
		all = append(all, results.Warning{Code: "store-settings", Text: text})
	}
	return all
}

func (f *filled) settings() []string {
	if w, ok := f.store.(store.Warner); ok {
		return slices.Clone(w.Warnings())
	}
	return nil
}
