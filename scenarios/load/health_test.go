package load

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

const ms = time.Millisecond

// law is how long a server takes, by a random number from 0 to 1 and the time of arrival.
type law func(u float64, at time.Duration) time.Duration

var laws = map[string]law{
	"constant 20 ms": func(float64, time.Duration) time.Duration { return 20 * ms },
	"constant 2 ms":  func(float64, time.Duration) time.Duration { return 2 * ms },
	"bimodal": func(u float64, _ time.Duration) time.Duration {
		return map[bool]time.Duration{true: 50 * ms, false: 5 * ms}[u < 0.05]
	},
	"exponential 10 ms": func(u float64, _ time.Duration) time.Duration { return time.Duration(-math.Log(1-u) * float64(10*ms)) },
	"stall": func(_ float64, at time.Duration) time.Duration { // 100 ms in each second
		if since := at % time.Second; since < 100*ms {
			return 100*ms - since + 3*ms
		}
		return 3 * ms
	},
}

// recorded is the measurement of a step on recorded clocks: a generator that stands still
// in the spans against a server that keeps a law. What is right is the law's latency.
func recorded(t *testing.T, serve law, rate float64, d time.Duration, spans []span) (m Measurement, s Schedule, truth []time.Duration) {
	t.Helper()
	s, err := NewSchedule(results.Poisson, rate, d, 1)
	if err != nil {
		t.Fatal(err)
	}
	still := func(at time.Duration) time.Duration { // when something due at that time is done
		for _, p := range spans {
			if at > p.from && at < p.to {
				return p.to + time.Duration(rand.IntN(300))*time.Microsecond
			}
		}
		return at
	}
	random := rand.New(rand.NewPCG(5, 6))
	var waited []sample
	for _, due := range s.due {
		sent := still(due)
		u := random.Float64()
		waited = append(waited, sample{due, sent, still(sent + serve(u, sent))})
		truth = append(truth, serve(u, due))
		m.LastAnswer = max(m.LastAnswer, waited[len(waited)-1].end)
	}
	m.Planned, m.Sent, m.Cap, m.MostInFlight = int64(len(waited)), int64(len(waited)), 1000, 10
	m.Verdicts.RightAllow = m.Sent
	m.Response, m.Service, m.Undelayed = results.NewHistogram(), results.NewHistogram(), results.NewHistogram()
	m.tally(waited, spans)
	return m, s, truth
}

// Whatever the law and whatever holds up the generator: a percentile that passes is the
// law's own, and where nothing holds it up, all pass.
func TestPassedPercentilesAreTrue(t *testing.T) {
	t.Parallel()
	for name, serve := range laws {
		for _, rate := range []float64{200, 2000, 10_000} {
			for _, pause := range []time.Duration{0, 50 * ms, 80 * ms, 90 * ms, 200 * ms, 400 * ms, 500 * ms} {
				var spans []span
				if pause > 0 {
					spans = []span{{3 * time.Second, 3*time.Second + pause}}
				}
				m, s, truth := recorded(t, serve, rate, 10*time.Second, spans)
				v, reason, _, disturbed := Judge(m, s, false)
				if pause == 0 && v != results.Pass {
					t.Errorf("%s at %g/s: %v (%s), want pass", name, rate, v, reason)
				}
				if pause > 0 && v != results.Pass && !disturbed {
					t.Errorf("%s at %g/s, stopped for %v: %v (%s), want it to be the generator's fault", name, rate, pause, v, reason)
				}
				if v != results.Pass {
					continue
				}
				want := results.NewHistogram()
				for _, d := range truth {
					results.Record(want, d)
				}
				for _, tol := range tolerances {
					got, true := float64(m.Response.ValueAtQuantile(100*tol.q)), float64(want.ValueAtQuantile(100*tol.q))
					if results.Resolves(m.Response.TotalCount(), tol.q) && math.Abs(got-true) > tol.within*true {
						t.Errorf("%s at %g/s, stopped for %v: a pass with %s of %v where the truth is %v", name, rate, pause, tol.name, time.Duration(got), time.Duration(true))
					}
				}
			}
		}
	}
}

