package load

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

// measuredAt is a measurement of so many answers, a share of which was late: in the server,
// or where the generator read them.
func measuredAt(answers int, late float64, ours bool) Measurement {
	m := Measurement{Planned: int64(answers), Sent: int64(answers), LastAnswer: time.Second, Answered: float64(answers),
		Response: results.NewHistogram(), Undelayed: results.NewHistogram(), Verdicts: results.SampleVerdicts{RightAllow: int64(answers)}}
	for i := range answers {
		response, undelayed := 5*ms, 5*ms
		if float64(i) < late*float64(answers) {
			if response = 500 * ms; !ours {
				undelayed = response
			}
		}
		results.Record(m.Response, response)
		results.Record(m.Undelayed, undelayed)
	}
	return m
}

func TestJudgeTrial(t *testing.T) {
	t.Parallel()
	level, err := scenarios.ParseLevel("p99=100ms")
	if err != nil {
		t.Fatal(err)
	}
	servers := []results.Usage{{Component: "verifier", CPUSeconds: 1}, {Component: "issuer", CPUSeconds: 0.2}, {Component: "generator", CPUSeconds: 0.5}}
	ours := []results.Usage{{Component: "verifier", CPUSeconds: 0.5}, {Component: "generator", CPUSeconds: 1}}
	for name, tt := range map[string]struct {
		answers int
		late    float64
		change  func(*Measurement)
		long    bool
		want    outcome
		wrong   bool
	}{
		"in time":                        {2000, 0.005, nil, true, held, false},
		"in time, machine in use":        {2000, 0.005, func(m *Measurement) { m.InUse = 1; m.Usage = ours }, true, held, false},
		"late":                           {2000, 0.02, nil, true, missed, false},
		"late in a short trial":          {2000, 0.1, nil, false, missed, false},
		"perhaps late in a short trial":  {100, 0.03, nil, false, held, false},
		"perhaps late in a longer one":   {100, 0.03, nil, true, missed, false},
		"late, the servers at work":      {2000, 0.02, func(m *Measurement) { m.InUse = 1; m.Usage = servers }, true, missed, false},
		"late, the generator at work":    {2000, 0.02, func(m *Measurement) { m.InUse = 1; m.Usage = ours }, true, blocked, false},
		"late, with processors to spare": {2000, 0.02, func(m *Measurement) { m.InUse = 0.5; m.Usage = ours }, true, missed, false},
		"read late":                      {2000, 0.02, func(m *Measurement) { *m = measuredAt(2000, 0.02, true) }, true, blocked, false},
		"wrong":                          {2000, 0, func(m *Measurement) { m.Verdicts.WrongAllow = 1; m.Verdicts.First = "let in" }, true, missed, true},
		"wrong, the generator at work":   {2000, 0.5, func(m *Measurement) { m.Verdicts.WrongDeny = 1; m.InUse = 1; m.Usage = ours }, true, missed, true},
		"unanswered":                     {2000, 0, func(m *Measurement) { m.Verdicts.TransportError = 1 }, true, missed, false},
		"unsent":                         {2000, 0, func(m *Measurement) { m.Planned++ }, true, missed, false},
		"nothing":                        {0, 0, nil, true, missed, false},
	} {
		m := measuredAt(tt.answers, tt.late, false)
		if tt.change != nil {
			tt.change(&m)
		}
		got := judgeTrial(m, 2000, level, tt.long)
		if got.outcome != tt.want || got.wrong != tt.wrong || (got.why == "") != (tt.want == held) || got.rate != 2000 {
			t.Errorf("%s: %+v, want %v", name, got, tt.want)
		}
	}
}

