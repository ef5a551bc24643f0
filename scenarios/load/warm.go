package load

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// warmConnections is how many connections a step starts with: enough that the
// first arrivals don't pay for handshakes, here and from the resource server on.
const warmConnections = 8

// warm opens connections by sending the warm-up requests, several at a time. It fails
// when the server can't judge them at all.
func warm(ctx context.Context, rt *transport, l Load) error {
	if len(l.Warm) == 0 {
		return nil
	}
	requests := make([]planned, len(l.Warm))
	for i := range l.Warm {
		var err error
		if requests[i], err = rt.plan(&l.Warm[i]); err != nil {
			return fmt.Errorf("warm-up: %s: %w", l.Warm[i].About, err)
		}
	}
	var group errgroup.Group
	for worker := range min(warmConnections, l.Workers) {
		group.Go(func() error {
			for i := range 4 {
				if err := once(ctx, rt, &requests[(worker+i)%len(requests)]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("warm-up: %w", err)
	}
	return nil
}

// warmTimeout is of one request.
const warmTimeout = 10 * time.Second

func once(ctx context.Context, rt *transport, p *planned) error {
	ctx, cancel := context.WithTimeout(ctx, warmTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL, nil)
	if err != nil {
		return err
	}
	resp, err := rt.send(req, p)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, maxBody)); err != nil {
		return err
	}
	// A refusal is counted, and told apart from an outage, when it is measured.
	if resp.StatusCode >= http.StatusInternalServerError {
		return fmt.Errorf("the server answered %s", resp.Status)
	}
	return nil
}
