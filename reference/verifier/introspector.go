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

	"github.com/oauthmark/oauthmark/reference/claims"
)

const (
	maxAnswer = 64 << 10 // bytes of an introspection answer
	maxKeySet = 1 << 20  // bytes of a JWK Set
)

// introspector sends introspection requests (RFC 7662).
type introspector struct {
	client   *http.Client
	endpoint string
	basic    string // the value of the Authorization header
	timeout  time.Duration
	sent     *Count
}

// basicCredentials encodes as RFC 6749, section 2.3.1 asks: identifier and secret
// are form-urlencoded first, then joined as in HTTP Basic.
func basicCredentials(id string, secret Secret) string {
	pair := url.QueryEscape(id) + ":" + url.QueryEscape(string(secret))
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
}

// ask returns what the issuer says about the token. The error is an [*Unavailable],
// or the context's.
func (i *introspector) ask(ctx context.Context, token string) (answer, error) {
	a, err := i.exchange(ctx, token)
	switch {
	case err == nil:
		return a, nil
	case ctx.Err() != nil:
		return answer{}, ctx.Err()
	default:
		return answer{}, &Unavailable{Operation: "introspect token", Err: err}
	}
}

// RFC 7662, section 2.1: POST, form-urlencoded, and authorized: the token is in the
// body, so no error of the transport can quote it.
func (i *introspector) exchange(ctx context.Context, token string) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, i.timeout)
	defer cancel()
	form := strings.NewReader("token=" + url.QueryEscape(token))
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, i.endpoint, form)
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Authorization", i.basic)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	i.sent.add()
	response, err := i.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := readBounded(response.Body, maxAnswer)
	if err != nil {
		return answer{}, err
	}
	return parseAnswer(response.StatusCode, response.Header.Get("Content-Type"), body)
}

// RFC 7662, section 2.2: the answer is 200 with a JSON object whose active member
// is a boolean. Anything else, a 400 that says true or an active of null or "true",
// says nothing about the token: neither that it is active nor that it isn't.
func parseAnswer(status int, contentType string, body []byte) (answer, error) {
	if status != http.StatusOK {
		return answer{}, fmt.Errorf("the issuer answered with status %d", status)
	}
	if media, _, err := mime.ParseMediaType(contentType); err != nil || media != "application/json" {
		return answer{}, errors.New("the issuer's answer is not application/json")
	}
	// The decoder's own words may quote the answer, which holds personal data.
	var a answer
	active, err := claims.DecodeAnswer(body, &a.claims)
	if err != nil {
		return answer{}, errors.New("the issuer's answer is malformed, or has no boolean member active")
	}
	if !active {
		return answer{}, nil
	}
	a.active = true
	return a, nil
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