// The one that kept the server from more is named, with what every component used.
func TestBottleneck(t *testing.T) {
	t.Parallel()
	n := float64(runtime.NumCPU())
	for name, tt := range map[string]struct {
		inUse   float64
		used    map[string]float64 // shares of the machine
		part    bool
		outcome outcome
		want    string
	}{
		"a server":             {1, map[string]float64{"verifier": 0.6, "generator": 0.3}, false, missed, "the processors, of which the verifier used most (cores: verifier"},
		"a dear hash":          {1, map[string]float64{"issuer": 0.6, "generator": 0.3}, false, missed, "the processors, of which the issuer used most (cores: issuer"},
		"the generator":        {1, map[string]float64{"verifier": 0.3, "generator": 0.6}, false, blocked, "the generator (cores: generator"},
		"another program":      {1, map[string]float64{"verifier": 0.2, "generator": 0.2}, false, missed, "other programs, which used"},
		"a thread":             {0.5, map[string]float64{"issuer": 1 / n, "generator": 0.05}, false, missed, "the issuer, with 1.0 cores"},
		"a disk":               {0.5, map[string]float64{"store": 0.1 / n, "generator": 0.1 / n}, false, missed, "no processor: the servers wait"},
		"nobody that tells":    {1, nil, false, missed, "not known (no component tells what it used)"},
		"some that don't tell": {1, map[string]float64{"verifier": 0.1}, true, missed, "not known (cores: verifier"},
	} {
		m := Measurement{LastAnswer: time.Second, InUse: tt.inUse, UsedInPart: tt.part, Costly: "argon2id"}
		for component, share := range tt.used {
			m.Usage = append(m.Usage, results.Usage{Component: component, CPUSeconds: share * n})
		}
		if got := m.bottleneck(trial{outcome: tt.outcome}); !strings.HasPrefix(got, tt.want) || strings.Contains(got, "argon2id") != (tt.used["issuer"] > 0) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// What a search says: a figure with its interval, or at least so much; a wrong answer at any
// rate fails it.
func TestConclude(t *testing.T) {
	t.Parallel()
	level, _ := scenarios.ParseLevel("")
	holding := trial{rate: 1000, long: true, at: 0.02}
	over := trial{rate: 1100, long: true, outcome: missed, why: "p99 was 1s", answered: 1050}
	blocking := over
	blocking.outcome = blocked
	for name, tt := range map[string]struct {
		found   found
		unusual []string
		verdict results.Verdict
		figure  string
		text    string
	}{
		"both ends":        {found{held: &holding, failed: &over}, nil, results.Pass, "capacity", "held at 1000/s (p99 20ms), and not at 1100/s (p99 was 1s, 1050/s answered): the bottleneck is"},
		"a weak generator": {found{held: &holding, failed: &blocking}, nil, results.Pass, "capacity, at least", "so that the server may hold more"},
		"no upper end":     {found{held: &holding}, nil, results.Pass, "capacity, at least", "no higher rate was found"},
		"nothing":          {found{failed: &over}, nil, results.Inconclusive, "", "not even 1100/s kept p99=100ms: p99 was 1s"},
		"wrong":            {found{held: &holding, failed: &over, wrong: &trial{rate: 3000, wrong: true, why: "1 of 9 answers were wrong: let in"}}, nil, results.Fail, "capacity", "at 3000/s, 1 of 9 answers were wrong"},
		"busy":             {found{held: &holding, failed: &over}, []string{"other programs used 1 of 2 processors"}, results.Inconclusive, "capacity", "while a rate was confirmed"},
	} {
		s := &searching{level: level, unusual: tt.unusual, attempts: []attempt{{trial: holding, series: &results.Series{Rate: 1000}}, {trial: over}}}
		s.attempts[0].measured = Measurement{LastAnswer: time.Second, Usage: []results.Usage{{Component: "issuer", CPUSeconds: 1.5}}}
		var out results.StepResult
		s.conclude(&out, tt.found)
		if out.Verdict != tt.verdict || !strings.Contains(fmt.Sprint(out.Warnings), tt.text) || (out.Reason == "") != (tt.verdict == results.Pass) {
			t.Errorf("%s: %v %q, %v", name, out.Verdict, out.Reason, out.Warnings)
		}
		if tt.figure == "" {
			if out.Figures != nil || out.Series != nil {
				t.Errorf("%s: figures %+v of nothing", name, out.Figures)
			}
			continue
		}
		c := out.Figures[0]
		if c.Name != tt.figure || c.Value != 1000 || (c.High == 1100) != (tt.figure == "capacity") || out.Series == nil || out.Series.Rate != 1000 {
			t.Errorf("%s: figures %+v", name, out.Figures)
		}
		if issuer := out.Figures[2]; issuer.Name != "issuer at capacity" || issuer.Value != 1.5 {
			t.Errorf("%s: figures %+v, want what the issuer used", name, out.Figures)
		}
	}
}
