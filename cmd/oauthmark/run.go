package main

import (
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/scenarios/cost"
)

func runCommand(std stdio) *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use:   "run [SCENARIO...]",
		Short: "start the servers, measure, save and print",
		Long: `Start the servers under test, measure, write the run's folder and print its
tables. Without an argument it is the default suite. A name that 'oauthmark list
scenarios' or 'oauthmark list operations' prints selects what is called so; any
other beginning of names selects all of them, such as load/introspect- or
cost/sign. load/local/ES256 is load/local with tokens of that form.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := prepare(cmd, &s, catalogue(), args, suite, true)
			if err != nil {
				return err
			}
			return m.carryOut(cmd.Context(), std)
		},
	}
	flags := cmd.Flags()
	s.targetFlags(flags)
	s.environmentFlags(flags)
	s.measureFlags(flags)
	s.sharedFlags(flags)
	return cmd
}

// prepare goes from the command line to a plan, and finds all that is wrong with
// the former before anything is started.
func prepare(cmd *cobra.Command, s *settings, all []scenarios.Scenario, names, otherwise []string, mayAsk bool) (measurement, error) {
	m := measurement{all: all, args: append([]string{cmd.Name()}, commandLine(cmd, names)...),
		calibrate: func() results.Calibration { return cost.Calibrate(time.Now) }}
	var err error
	if m.profile, err = s.settle(cmd); err != nil {
		return m, err
	}
	m.settings = *s
	if len(names) == 0 {
		names = otherwise
	}
	selected, err := scenarios.Select(all, names)
	if err != nil {
		return m, err
	}
	if m.targets, err = resolve(cmd.Context(), s.targets, mayAsk); err != nil {
		return m, err
	}
	m.plan, err = scenarios.Make(selected, scenarios.Options{Targets: m.targets, Profile: m.profile, Rates: s.rates, Forms: s.forms}, s.seed)
	if err != nil {
		return m, emptyPlan(m.plan, err)
	}
	if n := len(m.plan.Steps); n > maxSteps {
		return m, usagef("%d steps: must be at most %d: lower --repetitions, or name fewer scenarios", n, maxSteps)
	}
	if len(s.forms) > 0 && !slices.ContainsFunc(m.plan.Steps, func(step results.Step) bool { return step.Axis("form").Value != "" }) {
		return m, usagef("--form %s: nothing that is selected presents tokens of a form: name a load scenario, or leave it out", s.forms[0])
	}
	if s.plant != "" && !slices.ContainsFunc(m.plan.Steps, func(step results.Step) bool { return step.Load != nil }) {
		return m, usagef("--plant %s: nothing that is selected asks a resource server: name a scenario such as load/introspect-cached, or leave it out", s.plant)
	}
	if s.mix != "" && !slices.ContainsFunc(m.plan.Steps, func(step results.Step) bool { return step.Load != nil && step.Load.Mix != "" }) {
		return m, usagef("--mix %s: nothing that is selected presents a mix of tokens: name a scenario such as load/local, or leave it out", s.mix)
	}
	return m, nil
}
