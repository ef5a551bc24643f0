package load

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/targets"
)

func TestParseMix(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ given, want, wrong string }{
		{"valid=95,expired=5", "valid=95,expired=5", ""},
		{" valid=1 , random=0.50", "valid=1,random=0.5", ""},
		{"valid=1", "valid=1", ""},
		{"", "", "want outcomes with their parts"},
		{"valid", "", "want outcomes with their parts"},
		{"valid=9,stolen=1", "", `no outcome is called "stolen"`},
		{"valid=9,expired=-1", "", "above 0"},
		{"valid=9,expired=0", "", "above 0"},
		{"valid=9,expired=NaN", "", "above 0"},
		{"valid=9,expired=Inf", "", "above 0"},
		{"valid=9,expired=x", "", "above 0"},
		{"valid=9,valid=1", "", "twice"},
		{"expired=9", "", "valid is missing"},
	} {
		got, err := ParseMix(tt.given)
		if tt.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("%q: %v, want %q", tt.given, err, tt.wrong)
			}
			continue
		}
		if err != nil || got.String() != tt.want {
			t.Errorf("%q is %q, %v, want %q", tt.given, got, err, tt.want)
		}
	}
}

// ofOutcomes makes requests of the outcomes, so many of each.
func ofOutcomes(n int, names ...string) (out []Request) {
	for _, name := range names {
		for range n {
			out = append(out, Request{Outcome: name, Right: Allow})
		}
	}
	return out
}

// A mix is drawn as it was asked for, of what there is, and of each outcome there is one.
func TestDraw(t *testing.T) {
	t.Parallel()
	requests := ofOutcomes(8, Valid, Expired, Random)
	m := Mix{{Valid, 90}, {Expired, 9}, {Random, 1}, {Revoked, 900}} // of the last there is none
	order := m.draw(requests, 10_000, 7, nil)
	got := map[string]int{}
	used := map[uint32]bool{}
	for _, i := range order {
		got[requests[i].Outcome]++
		used[i] = true
	}
	if len(order) != 10_000 || got[Valid] < 8900 || got[Valid] > 9100 || got[Expired] < 800 || got[Expired] > 1000 || got[Random] < 60 || got[Random] > 140 {
		t.Errorf("drawn %v", got)
	}
	if len(used) != len(requests) {
		t.Errorf("%d of %d requests are used", len(used), len(requests))
	}
	if !slices.Equal(order, m.draw(requests, 10_000, 7, nil)) || slices.Equal(order, m.draw(requests, 10_000, 8, nil)) {
		t.Error("the order doesn't follow from the seed")
	}
	for seed := range uint64(200) {
		few := map[string]int{}
		for _, i := range (Mix{{Valid, 1e6}, {Expired, 1e-3}, {Random, 1e-3}}).draw(requests, 12, seed, nil) {
			few[requests[i].Outcome]++
		}
		if few[Valid] != 10 || few[Expired] != 1 || few[Random] != 1 {
			t.Fatalf("seed %d: drawn %v, want one of each", seed, few)
		}
	}
	last := func(_, of int, _ *rand.Rand) int { return of - 1 }
	for _, i := range m.draw(requests, 1000, 7, last) {
		if r := requests[i]; r.Outcome == Valid && i != 7 {
			t.Fatalf("request %d is drawn, and the law has the last of the valid ones alone", i)
		}
	}
	if order := m.draw(nil, 5, 1, nil); order != nil {
		t.Errorf("drawn %v of nothing", order)
	}
}

// Every outcome that can be named can be made, or it says why not.
func TestEveryOutcomeIsMade(t *testing.T) {
	t.Parallel()
	for _, o := range OutcomeTable() {
		p := &presenting{inst: &targets.Instance{}, form: "ES256", old: new(stale), tokens: []Token{{Value: "a.b.c", Scope: "read"}}}
		made, not, err := p.make(t.Context(), o.Name)
		if err == errUnknownOutcome || len(made) == 0 && not == "" && err == nil {
			t.Errorf("%s: %d requests, %q, %v", o.Name, len(made), not, err)
		}
		for _, r := range made {
			if r.Outcome != o.Name || (r.Right == Allow) != (o.Name == Valid) || strings.Contains(r.About, "a.b.c") {
				t.Errorf("%s: %+v", o.Name, r)
			}
		}
	}
}

func describe(t *testing.T, strategy string) verifier.Description {
	t.Helper()
	d, ok := verifier.Describe(strategy)
	if !ok {
		t.Fatalf("no strategy %s", strategy)
	}
	return d
}
