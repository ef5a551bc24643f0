package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/oauthmark/oauthmark/reference/fault"
	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/scenarios/cost"
	"github.com/oauthmark/oauthmark/targets"
)

// entry is one thing that has a name.
type entry struct {
	Name  string `json:"name"`
	About string `json:"about"`
}

// lists are the kinds of things that can be listed, in printed order.
var lists = []struct {
	name string
	make func() ([]entry, error)
}{
	{"targets", listTargets},
	{"scenarios", listScenarios},
	{"operations", listOperations},
	{"strategies", listStrategies},
	{"forms", listForms},
	{"outcomes", listOutcomes},
	{"algorithms", listAlgorithms},
	{"key-management", listKeyManagement},
	{"content-encryption", listContentEncryption},
	{"authentication", listAuthentication},
	{"grants", listGrants},
	{"secret-hashes", listSecretHashes},
	{"claim-profiles", listClaimProfiles},
	{"claim-shapes", listClaimShapes},
	{"sender-constraints", listSenderConstraints},
	{"persistence", listPersistence},
	{"at-rest", listAtRest},
	{"digests", listDigests},
	{"stores", listStores},
	{"profiles", listProfiles},
	{"checks", listChecks},
	{"requirements", listRequirements},
	{"faults", listFaults},
}

func listCommand(std stdio) *cobra.Command {
	var asJSON bool
	var names []string
	for _, l := range lists {
		names = append(names, l.name)
	}
	cmd := &cobra.Command{
		Use:   "list [" + strings.Join(names, "|") + "]",
		Short: "list what can be named: " + strings.Join(names, ", "),
		RunE: func(_ *cobra.Command, args []string) error {
			chosen := args
			if len(args) == 0 {
				chosen = names
			}
			return printLists(std, chosen, names, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printLists(std stdio, chosen, names []string, asJSON bool) error {
	found := map[string][]entry{}
	for _, name := range chosen {
		for _, l := range lists {
			if l.name == name {
				entries, err := l.make()
				if err != nil {
					return fmt.Errorf("list %s: %w", name, err)
				}
				found[name] = entries
			}
		}
		if found[name] == nil {
			return usagef("%w", scenarios.Unknown("list", name, "'oauthmark list --help'", names))
		}
	}
	if asJSON {
		enc := json.NewEncoder(std.out)
		enc.SetIndent("", "  ")
		return enc.Encode(found)
	}
	w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	for i, name := range chosen {
		if len(chosen) > 1 {
			if i > 0 {
				fmt.Fprintln(w)
			}
			fmt.Fprintf(w, "%s\n", strings.ToUpper(name))
		}
		for _, e := range found[name] {
			fmt.Fprintf(w, "%s\t%s\n", e.Name, e.About)
		}
		if err := w.Flush(); err != nil { // columns are aligned within a list
			return err
		}
	}
	return nil
}

func listTargets() ([]entry, error) {
	var out []entry
	for _, name := range targets.Names() {
		t, err := targets.Load(name)
		if err != nil {
			return nil, err
		}
		about := t.Title
		if t.Version != "" {
			about += ", " + t.Version
		}
		out = append(out, entry{name, about + ": issues " + strings.Join(t.Forms(), ", ")})
	}
	return out, nil
}

func listScenarios() ([]entry, error) {
	var out []entry
	for _, s := range catalogue() {
		out = append(out, entry{s.Name, s.Title})
	}
	return out, nil
}

func listOperations() ([]entry, error) {
	large := cost.Large()
	var out []entry
	for _, item := range cost.Scenario(nil).Items {
		about := "an operation whose cost is measured"
		switch {
		case slices.Contains(suite, item):
			about += ", in the default suite"
		case slices.Contains(large, item):
			about += ", when it is named or in the thorough profile"
		}
		out = append(out, entry{item, about})
	}
	return out, nil
}

// listStrategies asks a verifier that is never served: a strategy's bound is its own
// to tell.
func listStrategies() ([]entry, error) {
	v, err := verifier.New(verifier.Config{
		Issuer: "http://127.0.0.1", Resource: "list", Algorithms: verifier.Algorithms(), Cache: verifier.DefaultCache(),
		IntrospectionEndpoint: "http://127.0.0.1/introspect", JWKSURI: "http://127.0.0.1/jwks", ClientID: "list", ClientSecret: "list",
		EventsURI: "http://127.0.0.1/events", DenylistURI: "http://127.0.0.1/denylist", StatusURI: "http://127.0.0.1/status", SharedCache: "redis://127.0.0.1",
	}, verifier.Options{})
	if err != nil {
		return nil, err
	}
	defer v.Close()
	var out []entry
	for _, name := range verifier.Strategies() {
		var about []string
		if needs := verifier.Needs(name); needs != "" {
			about = append(about, "needs "+needs)
		}
		if s, ok := v.Strategy(name); ok {
			about = append(about, "staleness bound: "+s.StalenessBound(), "accepted in an outage: "+s.Outage())
		}
		out = append(out, entry{name, strings.Join(about, "; ")})
	}
	return out, nil
}

func listAlgorithms() ([]entry, error) {
	var out []entry
	for _, alg := range keys.Algorithms() {
		d, _ := keys.Describe(alg)
		sizes := ""
		if len(d.Bits) > 1 { // only RSA has a choice
			sizes = fmt.Sprintf(", rsa_bits one of %v", d.Bits)
		}
		out = append(out, entry{string(alg), fmt.Sprintf("signs self-contained tokens: %s, %s%s", d.Family, d.Clause, sizes)})
	}
	return out, nil
}

func listProfiles() ([]entry, error) {
	var out []entry
	for _, p := range scenarios.Profiles() {
		out = append(out, entry{p.Name, fmt.Sprintf("%d x %v a load step at %g/s, %v for costs", p.Repetitions, p.Load.Duration, p.Load.Rate, p.Budget)})
	}
	return out, nil
}

func listChecks() ([]entry, error) {
	var out []entry
	for _, c := range checks() {
		out = append(out, entry{c.ID, c.Title})
	}
	return out, nil
}

func listRequirements() ([]entry, error) {
	var out []entry
	for _, r := range conformance.Requirements(checks()) {
		out = append(out, entry{r.ID, fmt.Sprintf("%s, %s section %s: %s", r.Level, r.Document, r.Section, r.Text)})
	}
	return out, nil
}

func listFaults() ([]entry, error) {
	var out []entry
	for _, f := range fault.All() {
		out = append(out, entry{f.Name, "the issuer " + f.Title})
	}
	for _, d := range fault.Defects() {
		out = append(out, entry{d.Name, "the verifier " + d.Title})
	}
	return out, nil
}
