package store

import (
	"cmp"
	"context"
	"errors"
	"io"
	"iter"
	"time"
)

// ErrUnavailable says that the store can't tell: it is down, too slow or refuses.
// Nothing follows about the token, and what was to be written may or may not have
// been. Every error of a store that isn't the caller's mistake wraps it.
var ErrUnavailable = errors.New("the store is unavailable")

// ErrNoSubject says that a revocation names nothing.
var ErrNoSubject = errors.New("a revocation without an identifier")

// Records keeps records until they expire. It may be used concurrently.
//
// A record is live until its expiry, unless its identifier or its family has been
// revoked; what isn't live isn't there. An error says that the store can't tell.
type Records interface {
	// Put keeps a record until it expires, in place of one of the same key. Neither
	// may be changed afterwards: claims may be shared.
	Put(ctx context.Context, k Key, r Record) error
	// Get returns the record, and false when there is no live one.
	Get(ctx context.Context, k Key) (Record, bool, error)
	// Use marks the record as used and returns it as it was before. Of any number
	// of calls, at the same time or not, one finds it unused: RFC 6749, section
	// 4.1.2, a code MUST NOT be used more than once; RFC 9700, section 4.14.2, reuse
	// of a rotated refresh token has to be noticed.
	Use(ctx context.Context, k Key) (Record, bool, error)
}

// Revocations lists what was revoked. It may be used concurrently. An error says
// that the store can't tell.
type Revocations interface {
	// Revoke lists a subject until expires, in seconds since 1970, which is when all
	// that it revokes has expired; asked twice, until the later time. That of a family
	// lists the identifiers of its live records, too. When Revoke returns nil, the
	// revocation is as durable as the store.
	Revoke(ctx context.Context, s Subject, expires int64) error
	// Revoked reports whether any of the subjects is listed.
	Revoked(ctx context.Context, s ...Subject) (bool, error)
	// List returns the revocations that were listed after the cursor, oldest first, and
	// the cursor to go on with; "" is the beginning. They are as many as the limit, or
	// fewer when there are no more for now. One that has
	// come to be listed is never passed over, and one that isn't yet isn't passed by.
	List(ctx context.Context, after Cursor, limit int) ([]Revocation, Cursor, error)
}

// Replays remembers what may be accepted once, such as an assertion or a proof. It
// may be used concurrently. An error says that the store can't tell; the key may
// then have been remembered.
type Replays interface {
	// Remember keeps the key until a time, in seconds since 1970, and reports whether
	// it is fresh: not kept already, or no longer. Of any number of calls, in however
	// many processes that share the store, one finds it fresh. Keys of records are others.
	// When Remember returns nil, what it kept is as durable as the store.
	Remember(ctx context.Context, k Key, until int64) (fresh bool, err error)
}

// Store is the whole of it.
type Store interface {
	Records
	Revocations
	Replays
	// Close releases what the store holds; it may be called again. Nothing else
	// may be called after it.
	io.Closer
}

// Options are what a store on a disk or a server takes from its surroundings.
type Options struct {
	Now     func() time.Time // time.Now when nil
	Period  time.Duration    // between removals of what has expired; 30 s when 0
	Timeout time.Duration    // of one operation; 3 s when 0
}

// WithDefaults fills in what isn't given.
func (o Options) WithDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Period, o.Timeout = cmp.Or(o.Period, 30*time.Second), cmp.Or(o.Timeout, 3*time.Second)
	return o
}

// Loader is implemented by stores that take many records faster than one by one.
type Loader interface {
	// Load keeps records like [Records.Put], some at a time: an error leaves some of
	// them kept. The keys must be new, and no two the same.
	Load(ctx context.Context, records iter.Seq2[Key, Record]) error
}

// Warner is implemented by stores that depend on how a server is set up.
type Warner interface {
	// Warnings says what the server's settings take from the store's promises, such
	// as that a revocation may be lost in a crash.
	Warnings() []string
}
