package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/results"
)

// rotating is a step in which the issuer's key is replaced. Some of the tokens are replaced
// then, too, by such that the new key signs; the others stay in use.
type rotating struct {
	url      string  // of the protected resource
	good     []Token // of the old key, as are those that are replaced
	turning  []Token
	rotate   func(context.Context) error
	renew    func(context.Context) ([]Token, error)
	duration time.Duration
	seed     uint64
	now      func() time.Time

	begun, turned atomic.Int64            // when the rotation began, and when there were new tokens; 0 before, in nanoseconds since 1970
	first         int                     // the request of the first token that is replaced
	before, after *hdrhistogram.Histogram // of answers, from the sending: a late generator isn't the server's
	shown, letIn  time.Time               // when a new token was first presented, and first let in
	unavailable   int                     // requests after the rotation that a server which was there didn't judge
}

// traffic lays out n arrivals. All requests must be let in, before and after.
func (s *rotating) traffic(n int) (out Traffic, err error) {
	mute, shown := false, quotable(s.good)
	for i, t := range s.good {
		if err := outlives(t, s.now(), giveUp(s.duration)); err != nil {
			return out, err
		}
		r := present(s.url, t, Allow, "a good token of the old key", shown, &mute)
		if i < warmConnections {
			out.Warm = append(out.Warm, r)
			continue
		}
		out.Requests = append(out.Requests, r)
		if i%4 == 0 {
			out.Requests = append(out.Requests, present(s.url, spoiled(t), Deny, "a token that was spoiled", shown, &mute))
		}
	}
	s.first, s.before, s.after = len(out.Requests), results.NewHistogram(), results.NewHistogram()
	var focus []int
	late := make([]*Late, len(s.turning))
	for i, t := range s.turning {
		late[i] = new(Late)
		r := present(s.url, t, Allow, "a good token, of the new key as soon as there was one", shown, &mute)
		r.Late = late[i]
		focus = append(focus, len(out.Requests))
		out.Requests = append(out.Requests, r)
	}
	out.Order = Focus(out.Requests, focus, n, s.seed)
	out.Events = []Event{{Name: "rotate the key", At: s.duration / 2, Do: func(ctx context.Context) error { return s.turn(ctx, late) }}}
	out.Observe, out.Figures, out.Untimed = s.observe, s.figures, true
	return out, nil
}

// turn rotates the key, gets tokens that it signs and has them presented.
func (s *rotating) turn(ctx context.Context, late []*Late) error {
	s.begun.Store(s.now().UnixNano())
	if err := s.rotate(ctx); err != nil {
		return err
	}
	fresh, err := s.renew(ctx)
	if err != nil {
		return err
	}
	for i, t := range fresh {
		if kid := keyOf(t); kid != "" && kid == keyOf(s.turning[i]) {
			return errors.New("the issuer still signs with the old key")
		}
		late[i].Set(http.Header{"Authorization": {"Bearer " + t.Value}})
	}
	s.turned.Store(s.now().UnixNano())
	return nil
}

// keyOf is the kid of a JWT's header, and nothing where there is none.
func keyOf(t Token) (kid string) {
	var header struct {
		KeyID string `json:"kid"`
	}
	if raw, err := forge.Read(t.Value, forge.Header); err == nil && json.Unmarshal(raw, &header) == nil {
		return header.KeyID
	}
	return ""
}

func (s *rotating) observe(o Observed) {
	begun, turned, sent := s.begun.Load(), s.turned.Load(), o.Sent.UnixNano()
	switch {
	case begun == 0 || o.Answered.UnixNano() < begun:
		results.Record(s.before, o.Answered.Sub(o.Sent))
	case sent < begun+int64(oneKey):
		results.Record(s.after, o.Answered.Sub(o.Sent))
	}
	if begun != 0 && sent >= begun && o.Said == Unjudged && o.Status >= http.StatusInternalServerError {
		s.unavailable++
	}
	if turned == 0 || sent < turned || o.Request < s.first {
		return
	}
	if s.shown.IsZero() || o.Sent.Before(s.shown) {
		s.shown = o.Sent
	}
	if o.Said == Allow && (s.letIn.IsZero() || o.Answered.Before(s.letIn)) {
		s.letIn = o.Answered
	}
}

// unknownKeyEvery is how often at most a resource server should fetch the keys because a
// token names one that it doesn't know, as the reference verifier does.
const unknownKeyEvery = 10 * time.Second

func (s *rotating) figures(m Measurement) (out []results.Figure) {
	for _, c := range m.Counters {
		if c.Name == "jwks_fetches" {
			limit := float64(1 + s.duration/2/unknownKeyEvery)
			out = append(out, results.Figure{Name: "key set fetches", Value: float64(c.Count), Worse: results.WorseUp, Limit: &limit})
		}
	}
	if !s.letIn.IsZero() {
		out = append(out, results.Figure{Name: "new key, from its first token presented to the first let in", Unit: "s", Value: s.letIn.Sub(s.shown).Seconds(), Worse: results.WorseUp})
	}
	out = append(out, results.Figure{Name: "errors after the rotation", Value: float64(s.unavailable), Worse: results.WorseUp, Limit: new(float64)})
	for _, q := range []float64{99, 90} {
		if results.Resolves(min(s.before.TotalCount(), s.after.TotalCount()), q/100) {
			for i, h := range []*hdrhistogram.Histogram{s.before, s.after} {
				name := fmt.Sprintf("p%g %s the rotation", q, []string{"before", "after"}[i])
				out = append(out, results.Figure{Name: name, Unit: "s", Value: float64(h.ValueAtQuantile(q)) / 1e9, Worse: results.WorseUp})
			}
			break
		}
	}
	return out
}
