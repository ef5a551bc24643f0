package plot

import (
	"bytes"
	"image/png"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/report/internal/golden"
	"github.com/oauthmark/oauthmark/results"
)

func TestTradeoffSaysWhatItShows(t *testing.T) {
	t.Parallel()
	got := drawings(t, golden.Strategies(400, 100))
	if len(got["tradeoff-reference-100-poisson.svg"]) == 0 {
		t.Error("no picture of the second rate")
	}
	text := words(t, got["tradeoff-reference-400-poisson.svg"])
	for _, want := range []string{
		"What a strategy trades for what", "400 requests/s", "introspect-push/opaque", "979 us, 12.0 ms, 13.0 calls", "local-denylist/RS256", "963 us, 5.00 s *, no call",
		"821 us, 1.00 h *, no call", "1.65 ms, 0 s, 1,000 calls", "1 h", "10 ms", "self-contained", "not on it", "* Declared: the bound",
		"Not drawn, for a figure isn't known: hybrid/RS256 (staleness: it wasn't measured).", "run 20260115-093000-strategies",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the picture:\n%s", want, text)
		}
	}
	for _, name := range []string{"introspect/", "introspect-cached/", "shared-cache/", "shared-db/", "local/", "local-cached/", "local-status/", "local-online-status/", "phantom/", "split/"} {
		if !strings.Contains(text, name) {
			t.Errorf("%s has no name in the picture", name)
		}
	}
}

// Of very many strategies some are drawn, and it is said that there are more.
func TestTradeoffIsBounded(t *testing.T) {
	t.Parallel()
	run := golden.Strategies(400)
	steps := run.Steps
	for i := range 3 {
		for _, s := range steps {
			s.Step.Axes = slices.Clone(s.Step.Axes)
			if s.Step.Floor || s.Series.Timeline != nil {
				continue
			}
			s.Step.Axes[1].Value += strings.Repeat("+", i+1)
			run.Steps = append(run.Steps, s)
		}
	}
	text := words(t, drawings(t, run)["tradeoff-reference-400-poisson.svg"])
	for _, want := range []string{"Not drawn for want of room: 24; the tables have all.", "A point without a name has no room for one"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the picture:\n%.3000s", want, text)
		}
	}
	if n := strings.Count(text, "introspect-push/opaque"); n != 4 {
		t.Errorf("%d of 4 names of the frontier", n)
	}
}

// A picture of compromises takes two points.
func TestTradeoffTakesTwo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		keep func(results.Step) bool
		want bool
	}{
		{"two", func(s results.Step) bool { return s.Axis("strategy").Value == "introspect" }, true},
		{"one", func(s results.Step) bool { return s.Axis("strategy").Value == "local-denylist" }, false},
		{"no staleness", func(s results.Step) bool { return strings.HasPrefix(s.Scenario, "load/") }, false},
	} {
		run := golden.Strategies(400)
		run.Steps = slices.DeleteFunc(run.Steps, func(s results.StepResult) bool { return !c.keep(s.Step) })
		if _, drawn := drawings(t, run)["tradeoff-reference-400-poisson.svg"]; drawn != c.want {
			t.Errorf("%s: drawn %v, want %v", c.name, drawn, c.want)
		}
	}
}

func TestIssuerLoadSaysWhatItShows(t *testing.T) {
	t.Parallel()
	run := golden.Strategies(400, 100, 1600)
	text := words(t, drawings(t, run)["issuer-reference-poisson.svg"])
	for _, want := range []string{"How much of a processor the issuer needs", "from 100 to 1,600 requests/s", "introspect/ES256", "0.478 cores", "local-cached/RS256", "0.00160 cores", "1,600"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the picture:\n%s", want, text)
		}
	}
	// Where a server doesn't tell what it used, its questions are counted.
	for i := range run.Steps {
		run.Steps[i].Series.Usage = nil
		if s := run.Steps[i].Step; s.Label() == "shared-db/opaque" && s.Load.Rate == 100 {
			run.Steps[i].Verdict = results.Inconclusive
		}
	}
	text = words(t, drawings(t, run)["issuer-reference-poisson.svg"])
	for _, want := range []string{"How often the issuer is asked", "1,600/s", "22.4/s", "0/s", "Not drawn: shared-db/opaque at 100/s (inconclusive)."} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the picture:\n%s", want, text)
		}
	}
	if _, drawn := drawings(t, golden.Strategies(400))["issuer-reference-poisson.svg"]; drawn {
		t.Error("a line of one rate is drawn")
	}
}

