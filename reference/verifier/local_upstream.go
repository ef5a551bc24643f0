package verifier

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// upstreamCaller sends the requests that the strategies over self-contained tokens have
// for the issuer. Redirects aren't followed: the client sees to that.
type upstreamCaller struct {
	client  *http.Client
	basic   string // the value of the Authorization header
	timeout time.Duration
}

func (p *parts) caller() upstreamCaller {
	return upstreamCaller{p.client, basicCredentials(p.config.ClientID, p.config.ClientSecret), p.options.Timeout}
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

// get fetches a public document of at most limit bytes, and as it is at the issuer: one
// that a cache on the way has had for a while would be older than is counted (RFC 9111,
// section 5.2.1.4).
func (c upstreamCaller) get(ctx context.Context, uri string, header http.Header, limit int64, sent *Count) (reply, error) {
	request, err := http.NewRequest(http.MethodGet, uri, nil)
	if err != nil {
		return reply{}, errors.New("the address can't be used") // which isn't repeated: it may be a token's
	}
	request.Header = header
	request.Header.Set("Cache-Control", "no-cache")
	return c.send(ctx, request, limit, sent)
}

// post sends a form in the name of the resource server. What it asks about is in the
// body, so no error of the transport can quote it.
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

// unavailable tells an issuer that gave no usable answer from a caller that left.
func unavailable(ctx context.Context, operation string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &Unavailable{Operation: operation, Err: err}
}
