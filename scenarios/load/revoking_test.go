package load

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// rememberer is a resource server that remembers what its issuer said of a token, well or
// badly.
type rememberer struct {
	ttl    time.Duration // 0 for asking each time
	slides bool          // each use prolongs it
	push   bool          // a revocation is heard of
	past   time.Duration // for how long it lets tokens in past their exp

	exp     map[string]time.Time // of each token that there is
	revoked map[string]bool
	until   map[string]time.Time // of what is remembered as good
}

func (s *rememberer) serve(at time.Time, value string) int {
	good := at.Before(s.exp[value].Add(s.past))
	switch remembered := at.Before(s.until[value]); {
	case good && remembered && s.slides:
		s.until[value] = at.Add(s.ttl)
	case good && !remembered:
		if good = !s.revoked[value]; good {
			s.until[value] = at.Add(s.ttl)
		}
	}
	if !good {
		return http.StatusUnauthorized
	}
	return http.StatusOK
}

func (s *rememberer) revoke(_ context.Context, t Token) error {
	s.revoked[t.Value] = true
	if s.push {
		delete(s.until, t.Value)
	}
	return nil
}

// jwtUntil is a token of the fake issuer that says when it expires.
func jwtUntil(t *testing.T, i int, exp time.Time) Token {
	t.Helper()
	text, err := forge.Token([]byte(`{"alg":"ES256"}`), fmt.Appendf(nil, `{"jti":"%d","iat":%d,"exp":%.3f}`, i, exp.Unix()-3, float64(exp.UnixMilli())/1000), func([]byte) ([]byte, error) { return make([]byte, 64), nil })
	if err != nil {
		t.Fatal(err)
	}
	return Token{Value: text, Client: targets.Client{ID: "c"}, Scope: "read", Expires: exp}
}

// Whoever lets a revoked token in for longer than is declared is caught, and nobody else.
func TestRevokingFindsWhoOutlivesTheBound(t *testing.T) {
	t.Parallel()
	const ttl, long = 200 * time.Millisecond, time.Hour
	ofTTL := verifier.Staleness{End: verifier.EndTTL, Bound: ttl}
	for name, test := range map[string]struct {
		server  rememberer
		bound   verifier.Staleness
		brief   bool
		wrong   bool   // answers; in any case, a figure is beyond its limit
		figures string // of these, the last with a value above 0
	}{
		"asks each time":                   {rememberer{}, verifier.Staleness{End: verifier.EndAnswer}, false, false, StalenessP50 + "|" + StalenessMax + "|" + StaleAccepts},
		"remembers one anyway":             {rememberer{ttl: ttl}, verifier.Staleness{End: verifier.EndAnswer}, false, true, StalenessP50 + "|" + StaleAccepts + "|" + StalenessMax},
		"keeps its TTL":                    {rememberer{ttl: ttl}, ofTTL, false, false, StalenessP50 + "|" + StaleAccepts + "|" + StalenessMax},
		"outlives its TTL":                 {rememberer{ttl: 2 * ttl}, ofTTL, false, true, StalenessP50 + "|" + StaleAccepts + "|" + StalenessMax},
		"slides its TTL":                   {rememberer{ttl: ttl, slides: true}, ofTTL, false, true, StalenessLeast},
		"hears a push":                     {rememberer{ttl: long, push: true}, verifier.Staleness{End: verifier.EndEvent}, false, false, StalenessP50 + "|" + StalenessMax},
		"ignores a push":                   {rememberer{ttl: long}, verifier.Staleness{End: verifier.EndEvent}, false, true, StalenessLeast},
		"ignores a push, within its grace": {rememberer{ttl: long}, verifier.Staleness{End: verifier.EndEvent, Grace: time.Minute}, false, false, StalenessLeast},
		"keeps exp":                        {rememberer{ttl: long}, verifier.Staleness{End: verifier.EndExpiry}, true, false, StaleAccepts + "|" + StalenessMax},
		"outlives exp":                     {rememberer{ttl: long, past: 150 * time.Millisecond}, verifier.Staleness{End: verifier.EndExpiry}, true, true, StaleAccepts + "|" + StalenessMax},
		"is never seen to end":             {rememberer{ttl: long}, verifier.Staleness{End: verifier.EndExpiry}, false, false, StalenessLeast},
		"is bound by its issuer":           {rememberer{ttl: long}, verifier.Staleness{End: verifier.EndDenylist, Stated: true}, false, false, StalenessLeast},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, clock := test.server, newPlayed()
			s.revoked, s.until, s.exp = map[string]bool{}, map[string]time.Time{}, map[string]time.Time{}
			step := revoking{url: "http://rs.test", revoke: s.revoke, bound: test.bound, declared: test.bound, brief: test.brief, seed: 1,
				duration: 800 * time.Millisecond, from: 100 * time.Millisecond, over: 100 * time.Millisecond, way: 100 * time.Millisecond,
				now: clock.now, wait: func(_ context.Context, until time.Time) { clock.at = until }}
			for i := range warmConnections + 8 {
				step.good = append(step.good, jwtUntil(t, i, clock.epoch.Add(long)))
			}
			for i := range 4 {
				exp := clock.epoch.Add(long)
				if test.brief {
					exp = clock.epoch.Add(600 * time.Millisecond)
				}
				step.marked = append(step.marked, jwtUntil(t, 1000+i, exp))
			}
			for _, good := range slices.Concat(step.good, step.marked) {
				s.exp[good.Value] = good.Expires
			}
			l, err := step.traffic(320)
			if err != nil {
				t.Fatal(err)
			}
			v, failed := clock.run(t, l, 400, step.duration, s.serve)
			if len(failed) > 0 || (v.WrongAllow > 0) != test.wrong || v.WrongDeny > 0 || v.TransportError > 0 || v.RightAllow < 50 || v.RightDeny == 0 {
				t.Errorf("verdicts %+v, %v, want wrong allows: %v, and nothing else wrong", v, failed, test.wrong)
			}
			m := Measurement{}
			figures, broken := l.Figures(m), false
			for i, want := range strings.Split(test.figures, "|") {
				at := slices.IndexFunc(figures, func(f results.Figure) bool { return f.Name == want })
				if at < 0 {
					t.Fatalf("figures %+v, want %s", figures, want)
				}
				last := i == strings.Count(test.figures, "|")
				if zero := test.bound.End == verifier.EndAnswer || test.bound.End == verifier.EndEvent; last && !(zero && !test.wrong) && figures[at].Value == 0 {
					t.Errorf("%s is 0", want)
				}
			}
			for _, f := range figures {
				broken = broken || f.Broken()
			}
			caught := test.wrong || test.bound.Grace > 0
			if broken != caught {
				t.Errorf("figures %+v, want one beyond its limit: %v", figures, caught)
			}
			unseen := strings.HasPrefix(test.figures, StalenessLeast)
			if caveats, doubt := l.Caveats(), l.Doubt(); (len(caveats) > 0) != (unseen && !caught) || (doubt != "") != (unseen && caught) {
				t.Errorf("caveats %v, doubt %q, want one: %v", caveats, doubt, unseen)
			}
			if has := slices.ContainsFunc(figures, func(f results.Figure) bool { return f.Name == StalenessMax }); has == unseen {
				t.Errorf("figures %+v: a longest staleness where no end was seen, or none", figures)
			}
		})
	}
}

