package load

import (
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func at(n int) time.Time { return start.Add(time.Duration(n) * time.Millisecond) }

// readings are of a counter every 10 ms, with so many calls at these milliseconds.
func readings(until int, calls map[int]int64) asked {
	a := asked{every: 10 * time.Millisecond}
	n := int64(5) // from before
	for when := 0; when <= until; when += 10 {
		n += calls[when]
		a.seen = append(a.seen, askedAbout{at(when), n})
	}
	return a
}

func TestAsked(t *testing.T) {
	t.Parallel()
	a := readings(3000, map[int]int64{950: 1, 1900: 1, 1930: 3, 2850: 2})
	if w := a.waves(500 * time.Millisecond); len(w) != 3 || w[0].calls != 1 || w[1].calls != 4 || !w[1].from.Equal(at(1890)) || !w[1].to.Equal(at(1930)) || w[2].calls != 2 {
		t.Errorf("waves %+v", w)
	}
	if a.all() != 7 || !a.when(1).Equal(at(950)) || !a.when(5).Equal(at(1930)) || !a.when(8).IsZero() {
		t.Errorf("%d calls, the fifth at %v", a.all(), a.when(5))
	}
	if a.most(20*time.Millisecond) != 3 || a.most(40*time.Millisecond) != 4 {
		t.Errorf("most %d and %d", a.most(20*time.Millisecond), a.most(40*time.Millisecond))
	}
	if none := (&asked{}); none.all() != 0 || none.waves(time.Second) != nil || !none.when(1).IsZero() {
		t.Error("there are calls in no reading")
	}
}

func figureOf(t *testing.T, all []results.Figure, name string) results.Figure {
	t.Helper()
	for _, f := range all {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no figure %q in %+v", name, all)
	return results.Figure{}
}

// An expiry that made one call is right, one that made several isn't, and none at all
// within a time in which there must be some isn't either.
func TestPopular(t *testing.T) {
	t.Parallel()
	answer := func(sent, took int) Observed {
		return Observed{Due: at(sent), Sent: at(sent), Answered: at(sent + took)}
	}
	for _, tt := range []struct {
		name                 string
		calls                map[int]int64
		expiries, perExpiry  float64
		tooFew, tooMany      bool
		underWay             float64
		around, betweenInSec float64
	}{
		{"coalesced", map[int]int64{950: 1, 1900: 1, 2850: 1}, 3, 1, false, false, 4, 0.061, 0.001},
		{"not coalesced", map[int]int64{950: 4, 1900: 4, 2850: 4}, 3, 4, false, true, 4, 0.061, 0.001},
		{"never again", nil, 0, 0, true, false, 0, 0, 0},
	} {
		p := &popular{asked: readings(4000, tt.calls), ttl: time.Second, duration: 4 * time.Second}
		for when := range tt.calls {
			for _, behind := range []int{1, 20, 40, 55} { // all wait for the answer of the first
				p.observe(answer(when-10+behind, 62-behind))
			}
			p.observe(answer(when+60, 1))
			p.observe(answer(when-200, 1))
		}
		got := p.figures(Measurement{})
		if f := figureOf(t, got, "expiries"); f.Value != tt.expiries || f.Broken() != tt.tooFew {
			t.Errorf("%s: %+v", tt.name, f)
		}
		if tt.expiries == 0 {
			continue
		}
		if f := figureOf(t, got, "issuer calls per expiry"); f.Value != tt.perExpiry || f.Broken() != tt.tooMany {
			t.Errorf("%s: %+v", tt.name, f)
		}
		if f := figureOf(t, got, "most requests under way at an expiry"); f.Value != tt.underWay {
			t.Errorf("%s: %+v", tt.name, f)
		}
		if a, b := figureOf(t, got, "longest around an expiry"), figureOf(t, got, "longest between expiries"); a.Value != tt.around || b.Value != tt.betweenInSec {
			t.Errorf("%s: %+v, %+v", tt.name, a, b)
		}
	}
}

func TestBurst(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name          string
		calls         map[int]int64
		few, together bool
	}{
		{"spread", map[int]int64{1810: 1, 1850: 1, 1900: 1, 1980: 1}, false, false},
		{"at once", map[int]int64{1980: 3, 1990: 1}, false, true},
		{"not all", map[int]int64{1810: 1, 1980: 1}, true, false},
	} {
		b := &burst{readings(2400, tt.calls), 4}
		got := b.figures(Measurement{})
		if f := got[0]; f.Broken() != tt.few {
			t.Errorf("%s: %+v", tt.name, f)
		}
		if len(got) > 1 != !tt.few || !tt.few && got[1].Broken() != tt.together {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
	if (&burst{}).figures(Measurement{}) != nil {
		t.Error("figures of no reading")
	}
}

// A flood is judged by what the resource server counted about all planned requests.
func TestFlooded(t *testing.T) {
	t.Parallel()
	m := Measurement{Planned: 300, Sent: 300, Response: results.NewHistogram(), Usage: []results.Usage{{Component: "verifier", PeakBytes: 200 << 20}},
		Counters: []results.Counter{{Name: "cache_hits", Count: 190}, {Name: "introspections", Of: "issuer", Count: 110}}}
	f := &flooded{good: 10, goods: 200, floods: 100, before: 100 << 20}
	got := f.figures(m)
	if h := figureOf(t, got, "hit ratio of good tokens"); h.Value != 0.95 || !h.Broken() {
		t.Errorf("%+v", h)
	}
	if c := figureOf(t, got, "issuer calls for each made-up token"); c.Value != 1.1 {
		t.Errorf("%+v", c)
	}
	if c := figureOf(t, got, "memory that the load added"); c.Value != 100 || !c.Broken() {
		t.Errorf("%+v", c)
	}
	m.Counters[0].Count, m.Usage[0].PeakBytes = 200, 101<<20
	for _, f := range f.figures(m) {
		if f.Broken() {
			t.Errorf("%+v", f)
		}
	}
	m.Counters, m.Usage = nil, nil
	if got := f.figures(m); got != nil {
		t.Errorf("figures of what isn't known: %+v", got)
	}
}

// The rate of the good tokens is the same, whatever comes beside; a herd has its own.
func TestOffersOfFloodAndHerd(t *testing.T) {
	t.Parallel()
	reference, err := targets.Load("reference")
	if err != nil {
		t.Fatal(err)
	}
	o := scenarios.Options{Targets: []targets.Target{reference, declaring("opaque")}, Profile: scenarios.Profiles()[0], Whole: true}
	for name, want := range map[string]map[string]float64{
		"flood/introspect-cached": {"0": 400, "0.5": 600, "1": 800},
		"herd/introspect-cached":  {"one": oneRate, "burst": burstRate},
	} {
		steps, skipped := scenario(t, name).Plan(o)
		got := map[string]float64{}
		for _, s := range steps {
			if axis := s.Axes[2].Value; s.Target == "reference" {
				got[axis] = s.Load.Rate
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %v", name, got)
		}
		for axis, rate := range want {
			if got[axis] != rate {
				t.Errorf("%s: %s at %g/s, want %g", name, axis, got[axis], rate)
			}
		}
		if name == "herd/introspect-cached" && (len(skipped) != 1 || skipped[0].Target != "x" || skipped[0].Reason == "") {
			t.Errorf("%s: skipped %+v", name, skipped)
		}
	}
	o.Whole, o.Items = false, []string{"flood/introspect-cached/3"}
	if steps, _ := scenario(t, "flood/introspect-cached").Plan(o); len(steps) != 2 || steps[0].Load.Rate != 1600 {
		t.Errorf("an item alone: %+v", steps)
	}
}