// A stop that moves p99.9 alone, of a step with the samples to show it, is no pass.
func TestShortStopIsSeen(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		serve       law
		rate        float64
		pause       time.Duration
		wantedTrust bool
	}{
		{laws["constant 20 ms"], 400, 80 * ms, false}, // 1 in 100 isn't reached, 1 in 1,000 is
		{laws["constant 2 ms"], 1000, 90 * ms, false},
		{laws["constant 2 ms"], 1000, 400 * ms, false},
		{laws["constant 20 ms"], 1000, 1 * ms, true}, // within all tolerances
	} {
		m, s, _ := recorded(t, tt.serve, tt.rate, 10*time.Second, []span{{3 * time.Second, 3*time.Second + tt.pause}})
		if v, reason, _, _ := Judge(m, s, false); (v == results.Pass) != tt.wantedTrust {
			t.Errorf("at %g/s, stopped for %v: %v (%s)", tt.rate, tt.pause, v, reason)
		}
	}
}

// In a closed loop what holds up the generator is taken off the throughput.
func TestClosedStepThatStoodStillIsInconclusive(t *testing.T) {
	t.Parallel()
	for stood, want := range map[time.Duration]results.Verdict{10 * ms: results.Pass, 30 * ms: results.Inconclusive} {
		m := Measurement{Sent: 100, Cap: 64, MostInFlight: 64, Stood: stood, LastAnswer: time.Second, Verdicts: results.SampleVerdicts{RightAllow: 100}}
		if v, reason, _, disturbed := Judge(m, Schedule{duration: time.Second}, false); v != want || disturbed != (want != results.Pass) {
			t.Errorf("stood still for %v of 1 s: %v (%s), want %v", stood, v, reason, want)
		}
	}
}

func TestDisturbances(t *testing.T) {
	t.Parallel()
	began := time.Unix(1000, 0)
	quiet := machine{at: began.Add(2 * time.Second), cores: 2, busy: 101, stolen: 5, throttled: 1, starved: 1}
	before := machine{at: began, cores: 2, busy: 100, stolen: 5, throttled: 1, starved: 1}
	for name, tt := range map[string]struct {
		change func(*machine)
		own    float64
		want   int
	}{
		"quiet":              {func(*machine) {}, 1, 0},
		"a neighbour":        {func(m *machine) { m.busy += 1 }, 1, 1},
		"unknown neighbours": {func(m *machine) { m.busy += 1 }, -1, 0},
		"no /proc":           {func(m *machine) { m.busy = -1 }, 1, 0},
		"stolen":             {func(m *machine) { m.stolen += 0.1 }, 1, 1},
		"throttled":          {func(m *machine) { m.throttled += 100 * ms }, 1, 1},
		"starved":            {func(m *machine) { m.starved += 100 * ms }, 1, 1},
	} {
		after := quiet
		tt.change(&after)
		if got := disturbances(before, after, tt.own); len(got) != tt.want {
			t.Errorf("%s: %q, want %d", name, got, tt.want)
		}
	}
}

// A machine without a processor to spare can't tell the server's queue from the
// generator's; one that doesn't tell is believed.
func TestSaturated(t *testing.T) {
	t.Parallel()
	began := time.Unix(1000, 0)
	before := machine{at: began, cores: 2, busy: 90, inUse: 100}
	for used, want := range map[float64]results.Verdict{0: results.Pass, 3.1: results.Pass, 3.3: results.Inconclusive, 4: results.Inconclusive} {
		m, schedule, _ := recorded(t, laws["constant 20 ms"], 200, 2*time.Second, nil)
		m.InUse = inUse(before, machine{at: began.Add(2 * time.Second), cores: 2, busy: 91, inUse: 100 + used})
		if v, reason, _, _ := Judge(m, schedule, false); v != want {
			t.Errorf("%v s of 4 in use: %v, %q", used, v, reason)
		}
	}
	if got := inUse(before, machine{at: began.Add(2 * time.Second), cores: 2, busy: -1, inUse: 200}); got != 0 {
		t.Errorf("nothing is known: %v", got)
	}
	if got := inUse(before, before); got != 0 {
		t.Errorf("in no time: %v", got)
	}
}

// The estimate is above 98 wakings of 100, and follows a machine that gets slower.
func TestWakingLearns(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	for _, mean := range []time.Duration{20 * time.Microsecond, 80 * time.Microsecond} {
		var w waking
		below := 0
		for i := range 20_000 {
			over := time.Duration(random.ExpFloat64() * float64(mean))
			if i >= 10_000 && over <= w.usual() {
				below++
			}
			w.learn(over)
		}
		if below < 9600 || below > 9950 {
			t.Errorf("mean %v: %d of 10,000 wakings are within %v, want about 9,800", mean, below, w.usual())
		}
	}
}
