package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/field"
	"github.com/oauthmark/oauthmark/targets"
)

const (
	exchangeTimeout = 5 * time.Second
	maxBody         = 1 << 20 // bytes; a token or key set that is longer is no answer
)

// Exchange is one request and its answer. It is read-only once made: checks share it.
type Exchange struct {
	Status   int
	Header   http.Header
	Body     []byte
	Received time.Time // when the answer was complete

	evidence string // both, redacted
}

// send makes one exchange, and its evidence. An error means that there is nothing to judge.
func (s *Session) send(ctx context.Context, kind answerKind, method, endpoint string, form url.Values, as *targets.Client) (*Exchange, error) {
	x, req, err := s.exchange(ctx, kind, method, endpoint, form, as)
	if err == nil {
		s.witness(x, kind, req, form)
	}
	return x, err
}

func (s *Session) exchange(ctx context.Context, kind answerKind, method, endpoint string, form url.Values, as *targets.Client) (*Exchange, *http.Request, error) {
	if endpoint == "" {
		return nil, nil, fmt.Errorf("the target declares no %s endpoint", kind)
	}
	req, err := request(ctx, method, endpoint, form, as)
	if err != nil {
		return nil, nil, fmt.Errorf("%s endpoint: not a usable URL", kind)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, nil, fmt.Errorf("%s endpoint: %w", kind, targets.Unanswered(err))
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return nil, nil, fmt.Errorf("%s endpoint: read the answer: %w", kind, targets.Unanswered(err))
	}
	if len(raw) > maxBody {
		return nil, nil, fmt.Errorf("%s endpoint: the answer is longer than the %d bytes that this program reads", kind, maxBody)
	}
	return &Exchange{Status: resp.StatusCode, Header: resp.Header, Body: raw, Received: s.clock.Now()}, req, nil
}

// witness makes the evidence of an exchange, and remembers what of it must never be written.
func (s *Session) witness(x *Exchange, kind answerKind, req *http.Request, form url.Values) {
	// What is introspected may be a token with one bit flipped: as good as the token.
	s.remember(form.Get("token"))
	if kind == tokenAnswer {
		if members, err := x.Object(); err == nil {
			s.remember(members["access_token"], members["refresh_token"])
		}
	}
	x.evidence = s.evidence(kind, req, form, x)
}

// request is one to an endpoint, as a client where there is one.
func request(ctx context.Context, method, endpoint string, form url.Values, as *targets.Client) (*http.Request, error) {
	if as != nil {
		return as.Post(ctx, endpoint, form)
	}
	req, err := http.NewRequestWithContext(ctx, method, endpoint, strings.NewReader(form.Encode()))
	if err == nil && form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return req, err
}

// Object is the JSON object that the answer is. Numbers are [json.Number], and
// anything after the object is an error.
func (x *Exchange) Object() (map[string]any, error) { return object(x.Body) }

func object(raw []byte) (map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var members map[string]any
	// A decoder's error can quote what it read: say only what is wrong.
	if err := dec.Decode(&members); err != nil || members == nil {
		return nil, errors.New("not a JSON object")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return members, nil
}

// JSONResponse judges a successful answer by its status, its media type and its body.
func JSONResponse(x *Exchange) Outcome {
	const want = "200 with a JSON object as application/json"
	if _, err := x.Object(); err != nil {
		return Failed(fmt.Sprintf("%d with a body that is %v", x.Status, err), want)
	}
	right := x.Status == http.StatusOK && x.MediaType() == "application/json"
	return Saw(right, fmt.Sprintf("%d with a JSON object as %q", x.Status, x.MediaType()), want)
}

// MediaType is the answer's media type in lower case, without parameters.
func (x *Exchange) MediaType() string { return field.MediaType(x.Header.Get("Content-Type")) }

// busy says that the answer is about the server's state and not about the request.
func (x *Exchange) busy() bool {
	switch x.Status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}
