package cost

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// filled is a store with its rows. Its forms at rest share it, each with as many rows
// as the others: what a row costs to find depends on how many there are.
type filled struct {
	place
	store  store.Store
	folder string // of the store's file; empty where it has none
	forms  []*store.AtRest
	added  int // rows since it was filled
	next   int // number of the next token
	err    error
	raw    []*rawStore // by form
}

// The forms at rest, by the words that name them.
var formWords = []string{"encrypted", "hashed", "plain"}

// expires is how long the rows live, in somebody's server too. On a slow disk it takes
// the better part of that to fill each kind with a million, one after the other, and no
// row may expire before it was measured.
const expires = lifetime

// filled opens the store of the place and fills it, once.
func (m *material) filled(p place) (*filled, error) {
	if f, ok := m.stores[p]; ok {
		return f, f.err
	}
	f := &filled{place: p}
	m.stores[p] = f
	f.err = m.fill(f)
	return f, f.err
}

func (m *material) fill(f *filled) (err error) {
	var key [store.AESKeySize]byte
	if _, err := rand.Read(key[:]); err != nil {
		return fmt.Errorf("fill %s store: draw key: %w", f.kind, err)
	}
	encrypted, err := store.EncryptedAES(key, rand.Reader)
	if err != nil {
		return err
	}
	hashed, err := store.Hashed(store.DefaultDigest)
	if err != nil {
		return err
	}
	f.forms = []*store.AtRest{encrypted, hashed, store.Plain()}
	if f.store, f.folder, err = m.open(f.place); err != nil {
		return err
	}
	m.closers = append(m.closers, f.close)
	if err := f.load(m.ctx); err != nil {
		return err
	}
	f.raw, err = m.rawStores(f)
	return err
}

// removeTimeout is for a server to forget a million rows, also after an interrupt.
const removeTimeout = time.Minute

// close leaves nothing in somebody's server.
func (f *filled) close() error {
	var err error
	if r, ok := f.store.(store.Remover); ok {
		ctx, cancel := context.WithTimeout(context.Background(), removeTimeout)
		defer cancel()
		if err = r.Remove(ctx); errors.Is(err, store.ErrNoName) { // a server of our own, which ends
			err = nil
		}
	}
	return errors.Join(err, f.store.Close())
}

func (f *filled) load(ctx context.Context) error {
	f.added, f.next = 0, f.rows
	var failed error
	rows := f.all(ctx, &failed)
	err := error(nil)
	if l, ok := f.store.(store.Loader); ok {
		err = l.Load(ctx, rows)
	} else {
		for k, r := range rows {
			if err = f.store.Put(ctx, k, r); err != nil {
				break
			}
		}
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case failed != nil:
		return fmt.Errorf("fill %s store: %w", f.kind, failed)
	case err != nil:
		return notRun{reason: fmt.Sprintf("the %s store didn't take %s rows", f.kind, rowsWord(f.rows))}
	}
	return nil
}

// all is the rows, the forms by turns.
func (f *filled) all(ctx context.Context, failed *error) iter.Seq2[store.Key, store.Record] {
	return func(yield func(store.Key, store.Record) bool) {
		until := time.Now().Add(expires).Unix()
		for n := range f.rows {
			if *failed = ctx.Err(); *failed != nil && n%1000 == 0 {
				return
			}
			k, r, err := rowOf(f.forms[n%len(f.forms)], n, until)
			if *failed = err; err != nil || !yield(k, r) {
				return
			}
		}
	}
}

// rowOf is the key and the record of the n-th token in a form at rest: claims and, where
// the form has one, a sealed copy.
func rowOf(form *store.AtRest, n int, until int64) (store.Key, store.Record, error) {
	text := numbered(n, token.OpaqueLength)
	c := *plainClaims()
	c.ID, c.IssuedAt, c.Expires = numbered(n, token.IDLength), until-int64(expires/time.Second), until
	k, r, _, err := store.Persistence{Keep: store.KeepToken, AtRest: form}.Row(text, text, store.Record{Claims: c, Kind: store.Access})
	return k, r, err
}

// numbered is the n-th of as many different strings as there are, of that length. They
// stand for random ones, which would take longer to make than some stores take to keep
// one.
func numbered(n, length int) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	const period = 11 // characters that 64 bits fill
	b := make([]byte, length)
	x := uint64(n)*0x9e3779b97f4a7c15 + 1 // odd factor: different for different n
	for i := range min(period, length) {
		b[i], x = alphabet[x&63], x>>6
	}
	for done := period; done < length; done *= 2 {
		copy(b[done:], b[:done])
	}
	return string(b)
}
