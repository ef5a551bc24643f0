package stats

import (
	"fmt"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/oauthmark/oauthmark/results"
)

// Outcome is what the requests of one kind got in the repetitions of a cell that count.
type Outcome struct {
	Name, Right   string
	Planned, Sent int64
	Verdicts      results.SampleVerdicts
	Response      *hdrhistogram.PackedHistogram
}

// Outcomes merges those of the cell's repetitions, in the order in which they come. The
// error is that of samples which are out of range.
func (c Cell) Outcomes() (out []*Outcome, err error) {
	named := map[string]*Outcome{}
	for _, r := range c.Steps {
		for _, o := range r.Series.Outcomes {
			one := named[o.Name]
			if one == nil {
				one = &Outcome{Name: o.Name, Right: o.Right, Response: results.NewPacked()}
				named[o.Name], out = one, append(out, one)
			}
			h, err := o.Response.Decode()
			if err != nil {
				return nil, fmt.Errorf("step %s: outcome %s: %w", r.Step.ID, o.Name, err)
			}
			if one.Response.Merge(h) > 0 {
				return nil, fmt.Errorf("step %s: outcome %s: samples are out of range", r.Step.ID, o.Name)
			}
			one.Planned, one.Sent = one.Planned+o.Planned, one.Sent+o.Sent
			v, w := &one.Verdicts, o.Verdicts
			v.RightAllow, v.RightDeny = v.RightAllow+w.RightAllow, v.RightDeny+w.RightDeny
			v.WrongAllow, v.WrongDeny = v.WrongAllow+w.WrongAllow, v.WrongDeny+w.WrongDeny
			v.Either, v.TransportError = v.Either+w.Either, v.TransportError+w.TransportError
		}
	}
	return out, nil
}
