package main

import (
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/scenarios/cost"
	"github.com/oauthmark/oauthmark/scenarios/load"
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
cost/sign. load/local/ES256 is load/local with tokens of that form. A dash before a
name excludes it: run load -load/local-cached.

--config has any flag by its name, and the scenarios: a whole matrix in a file.

--trace replays requests that really came. Of an access log whose lines begin with
the time in seconds and the token ("$msec $http_authorization" in nginx):

  awk '{print $1, $NF}' access.log | while read -r at token; do
    printf '%s,%s\n' "$at" "$(printf %s "$token" | sha256sum | cut -c1-32)"
  done > trace.csv

With --within the report names the strategies that stay within bounds, the one that
costs the servers least first, and says of each other one which bound it misses and
by how much. The run then exits 1 when none stays within them, and 3 when nothing
that was measured can tell.

load/shared-db/opaque/redis is shared-db with such a store. PostgreSQL and Redis are
started where their programs are installed, or taken from OAUTHMARK_POSTGRES_URL and
OAUTHMARK_REDIS_URL, where a run has a schema or a prefix of its own and removes it.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := prepare(cmd, &s, catalogue(), args, suite, true)
			if err != nil {
				return err
			}
			return m.carryOut(cmd.Context(), std)
		},
		Annotations: map[string]string{takesNames: "yes"},
	}
	s.runFlags(cmd.Flags())
	return cmd
}

// prepare goes from the command line to a plan, and finds all that is wrong with
// the former before anything is started.
func prepare(cmd *cobra.Command, s *settings, all []scenarios.Scenario, names, otherwise []string, mayAsk bool) (measurement, error) {
	m := measurement{all: all, args: append([]string{cmd.Name()}, commandLine(cmd, names)...),
		calibrate: func() results.Calibration { return cost.Calibrate(time.Now) }}
	a, err := s.settle(cmd, names, otherwise)
	if err != nil {
		return m, err
	}
	m.profile, m.cache, m.trace, m.settings = a.profile, a.cache, a.options.Trace, *s
	selected, err := scenarios.Select(all, a.names)
	if err != nil {
		return m, err
	}
	if m.targets, err = (resolver{selected: selected, allowHosts: s.allowHosts, mayAsk: mayAsk}).resolve(cmd.Context(), s.targets); err != nil {
		return m, err
	}
	a.options.Targets = m.targets
	m.plan, err = scenarios.Make(selected, a.options, s.seed)
	if err != nil {
		return m, emptyPlan(m.plan, err)
	}
	if n := len(m.plan.Steps); n > maxSteps {
		return m, usagef("%d steps: must be at most %d: lower --repetitions, or name fewer scenarios", n, maxSteps)
	}
	if err := s.idle(m.plan); err != nil {
		return m, err
	}
	m.plan.Within = s.bounds
	if err := answerable(m.plan); err != nil {
		return m, err
	}
	return m, s.carried(cmd.Context(), m.plan, load.MostRate)
}

// idle refuses what was given and changes nothing of the plan.
func (s *settings) idle(plan results.Plan) error {
	with := func(is func(results.Step) bool) bool { return slices.ContainsFunc(plan.Steps, is) }
	if about := s.aboutForms(); about != "" && !with(func(step results.Step) bool { return step.Axis("form").Value != "" }) {
		return usagef("%s: nothing that is selected presents tokens of a form: name a load scenario, or leave it out", about)
	}
	if len(s.cacheTTL) > 1 && with(func(step results.Step) bool { return step.Load != nil && !step.Floor && step.Scenario != load.Cache }) {
		return usagef("--cache-ttl %v: several are for the scenario cache alone: give one, or name nothing else", s.cacheTTL)
	}
	if s.plant != "" && !with(func(step results.Step) bool { return step.Load != nil }) {
		return usagef("--plant %s: nothing that is selected asks a resource server: name a scenario such as load/introspect-cached, or leave it out", s.plant)
	}
	if s.mix != "" && !with(func(step results.Step) bool { return step.Load != nil && step.Load.Mix != "" }) {
		return usagef("--mix %s: nothing that is selected presents a mix of tokens: name a scenario such as load/local, or leave it out", s.mix)
	}
	return nil
}
