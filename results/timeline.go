package results

// Timeline is how a load step went while something happened to it, for a picture. A
// request belongs to the moment at which it was due, however late its answer came.
type Timeline struct {
	Every   Duration `json:"every"`            // length of a moment
	Moments []Moment `json:"moments"`          // one after the other, from the start of the load
	Marks   []Mark   `json:"marks,omitempty"`  // what happened meanwhile, in order of time
	Phases  []Phase  `json:"phases,omitempty"` // the load cut into few pieces, such as before, during and after
}

// Moment counts what the requests of a moment got. Times are in nanoseconds, of the
// requests that should be let in, from the planned send time; 0 where there is none.
type Moment struct {
	LetIn      int64 `json:"let_in,omitempty"`     // rightly
	KeptOut    int64 `json:"kept_out,omitempty"`   // rightly
	Wrong      int64 `json:"wrong,omitempty"`      // let in or kept out, and neither was right
	Unanswered int64 `json:"unanswered,omitempty"` // no judgement: an error, or no answer
	P50        int64 `json:"p50,omitempty"`
	P99        int64 `json:"p99,omitempty"`
}

// Total is the number of requests of the moment.
func (m Moment) Total() int64 { return m.LetIn + m.KeptOut + m.Wrong + m.Unanswered }

// Mark is a time in which something was so, such as an outage. Times are from the start
// of the load.
type Mark struct {
	Name string   `json:"name"` // issuer frozen
	From Duration `json:"from"`
	To   Duration `json:"to"` // the same as From for what happened at once
}

// Phase is a piece of the load with a name.
type Phase struct {
	Name    string   `json:"name"` // before, during, after
	From    Duration `json:"from"`
	To      Duration `json:"to"`
	Answers Moment   `json:"answers"` // all in all
}
