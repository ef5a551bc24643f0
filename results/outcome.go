package results

// Outcome is what the requests of one kind got in a load step, such as those that present
// an expired token.
type Outcome struct {
	Name     string         `json:"name"`              // valid, expired, too-little-scope
	Right    string         `json:"right"`             // what each of them must get: allow or deny
	Planned  int64          `json:"planned,omitempty"` // arrivals of this kind, as they were drawn; 0 with closed arrivals
	Sent     int64          `json:"sent"`              // requests of this kind that left
	Verdicts SampleVerdicts `json:"verdicts"`
	Response Histogram      `json:"response"` // from the planned send time to the last byte, whatever was answered
	Service  Histogram      `json:"service"`  // from the real send time to the last byte, likewise
}

// Outcome returns that of the name; ok is false where the step has none of it.
func (s *Series) Outcome(name string) (o Outcome, ok bool) {
	for _, o := range s.Outcomes {
		if o.Name == name {
			return o, true
		}
	}
	return Outcome{}, false
}
