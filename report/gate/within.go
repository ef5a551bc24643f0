package gate

import (
	"github.com/oauthmark/oauthmark/report/choose"
	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// within wants a strategy that stays within all bounds that were asked for. Nothing is
// asked of a run that has none.
func (j *judge) within(run results.Run) {
	if len(run.Plan.Within) == 0 {
		return
	}
	what := choose.Text(run.Plan.Within)
	cells, err := stats.Cells(run)
	if err != nil {
		j.add(results.Error, "--within %s: %v", what, err)
		return
	}
	answers := choose.Within(run.Plan.Within, choose.Candidates(run, cells))
	var n [choose.Misses + 1]int
	for _, a := range answers {
		n[a.Standing]++
	}
	switch v := choose.Verdict(answers); {
	case v == results.Pass:
	case len(answers) == 0:
		j.add(v, "--within %s: no strategy was put under a planned load", what)
	case v == results.Fail:
		j.add(v, "--within %s: none of %d measured strategies meets it", what, len(answers))
	default:
		j.add(v, "--within %s: no strategy is known to meet it: of %d, %d are within chance, %d have an unknown figure, %d miss it",
			what, len(answers), n[choose.Unsure], n[choose.Unknown], n[choose.Misses])
	}
}
