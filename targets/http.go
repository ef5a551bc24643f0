package targets

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// NewHTTPClient makes the client of all requests to a server under test, so that what
// holds for one holds for all: a proxy of the environment is used, except for this
// machine, and certificates are trusted as SSL_CERT_FILE says. It keeps idle connections,
// and follows no redirect: one would take a secret to wherever the server likes.
func NewHTTPClient(timeout time.Duration, idle int) *http.Client {
	return &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			MaxIdleConnsPerHost:    idle,
			IdleConnTimeout:        30 * time.Second,
			MaxResponseHeaderBytes: maxAnswer,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// maxAnswer is how many bytes of an answer are read: more than any server means.
const maxAnswer = 1 << 20

// ErrNoAnswer is the error of a server that isn't there, or can't answer now.
var ErrNoAnswer = errors.New("the server doesn't answer")

// errNotTrusted is no [ErrNoAnswer]: a person has to do something about it.
var errNotTrusted = errors.New("the server's certificate isn't trusted: name the file of its authority in SSL_CERT_FILE")

// Unanswered is the error of a failed exchange without what the server sent: net/http
// quotes the line that it couldn't read. It wraps [ErrNoAnswer] where that is the case.
func Unanswered(err error) error {
	var (
		network   net.Error
		operation *net.OpError
		untrusted *tls.CertificateVerificationError
	)
	switch {
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.As(err, &untrusted):
		return errNotTrusted
	case errors.As(err, &network) && network.Timeout():
		return fmt.Errorf("%w in time", ErrNoAnswer)
	case errors.As(err, &operation):
		return fmt.Errorf("%w: %s: %w", ErrNoAnswer, operation.Op, operation.Err) // without addresses, which differ between runs
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: it ended the connection", ErrNoAnswer)
	}
	return fmt.Errorf("%w in HTTP", ErrNoAnswer)
}

// exchange sends a request and returns the answer with its body, whatever its status.
func exchange(client *http.Client, req *http.Request) (*http.Response, []byte, error) {
	req.Header.Set("Accept", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", req.URL, Unanswered(err))
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("%s: %w", req.URL, Unanswered(err))
	case len(body) > maxAnswer:
		return nil, nil, fmt.Errorf("%s answered with more than the %d bytes that this program reads", req.URL, maxAnswer)
	}
	return resp, body, nil
}

// away says that a status is about the server's state and not about the request.
func away(status int) bool {
	return status == http.StatusRequestTimeout || status == http.StatusTooEarly || status == http.StatusTooManyRequests ||
		status >= http.StatusInternalServerError
}
