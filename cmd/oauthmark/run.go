package main

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/targets"
)

func runCommand(std stdio) *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use:   "run [SCENARIO...]",
		Short: "start the servers, measure, save and print",
		Long: `Start the servers under test, measure, write the run's folder and print its
tables. Without an argument it is the default suite; any prefix of a name that
'oauthmark list scenarios' prints selects, such as load/local or cost/sign.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := prepare(cmd, &s, catalogue(), args, true)
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
func prepare(cmd *cobra.Command, s *settings, all []scenarios.Scenario, names []string, mayAsk bool) (measurement, error) {
	m := measurement{all: all, args: append([]string{cmd.Name()}, commandLine(cmd, names)...)}
	var err error
	if m.profile, err = s.settle(cmd); err != nil {
		return m, err
	}
	m.settings = *s
	selected, err := scenarios.Select(all, names)
	if err != nil {
		return m, err
	}
	chooseCosts(selected, names, m.profile)
	if m.targets, err = resolve(cmd.Context(), s.targets, mayAsk); err != nil {
		return m, err
	}
	if m.plan, err = scenarios.Make(selected, m.targets, m.profile, s.rates, s.seed); err != nil {
		return m, emptyPlan(m.plan, err)
	}
	m.plan.Skipped = append(m.plan.Skipped, skippedChecks(m.plan, m.targets)...)
	return m, refuseRemoteLoad(m.plan, m.targets)
}

// skippedChecks lists the selected checks that a target's declaration rules out, so
// that a plan says so before a server is asked.
func skippedChecks(plan results.Plan, list []targets.Target) []results.Skip {
	var out []results.Skip
	for _, step := range plan.Steps {
		if step.Scenario != conformance.ID {
			continue
		}
		for _, t := range list {
			if t.Name != step.Target {
				continue
			}
			for _, skip := range conformance.Skipped(checks(), t) {
				if len(step.Items) == 0 || slices.Contains(step.Items, skip.ID) {
					out = append(out, skip)
				}
			}
		}
	}
	return out
}