func TestTimelineSaysWhatItShows(t *testing.T) {
	t.Parallel()
	run := golden.Strategies(400)
	text := words(t, drawings(t, run)["timeline-outage-reference-400.svg"])
	for _, want := range []string{"What is answered by the moment: issuer frozen", "introspect/opaque", "unanswered 800 of 800", "introspect-cached/opaque", "let in 403 of 800", "wrong 2 of 800",
		"local/RS256", "let in 780 of 800", "kept out 20 of 800", "Shaded, between the dashed lines: issuer frozen.", "6 s"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the picture:\n%s", want, text)
		}
	}
	if strings.Contains(text, "not to be compared") {
		t.Error("a sound strip is called into doubt")
	}
	// One that isn't sound says so, and a good repetition stands for it where there is one.
	var bad results.StepResult
	for i, s := range run.Steps {
		if s.Series.Timeline != nil && s.Step.Label() == "local/RS256" {
			run.Steps[i].Verdict = results.Inconclusive
			bad = run.Steps[i]
		}
	}
	if text := words(t, drawings(t, run)["timeline-outage-reference-400.svg"]); strings.Count(text, "inconclusive: not to be compared") != 1 {
		t.Errorf("an inconclusive strip has no mark:\n%s", text)
	}
	good := bad
	good.Verdict = results.Pass
	run.Steps = append(run.Steps, good)
	if text := words(t, drawings(t, run)["timeline-outage-reference-400.svg"]); strings.Contains(text, "not to be compared") || strings.Count(text, "local/RS256") != 1 {
		t.Errorf("a good repetition doesn't stand for a bad one:\n%s", text)
	}
	run = golden.Strategies(400)
	// What happens otherwise is another picture; another try and another repetition are none.
	for i, s := range run.Steps {
		if s.Series.Timeline == nil {
			continue
		}
		switch s.Step.Label() {
		case "local/RS256":
			run.Steps[i].Step.Axes = append(s.Step.Axes, results.Axis{Name: "outage", Value: "down"})
		case "introspect/opaque":
			run.Steps = append(run.Steps, s)
		case "introspect-cached/opaque":
			run.Steps[i].Superseded = true
		}
	}
	got := drawings(t, run)
	if text := words(t, got["timeline-outage-reference-400.svg"]); strings.Count(text, "introspect/opaque") != 1 || strings.Contains(text, "introspect-cached") || strings.Contains(text, "local/") {
		t.Errorf("strips:\n%s", text)
	}
	if text := words(t, got["timeline-outage-down-reference-400.svg"]); !strings.Contains(text, "local/RS256") {
		t.Errorf("strips:\n%s", text)
	}
}

// A timeline that holds nothing, or more than any run writes, is drawn nevertheless, or not
// at all.
func TestTimelineExtremes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		line  *results.Timeline
		drawn bool
	}{
		"no moment":    {&results.Timeline{Every: 1e8}, false},
		"no time":      {&results.Timeline{Moments: []results.Moment{{LetIn: 1}}}, false},
		"no answer":    {&results.Timeline{Every: 1e8, Moments: make([]results.Moment, 3)}, true},
		"no p99":       {&results.Timeline{Every: 1e8, Moments: []results.Moment{{KeptOut: 5}}}, true},
		"less than 0":  {&results.Timeline{Every: 1e8, Moments: []results.Moment{{LetIn: -5, P99: -1}}}, true},
		"marks beyond": {&results.Timeline{Every: 1e8, Moments: []results.Moment{{LetIn: 5, P99: 1e6}}, Marks: []results.Mark{{Name: "x", From: -1e9, To: 1e15}}}, true},
		"many moments": {&results.Timeline{Every: 1, Moments: make([]results.Moment, 2*mostMoments)}, true},
	} {
		run := golden.Strategies(400)
		last := run.Steps[len(run.Steps)-1]
		last.Series.Timeline = c.line
		run.Steps = []results.StepResult{last}
		svg, drawn := drawings(t, run)["timeline-outage-reference-400.svg"]
		if drawn != c.drawn || bytes.Contains(svg, []byte("NaN")) || bytes.Contains(svg, []byte("Inf")) {
			t.Errorf("%s: drawn %v, want %v", name, drawn, c.drawn)
		}
		if drawn {
			words(t, svg)
		}
	}
}

