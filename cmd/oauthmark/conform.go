package main

import (
	"github.com/spf13/cobra"

	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

func conformCommand(std stdio) *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use:   "conform [CHECK...]",
		Short: "judge a target's tokens and answers against the specifications",
		Long: `Judge a target's token responses, introspection responses and tokens. Any prefix
of a check's name selects: rfc7662/2.2 is all of that section. 'oauthmark list
checks' lists them. A dash before a prefix excludes: conform -rfc7662/2.2.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			all := []scenarios.Scenario{conformance.Scenario(checks())}
			m, err := prepare(cmd, &s, all, args, []string{conformance.ID}, true)
			if err != nil {
				return asCheck(err, all)
			}
			return m.carryOut(cmd.Context(), std)
		},
		Annotations: map[string]string{takesNames: "yes"},
	}
	flags := cmd.Flags()
	s.targetFlags(flags)
	s.environmentFlags(flags)
	s.sharedFlags(flags)
	return cmd
}

// asCheck says check where the scenario's own error says scenario: here that is
// all that can be named.
func asCheck(err error, all []scenarios.Scenario) error {
	if unknown, ok := err.(*scenarios.UnknownError); ok {
		return scenarios.Unknown("check", unknown.Name, "oauthmark list checks", all[0].Items)
	}
	return err
}
