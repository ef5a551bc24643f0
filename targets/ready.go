package targets

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"time"
)

// pollEvery is how often a starting server is asked: small against the start of
// the fastest server, so that it costs no time that shows.
const pollEvery = 20 * time.Millisecond

// AwaitReady asks the URL until it answers 200. It fails with [ErrDied] when died
// is closed before that, with [ErrNotReady] after the timeout, and with the
// context's error when that ends first.
func AwaitReady(ctx context.Context, url string, timeout time.Duration, died <-chan struct{}) error {
	return AwaitReadyBy(ctx, nil, url, timeout, died)
}

// AwaitReadyBy is AwaitReady for a server with a certificate that this trusts.
func AwaitReadyBy(ctx context.Context, trust *tls.Config, url string, timeout time.Duration, died <-chan struct{}) error {
	limit, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: trust} // and no proxy: it is on this machine
	client := &http.Client{Transport: transport, Timeout: 2 * time.Second}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	last := "no connection"
	for {
		status, err := ask(limit, client, url)
		select {
		case <-died: // asked first: the port may answer for somebody else
			return ErrDied
		default:
		}
		if err == nil {
			if status == http.StatusOK {
				return nil
			}
			last = fmt.Sprintf("status %d", status)
		}
		select {
		case <-died:
			return ErrDied
		case <-limit.Done():
			if ctx.Err() != nil { // which ends the limit too
				return context.Cause(ctx)
			}
			return fmt.Errorf("%w: %s after %s", ErrNotReady, last, timeout)
		case <-tick.C:
		}
	}
}

func ask(ctx context.Context, client *http.Client, url string) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, 1<<20)
	return resp.StatusCode, nil
}
