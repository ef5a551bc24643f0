package verifier

import (
	"context"
	"sync"
)

// flight lets concurrent calls for one key share the work of the first. It isn't
// golang.org/x/sync/singleflight, since that doesn't tell a call that it has joined
// another's, nor before the work is done, which is what is counted.
type flight[K comparable, V any] struct {
	joined *Count // calls that found the work under way
	alone  bool   // each call does the work itself, which is a defect

	mu    sync.Mutex
	calls map[K]*flightCall[V]
}

type flightCall[V any] struct {
	done  chan struct{} // closed once value and err are set
	value V
	err   error
}

func newFlight[K comparable, V any](joined *Count) *flight[K, V] {
	return &flight[K, V]{joined: joined, calls: make(map[K]*flightCall[V])}
}

// newTokenFlight is that of the questions about tokens.
func newTokenFlight[V any](p *parts) *flight[tokenHash, V] {
	f := newFlight[tokenHash, V](&p.count.Coalesced)
	f.alone = p.options.Seams.Alone
	return f
}

// do returns what work returns, whether this call runs it or an earlier one. The work
// outlives the context of the call that started it, since others may wait, and must bound
// itself. A call whose own context ends stops waiting.
func (f *flight[K, V]) do(ctx context.Context, key K, work func(context.Context) (V, error)) (V, error) {
	call, underway := f.begin(ctx, key, work)
	if underway {
		f.joined.add()
	}
	select {
	case <-call.done:
		return call.value, call.err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

// start runs the work without waiting for it.
func (f *flight[K, V]) start(ctx context.Context, key K, work func(context.Context) (V, error)) {
	f.begin(ctx, key, work)
}

func (f *flight[K, V]) begin(ctx context.Context, key K, work func(context.Context) (V, error)) (_ *flightCall[V], underway bool) {
	f.mu.Lock()
	call, underway := f.calls[key]
	if !underway || f.alone {
		underway = false
		call = &flightCall[V]{done: make(chan struct{})}
		f.calls[key] = call
	}
	f.mu.Unlock()
	if !underway {
		go f.run(context.WithoutCancel(ctx), key, call, work)
	}
	return call, underway
}

func (f *flight[K, V]) run(ctx context.Context, key K, call *flightCall[V], work func(context.Context) (V, error)) {
	call.value, call.err = work(ctx)
	f.mu.Lock()
	delete(f.calls, key)
	f.mu.Unlock()
	close(call.done)
}