// The pictures that people put elsewhere have a PNG for a dark ground.
func TestDarkPictures(t *testing.T) {
	t.Parallel()
	run := golden.Strategies(400)
	run.Steps = slices.DeleteFunc(run.Steps, func(s results.StepResult) bool { return s.Step.Axis("strategy").Value != "introspect" })
	got := files(t, run)
	for name, dark := range map[string]bool{"tradeoff-reference-400-poisson.png": false, "tradeoff-reference-400-poisson-dark.png": true, "timeline-outage-reference-400-dark.png": true} {
		img, err := png.Decode(bytes.NewReader(got[name]))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, at := range [][2]int{{0, 0}, {5, 5}, {img.Bounds().Max.X - 1, img.Bounds().Max.Y - 1}} {
			if r, g, b, _ := img.At(at[0], at[1]).RGBA(); (r+g+b < 3*0x8000) != dark {
				t.Errorf("%s: the ground at %v is %x %x %x", name, at, r, g, b)
			}
		}
	}
	if _, ok := got["spectrum-reference-400-poisson-dark.png"]; ok {
		t.Error("a spectrum has a dark PNG")
	}
}

// An SVG is dark where its reader has it so: every colour that it has is as light as the
// ground asks for. And its texts have the width that they were laid out with.
func TestSVGAdapts(t *testing.T) {
	t.Parallel()
	used := regexp.MustCompile(`style="[^"]*?(?:fill|stroke):(#[0-9A-F]{6})`)
	for name, svg := range drawings(t, golden.Strategies(400, 100)) {
		rules := regexp.MustCompile(`prefers-color-scheme:dark\)\{(.*)\}</style>`).FindSubmatch(svg)
		if rules == nil {
			t.Errorf("%s has no colours for a dark ground", name)
			continue
		}
		for _, ground := range []string{"#FFFFFF", "#1F2328", "#59636E", "#E4E7EB"} {
			if bytes.Contains(svg, []byte(":"+ground)) && !bytes.Contains(rules[1], []byte(ground)) {
				t.Errorf("%s: %s stays as it is on a dark ground", name, ground)
			}
		}
		if len(used.FindAll(svg, -1)) < 10 {
			t.Errorf("%s: hardly a colour was found", name)
		}
		if texts, wide := bytes.Count(svg, []byte("<text ")), bytes.Count(svg, []byte(" textLength=")); texts == 0 || wide != texts {
			t.Errorf("%s: %d of %d texts have a width", name, wide, texts)
		}
	}
}

func TestZeroedScale(t *testing.T) {
	t.Parallel()
	z := zeroedOf([]float64{0, 0.004, 60, 3600})
	if !z.zero || z.least != 0.001 {
		t.Errorf("%+v, want one from a thousandth, with a place for 0", z)
	}
	last := -1.0
	for _, v := range []float64{0, 0.001, 0.004, 1, 60, 3600} {
		if at := z.at(v); at <= last {
			t.Errorf("%g is at %g, not above %g", v, at, last)
		} else {
			last = at
		}
	}
	if z := zeroedOf([]float64{0, 0}); z.at(0) != 0 || z.at(1) != 1 {
		t.Errorf("of nothing but 0: %+v", z)
	}
	if z := zeroedOf(nil); z.zero {
		t.Errorf("of nothing: %+v", z)
	}
}

// Names that are markup, or longer than any, are text in these pictures, too.
func TestStrategiesMayBeCalledAnything(t *testing.T) {
	t.Parallel()
	hostile := `"><forged/>&\x00` + strings.Repeat("x", 300)
	run := golden.Strategies(400, 100)
	for i := range run.Steps {
		s := &run.Steps[i]
		s.Step.Target = hostile
		s.Step.Axes = slices.Clone(s.Step.Axes)
		for j := range s.Step.Axes {
			s.Step.Axes[j].Value += hostile
		}
		if line := s.Series.Timeline; line != nil {
			line.Marks[0].Name = hostile
		}
	}
	got := drawings(t, run)
	kinds := map[string]bool{}
	for name, svg := range got {
		kind, _, _ := strings.Cut(name, "-")
		kinds[kind] = true
		if strings.ContainsAny(name, "/\\ <>\"") {
			t.Errorf("file name %q", name)
		}
		words(t, svg)
	}
	if !kinds["issuer"] || !kinds["timeline"] || !kinds["tradeoff"] {
		t.Errorf("pictures of the kinds %v", kinds)
	}
}