// The bound of who asks nobody is the lifetime of a token.
func TestDeclaredLifetime(t *testing.T) {
	t.Parallel()
	exp := time.Unix(1_700_000_600, 0)
	for _, test := range []struct {
		declared verifier.Staleness
		token    Token
		want     float64 // -1 for none
		high     float64
	}{
		{verifier.Staleness{End: verifier.EndExpiry, Leeway: 2 * time.Second}, jwtUntil(t, 1, exp), 5, 0},
		{verifier.Staleness{End: verifier.EndExpiry}, Token{Value: "opaque", Expires: exp}, -1, 0},
		{verifier.Staleness{End: verifier.EndTTL, Bound: time.Minute}, Token{Value: "opaque"}, 60, 0},
		{verifier.Staleness{End: verifier.EndEvent, Grace: 25 * time.Second}, Token{Value: "opaque"}, 0, 25},
		{verifier.Staleness{End: verifier.EndStatus, Stated: true}, Token{Value: "opaque"}, -1, 0},
	} {
		got := (&tally{revoking: revoking{declared: test.declared, good: []Token{test.token}}}).declare()
		if len(got) == 0 != (test.want < 0) || len(got) > 0 && (got[0].Value != test.want || got[0].High != test.high) {
			t.Errorf("%+v: %+v, want %v up to %v", test.declared, got, test.want, test.high)
		}
	}
}

// Where the news of a revocation travel, neither a list that nobody asked for nor an answer
// that was long under way says that they are late.
func TestNewsOnTheirWay(t *testing.T) {
	t.Parallel()
	revoked := time.Unix(1_700_000_000, 0)
	after := func(s float64) time.Time { return revoked.Add(time.Duration(s * float64(time.Second))) }
	news := &tally{revoking: revoking{bound: verifier.Staleness{End: verifier.EndDenylist, Bound: time.Second}, way: time.Second}, marks: []mark{{revoked: revoked}}}
	for _, o := range []Observed{
		{Sent: after(-1), Answered: after(-0.9), Said: Allow},
		{Sent: after(0.5), Answered: after(0.6), Said: Allow},
		{Sent: after(2.9), Answered: after(2.91), Said: Allow}, // the first for 2.4 s, which has the list downloaded
		{Sent: after(3.2), Answered: after(4.2), Said: Allow},  // took as long as any list may
		{Sent: after(4.3), Answered: after(4.31), Said: Deny},
	} {
		news.observe(o)
	}
	stale, last, refused, seen := news.marks[0].staleness(news.prompt())
	if stale != 3 || last != 2900*time.Millisecond || refused != 4300*time.Millisecond || !seen {
		t.Errorf("%d stale accepts, until %v, refused after %v, %v", stale, last, refused, seen)
	}
	if limit, limited := news.limit(); !limited || limit != 4400*time.Millisecond {
		t.Errorf("limit %v, want the interval, a second, and the gap of 2.4 s", limit)
	}
	if _, last, _, _ := news.marks[0].staleness(0); last != 3200*time.Millisecond {
		t.Errorf("until %v, of all answers", last)
	}
}

// A revocation that fails makes the step inconclusive, and tells nothing of staleness.
func TestRevokingThatFails(t *testing.T) {
	t.Parallel()
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if id, _, _ := r.BasicAuth(); id != "c" || r.PostFormValue("token") != "t" {
			t.Errorf("client %q, form %v", id, r.PostForm)
		}
		if r.URL.Path == "/refuses" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(issuer.Close)
	for path, fails := range map[string]bool{"/revokes": false, "/refuses": true} {
		revoke := revokeAt(&targets.Instance{Endpoints: targets.Endpoints{targets.RevocationEndpoint: issuer.URL + path}})
		if err := revoke(t.Context(), Token{Value: "t", Client: targets.Client{ID: "c"}}); (err != nil) != fails {
			t.Errorf("%s: %v", path, err)
		}
	}
	if f := (&tally{marks: make([]mark, 2)}).figures(Measurement{}); f != nil {
		t.Errorf("figures %v of tokens that weren't revoked", f)
	}
}
