package main

import (
	"bytes"
	"strings"

	"github.com/spf13/cobra"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

func reportCommand(std stdio) *cobra.Command {
	var wanted []string
	var out string
	cmd := &cobra.Command{
		Use:   "report RUN",
		Short: "render a saved run again",
		Long: `Render a run's folder, or its run.json, in any format. It needs no server, no
container and no network, and exits by the run's verdict, as the run itself did; of
an interrupted run that is 3, or 1 where something was found wrong before.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("report takes the folder of one run, for example 'oauthmark report results/20260101T000000Z'")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			chosen, err := chooseFormats(wanted, out)
			if err != nil {
				return err
			}
			run, err := results.Load(args[0])
			if err != nil {
				return usagef("report: %w", err)
			}
			doc, err := report.NewDocument(run)
			if err != nil {
				return usagef("%w; give another run", err)
			}
			if err := renderTo(std, out, chosen, doc); err != nil {
				return err
			}
			if v := doc.Decision.Verdict; v != results.Pass {
				return verdictError{v}
			}
			return nil
		},
	}
	cmd.Flags().StringSliceVar(&wanted, "format", []string{"text"}, strings.Join(formatNames(), ", ")+"; several need --out")
	cmd.Flags().StringVar(&out, "out", "", "`DIR` for the rendered files and plots instead of standard output")
	return cmd
}

func formatNames() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

func chooseFormats(wanted []string, out string) ([]format, error) {
	var chosen []format
	for _, name := range wanted {
		found := false
		for _, f := range formats {
			if f.name == name {
				chosen, found = append(chosen, f), true
			}
		}
		if !found {
			return nil, usagef("--format: %w", scenarios.Unknown("format", name, "'oauthmark report --help'", formatNames()))
		}
	}
	if len(chosen) == 0 {
		return nil, usagef("--format: name at least one of %s", strings.Join(formatNames(), ", "))
	}
	if len(chosen) > 1 && out == "" {
		return nil, usagef("--format %s: several formats are several files: say where with --out DIR", strings.Join(wanted, ","))
	}
	return chosen, nil
}

// renderTo prints one format, or writes the chosen ones and the plots to a folder.
func renderTo(std stdio, out string, chosen []format, doc report.Document) error {
	if out == "" {
		return chosen[0].write(std.out, doc)
	}
	folder, err := results.Create(out)
	if err != nil {
		return usagef("--out %s: %w", out, err)
	}
	for _, f := range chosen {
		var rendered bytes.Buffer
		if err := f.write(&rendered, doc); err != nil {
			return err
		}
		name := f.file
		if name == "" {
			name = "report." + map[string]string{"text": "txt", "json": "json"}[f.name]
		}
		if err := folder.Write(name, rendered.Bytes()); err != nil {
			return err
		}
	}
	return writePlots(folder, doc)
}
