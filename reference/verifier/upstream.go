package verifier

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	maxAnswer = 64 << 10 // bytes of an answer about one token
	maxKeySet = 1 << 20  // bytes of a JWK Set

	mediaJSON = "application/json"
)

// upstreamCaller sends requests to the issuer. Its client follows no redirects.
type upstreamCaller struct {
	client  *http.Client
	basic   string // the value of the Authorization header
	timeout time.Duration
}

// basicCredentials encodes as RFC 6749, section 2.3.1 asks: identifier and secret
// are form-urlencoded first, then joined as in HTTP Basic.
func basicCredentials(id string, secret Secret) string {
	pair := url.QueryEscape(id) + ":" + url.QueryEscape(secret.Reveal())
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// media returns the media type of the body, "" when there is no valid one.
func (r reply) media() string {
	media, _, err := mime.ParseMediaType(r.header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return media
}

// is returns nil for a good reply of that media type.
func (r reply) is(media string) error {
	switch {
	case r.status != http.StatusOK:
		return fmt.Errorf("the issuer answered with status %d", r.status)
	case r.media() != media:
		return errors.New("the issuer's answer is not " + media)
	}
	return nil
}

// asItIs asks for a document from the issuer itself: the age of a copy in a cache on the
// way wouldn't be counted (RFC 9111, section 5.2.1.4).
func asItIs(media string) http.Header {
	return http.Header{"Accept": {media}, "Cache-Control": {"no-cache"}}
}

// get fetches a public document of at most limit bytes.
func (c upstreamCaller) get(ctx context.Context, uri string, header http.Header, limit int64, sent *Count) (reply, error) {
	request, err := http.NewRequest(http.MethodGet, uri, nil)
	if err != nil {
		return reply{}, errors.New("the address can't be used") // which isn't repeated: it may be a token's
	}
	request.Header = header
	return c.send(ctx, request, limit, sent)
}

// post sends a form in the name of the resource server. The token is in the body, so no
// error of the transport can quote it.
func (c upstreamCaller) post(ctx context.Context, uri, accept string, form url.Values, sent *Count) (reply, error) {
	request, err := http.NewRequest(http.MethodPost, uri, strings.NewReader(form.Encode()))
	if err != nil {
		return reply{}, errors.New("the address can't be used")
	}
	request.Header.Set("Authorization", c.basic)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", accept)
	return c.send(ctx, request, maxAnswer, sent)
}

func (c upstreamCaller) send(ctx context.Context, request *http.Request, limit int64, sent *Count) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	sent.add()
	response, err := c.client.Do(request.WithContext(ctx))
	if err != nil {
		// The address may be one that a token named, and isn't repeated.
		if failed := (*url.Error)(nil); errors.As(err, &failed) {
			err = failed.Err
		}
		return reply{}, err
	}
	defer response.Body.Close()
	body, err := readBounded(response.Body, limit)
	if err != nil {
		return reply{}, err
	}
	return reply{response.StatusCode, response.Header, body}, nil
}

// readBounded reads to the end, so that the connection can be used again, and fails
// on more than limit bytes.
func readBounded(r io.Reader, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	if int64(len(body)) > limit {
		return nil, fmt.Errorf("the issuer's answer is longer than %d bytes", limit)
	}
	return body, nil
}

// unavailable returns the context's error for a caller that left, and otherwise an
// [*Unavailable].
func unavailable(ctx context.Context, operation string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &Unavailable{Operation: operation, Err: err}
}
