package verifier

import (
	"context"
	"errors"
	"testing"
)

func TestFlightRunsAgainOnceDone(t *testing.T) {
	t.Parallel()
	var joined Count
	f := newFlight[int, int](&joined)
	failed := errors.New("failed")
	for i := range 3 {
		got, err := f.do(t.Context(), 1, func(context.Context) (int, error) { return i, failed })
		if got != i || !errors.Is(err, failed) {
			t.Errorf("got %d, %v", got, err)
		}
	}
	if joined.now() != 0 || len(f.calls) != 0 {
		t.Errorf("%d joined, %d left", joined.now(), len(f.calls))
	}
}

func TestFlightWorkOutlivesItsCaller(t *testing.T) {
	t.Parallel()
	var joined Count
	f := newFlight[int, int](&joined)
	ctx, cancel := context.WithCancel(t.Context())
	seen := make(chan error)
	_, err := f.do(ctx, 1, func(ctx context.Context) (int, error) {
		cancel()
		go func() { seen <- ctx.Err() }()
		<-t.Context().Done() // ends after the test, so the caller must have left
		return 0, nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("caller got %v", err)
	}
	if err := <-seen; err != nil {
		t.Errorf("work got %v", err)
	}
}
