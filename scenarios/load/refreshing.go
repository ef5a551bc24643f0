package load

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
	"github.com/oauthmark/oauthmark/targets/redact"
)

// refreshing is a step of sessions that refresh their tokens.
type refreshing struct {
	endpoint string
	client   targets.Client
	secrets  *redact.Registry
	life     time.Duration // of the access tokens
	rate     float64       // refreshes a second

	fresh []string // the tokens that came, which are secrets as soon as the load is over
	kept  int      // refresh tokens that the issuer didn't replace
	other int      // access tokens whose lifetime isn't the one that was configured
}

// granted is what is looked at of an answer of the token endpoint.
type granted struct {
	Access  string  `json:"access_token"`
	Refresh string  `json:"refresh_token"`
	Expires float64 `json:"expires_in"`
	Error   string  `json:"error"`
}

// begin gets n refresh tokens, each of an authorization of its own (RFC 6749, section 4.3).
func (s *refreshing) begin(ctx context.Context, n int, password, scope string) ([]string, error) {
	client := targets.NewHTTPClient(requestTimeout, issuers)
	defer client.CloseIdleConnections()
	out := make([]string, n)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(issuers)
	for i := range out {
		group.Go(func() error {
			req, err := s.client.Post(ctx, s.endpoint, url.Values{"grant_type": {"password"}, "username": {sessionUser}, "password": {password}, "scope": {scope}})
			if err != nil {
				return err
			}
			resp, err := client.Do(req)
			if err != nil {
				return targets.Unanswered(err)
			}
			defer resp.Body.Close()
			var got granted
			err = json.NewDecoder(io.LimitReader(resp.Body, maxBody)).Decode(&got)
			s.secrets.Add(got.Access)
			s.secrets.Add(got.Refresh)
			if err != nil || got.Refresh == "" {
				return fmt.Errorf("the issuer answered %d %s, without a refresh token", resp.StatusCode, targets.Word(got.Error, ""))
			}
			out[i] = got.Refresh
			return nil
		})
	}
	return out, group.Wait()
}

// badEvery is of how many refreshes one presents a token that was made up.
const badEvery = 50

// traffic presents each refresh token once, and a few that aren't any.
func (s *refreshing) traffic(ctx context.Context, good []string) (out Traffic, err error) {
	for i, t := range good {
		out.Order = append(out.Order, uint32(i))
		r, err := s.request(ctx, t, Allow)
		if i%badEvery == badEvery/2 {
			r, err = s.request(ctx, spoiled(Token{Value: t}).Value, Deny)
		}
		if err != nil {
			return out, err
		}
		out.Requests = append(out.Requests, r)
	}
	for i := range min(warmConnections, len(good)) {
		r, err := s.request(ctx, spoiled(Token{Value: good[i]}).Value, Deny)
		if err != nil {
			return out, err
		}
		out.Warm = append(out.Warm, r)
	}
	out.Figures, out.Caveats = s.figures, s.caveats
	return out, nil
}

// request is one refresh (RFC 6749, section 6).
func (s *refreshing) request(ctx context.Context, refreshToken string, right Answer) (Request, error) {
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refreshToken}}
	req, err := s.client.Post(ctx, s.endpoint, form)
	if err != nil {
		return Request{}, err
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return Request{}, err
	}
	about := "a refresh token that was issued"
	if right == Deny {
		about = "a refresh token that was never issued"
	}
	return Request{Method: req.Method, URL: s.endpoint, Header: req.Header, Body: string(body), About: about, Right: right,
		Read: func(status int, body []byte) (Answer, string) { return s.read(refreshToken, status, body) }}, nil
}

// read judges an answer: a refresh that brings no access token was none. Whether the refresh
// token is replaced is up to the issuer (section 6).
func (s *refreshing) read(presented string, status int, body []byte) (Answer, string) {
	var got granted
	err := json.Unmarshal(body, &got)
	s.fresh = append(s.fresh, got.Access, got.Refresh)
	switch {
	case status == http.StatusOK && (err != nil || got.Access == ""):
		return Unjudged, "the answer has no access token"
	case status == http.StatusOK:
		if got.Refresh == "" || got.Refresh == presented {
			s.kept++
		}
		if got.Expires != s.life.Seconds() {
			s.other++
		}
		return Allow, ""
	case status == http.StatusBadRequest || status == http.StatusUnauthorized:
		return Deny, targets.Word(got.Error, "")
	}
	return Unjudged, targets.Word(got.Error, "")
}

// cpu is what the issuer used of a processor for one refresh, where that is known.
func cpu(m Measurement) (seconds float64, ok bool) {
	for _, u := range m.Usage {
		if u.Component == "issuer" && m.Sent > 0 {
			return u.CPUSeconds / float64(m.Sent), true
		}
	}
	return 0, false
}

func (s *refreshing) figures(m Measurement) []results.Figure {
	s.secrets.Add(s.fresh...) // which takes longer than a refresh
	hour := time.Hour.Seconds() / s.life.Seconds()
	out := []results.Figure{
		{Name: "sessions", Value: s.rate * s.life.Seconds()},
		{Name: "refreshes of a session in an hour", Value: hour},
	}
	if used, ok := cpu(m); ok {
		out = append(out,
			results.Figure{Name: "issuer CPU per refresh", Unit: "s", Value: used, Worse: results.WorseUp},
			results.Figure{Name: "issuer CPU per session-hour", Unit: "s", Value: used * hour, Worse: results.WorseUp},
			results.Figure{Name: "issuer CPU of all sessions", Unit: "processors", Value: used * s.rate, Worse: results.WorseUp})
	}
	for _, q := range []float64{99, 90, 50} {
		if results.Resolves(m.Response.TotalCount(), q/100) {
			out = append(out, results.Figure{Name: fmt.Sprintf("refresh p%g", q), Unit: "s", Value: float64(m.Response.ValueAtQuantile(q)) / 1e9, Worse: results.WorseUp})
			break
		}
	}
	return append(out, results.Figure{Name: "refresh tokens not replaced", Value: float64(s.kept)})
}

// caveats say where the issuer did something else than was measured for.
func (s *refreshing) caveats() (out []results.Warning) {
	if s.other > 0 {
		out = append(out, results.Warning{Code: "other-lifetime", Text: fmt.Sprintf("%d access tokens live for another time than the %v that the step is about", s.other, s.life)})
	}
	return out
}
