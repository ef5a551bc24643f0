package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/oauthmark/oauthmark/report/choose"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

func planCommand(std stdio) *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use:   "plan [SCENARIO...]",
		Short: "show what 'run' would do, without touching a server",
		Long: `Show the steps that 'run' with the same words would do, in the very order, and
about how long each takes. No server is touched.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := prepare(cmd, &s, catalogue(), args, suite, false)
			if err != nil {
				return err
			}
			if s.json {
				enc := json.NewEncoder(std.out)
				enc.SetIndent("", "  ")
				return enc.Encode(m.plan)
			}
			if err := printPlan(std, m.plan); err != nil {
				return err
			}
			_, err = fmt.Fprintf(std.out, "\nto run this plan: oauthmark %s\n", typed(m.again()))
			return err
		},
		Annotations: map[string]string{takesNames: "yes"},
	}
	s.runFlags(cmd.Flags())
	return cmd
}

func printPlan(std stdio, plan results.Plan) error {
	takes := time.Duration(0)
	for _, step := range plan.Steps {
		takes += time.Duration(step.Takes)
	}
	fmt.Fprintf(std.out, "profile %s, seed %d, %d steps, about %v\n\n", plan.Profile, plan.Seed, len(plan.Steps), takes.Round(time.Second))
	if len(plan.Within) > 0 {
		fmt.Fprintf(std.out, "which strategies stay within %s\n\n", choose.Text(plan.Within))
	}
	w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	for i, step := range plan.Steps {
		fmt.Fprintf(w, "%d\t%v\t%s\t%s\n", i+1, time.Duration(step.Takes).Round(100*time.Millisecond), step.ID, does(step))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, s := range results.Share(plan.Skipped) {
		fmt.Fprintf(std.out, "\n%s\n  %s\n", s.Why(), strings.Join(s.Names, "\n  "))
	}
	return nil
}

// again is the command line of a run that has this very plan.
func (m measurement) again() []string {
	out := append([]string{"run"}, m.args[1:]...)
	if !slices.Contains(out, "--seed") {
		out = append(out, "--seed", strconv.FormatUint(m.plan.Seed, 10))
	}
	return out
}

// mostItems is how many items of a step are listed by name.
const mostItems = 12

// does says what a step does, and names its items where they are few.
func does(step results.Step) string {
	if len(step.Items) > mostItems || len(step.Items) == 0 {
		return step.Does
	}
	return strings.Join(step.Items, " ")
}

// emptyPlan says why there is no plan, or none with a step.
func emptyPlan(plan results.Plan, err error) error {
	if remote := (*scenarios.RemoteError)(nil); errors.As(err, &remote) {
		return usagef("--target %w", err)
	}
	if !errors.Is(err, scenarios.ErrNothingApplies) || len(plan.Skipped) == 0 {
		return err
	}
	return usagef("%w: %s: %s", err, plan.Skipped[0].ID, plan.Skipped[0].Reason)
}

// commandLine is the command line in a form that can be typed again: the record
// keeps it. Secrets are never given as flags.
func commandLine(cmd *cobra.Command, names []string) []string {
	out := append([]string(nil), names...)
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if list, ok := f.Value.(pflag.SliceValue); ok {
			for _, v := range list.GetSlice() {
				if n, err := strconv.ParseFloat(v, 64); err == nil && f.Value.Type() == "float64Slice" {
					v = strconv.FormatFloat(n, 'g', -1, 64) // pflag writes 400.000000
				}
				out = append(out, "--"+f.Name, v)
			}
			return
		}
		if f.Value.Type() == "bool" {
			out = append(out, "--"+f.Name)
			return
		}
		out = append(out, "--"+f.Name, f.Value.String())
	})
	return out
}
