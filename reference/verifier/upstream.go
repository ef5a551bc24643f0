package verifier

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/field"
)

const (
	maxAnswer = 1 << 20 // bytes of an answer about one token
	maxKeySet = 1 << 20 // bytes of a JWK Set

	mediaJSON = "application/json"
)

// upstreamCaller sends requests to the issuer. Its client follows no redirects.
type upstreamCaller struct {
	client  *http.Client
	asking  credential
	timeout time.Duration
}

// credential is what the resource server is known by at the issuer.
type credential struct {
	basic string     // the value of the Authorization header
	form  url.Values // what is added to the body of a question instead; nil for nothing
}

// credential encodes as RFC 6749, section 2.3.1 asks: identifier and secret are
// form-urlencoded first, then joined as in HTTP Basic. In a body they are as they are.
func (c Config) credential() credential {
	pair := url.QueryEscape(c.ClientID) + ":" + url.QueryEscape(c.ClientSecret.Reveal())
	asking := credential{basic: "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))}
	if c.ClientSecretPost {
		asking.form = url.Values{"client_id": {c.ClientID}, "client_secret": {c.ClientSecret.Reveal()}}
	}
	return asking
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// media returns the media type of the body, "" when there is no valid one.
func (r reply) media() string { return field.MediaType(r.header.Get("Content-Type")) }

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
	maps.Copy(form, c.asking.form)
	request, err := http.NewRequest(http.MethodPost, uri, strings.NewReader(form.Encode()))
	if err != nil {
		return reply{}, errors.New("the address can't be used")
	}
	if c.asking.form == nil {
		request.Header.Set("Authorization", c.asking.basic)
	}
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
		return reply{}, c.cause(err)
	}
	defer response.Body.Close()
	body, err := readBounded(response.Body, limit)
	if err != nil {
		return reply{}, c.cause(err)
	}
	return reply{response.StatusCode, response.Header, body}, nil
}

// cause is why there is no reply, in words that can be shown: the address may be one that
// a token named, and net/http quotes a line that it couldn't read.
func (c upstreamCaller) cause(err error) error {
	var (
		operation *net.OpError
		network   net.Error
		name      *net.DNSError
		untrusted *tls.CertificateVerificationError
		long      errTooLong
	)
	switch {
	case errors.As(err, &long):
		return long
	case errors.As(err, &untrusted):
		return errors.New("its certificate isn't trusted")
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return fmt.Errorf("no answer within %s", c.timeout)
	case errors.As(err, &name):
		return errors.New("its name can't be looked up")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the connection ended before the answer did")
	case errors.As(err, &operation):
		return fmt.Errorf("%s: %w", operation.Op, operation.Err)
	}
	return errors.New("no answer that is HTTP")
}

// errTooLong is the limit, in bytes, that an answer exceeds.
type errTooLong int64

func (e errTooLong) Error() string {
	return fmt.Sprintf("the issuer's answer is longer than the %d bytes that this resource server takes", int64(e))
}

// readBounded reads to the end, so that the connection can be used again, and fails
// on more than limit bytes.
func readBounded(r io.Reader, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	if int64(len(body)) > limit {
		return nil, errTooLong(limit)
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
