package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

func reportCommand(std stdio) *cobra.Command {
	var wanted []string
	var out string
	var within []string
	cmd := &cobra.Command{
		Use:   "report RUN",
		Short: "render a saved run again",
		Long: `Render a run's folder, or its run.json, in any format. It needs no server, no
container and no network, and exits by the run's verdict, as the run itself did; of
an interrupted run that is 3, or 1 where something was found wrong before. With
--within it also answers which strategies stay within bounds: it exits 1 when none
does, and 3 when nothing that was measured can tell.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("report takes the folder of one run, for example 'oauthmark report results/20260101T000000Z'")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			chosen, err := chooseFormats(wanted, out)
			if err != nil {
				return err
			}
			asked, err := bounds(within)
			if err != nil {
				return err
			}
			var doc report.Document
			var files []file
			if err := heed(cmd.Context(), func() (err error) {
				run, err := results.Load(args[0])
				if err != nil {
					return usagef("report: %w", err)
				}
				if asked != nil {
					run.Plan.Within = asked
				}
				if doc, err = report.NewDocument(run); err != nil {
					return usagef("%w; give another run", err)
				}
				// Nothing is written before all is known to be well.
				if files, err = render(chosen, doc, out != ""); err == nil && out == "" {
					_, err = std.out.Write(files[0].data)
				}
				return err
			}); err != nil {
				return err
			}
			if out != "" {
				folder, err := results.Create(out)
				if err != nil {
					return usagef("--out %s: %w", out, err)
				}
				if err := writeFiles(cmd.Context(), folder, files); err != nil {
					return err
				}
			}
			if v := doc.Decision.Verdict; v != results.Pass {
				return verdictError{v}
			}
			return nil
		},
	}
	cmd.Flags().StringSliceVar(&wanted, "format", []string{"text"}, strings.Join(formatNames(), ", ")+"; several need --out")
	cmd.Flags().StringSliceVar(&within, "within", nil, withinUsage+" (default: what the run was asked)")
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

// heed does the work, and doesn't wait for it when the context ends: a person who
// interrupts a long rendering means it.
func heed(ctx context.Context, work func() error) error {
	done := make(chan func() error, 1)
	go func() {
		defer func() {
			if cause := recover(); cause != nil {
				stack := debug.Stack()
				done <- func() error { panic(fmt.Sprintf("%v\n%s", cause, stack)) } // for the caller to recover from
			}
		}()
		err := work()
		done <- func() error { return err }
	}()
	select {
	case end := <-done:
		return end()
	case <-ctx.Done():
		return ctx.Err()
	}
}
