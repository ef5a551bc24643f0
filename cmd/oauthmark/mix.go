package main

import (
	"errors"

	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/scenarios/load"
)

// mixValue is the value of a flag that takes a mix of outcomes.
type mixValue struct{ text *string }

func (m mixValue) String() string {
	if m.text == nil {
		return ""
	}
	return *m.text
}

func (m mixValue) Type() string { return "string" }

// Set implements pflag.Value. A mix is kept as it is written anew, so that the same mix has
// one spelling in a record.
func (m mixValue) Set(given string) error {
	mix, err := load.ParseMix(given)
	if unknown := (*load.UnknownOutcome)(nil); errors.As(err, &unknown) {
		var known []string
		for _, o := range load.OutcomeTable() {
			known = append(known, o.Name)
		}
		return scenarios.Unknown("outcome", unknown.Name, "'oauthmark list outcomes'", known)
	}
	if err != nil {
		return err
	}
	*m.text = mix.String()
	return nil
}

func listOutcomes() ([]entry, error) {
	var out []entry
	for _, o := range load.OutcomeTable() {
		out = append(out, entry{o.Name, o.About})
	}
	return out, nil
}
