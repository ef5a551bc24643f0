package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/scenarios"
)

// stdio is what a verb may read and write.
type stdio struct {
	in       io.Reader
	out, err io.Writer
}

// run carries out one command line and returns its exit code.
func run(ctx context.Context, args []string, std stdio) (code int) {
	// Go's own exit code of a panic is 2, which would blame whoever typed the command.
	defer func() {
		if cause := recover(); cause != nil {
			fmt.Fprintf(std.err, "oauthmark: this is a defect of oauthmark, please report it: %v\n%s", cause, debug.Stack())
			code = exitHarness
		}
	}()
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	// A second signal ends the process at once: the first has asked for an orderly end.
	context.AfterFunc(ctx, stop)

	out := &output{Writer: std.out}
	std.out = out
	root := newRoot(std)
	root.SetArgs(exclusions(root, args))
	err := root.ExecuteContext(ctx)
	code = exitCode(err)
	_, printed := err.(verdictError)
	if code != exitInterrupted && out.failed != nil {
		if printed {
			err, printed = nil, false
		}
		if !errors.Is(err, out.failed) {
			err = errors.Join(err, fmt.Errorf("write to standard output: %w", out.failed))
		}
		code = exitHarness
	}
	if err != nil && !printed {
		fmt.Fprintf(std.err, "oauthmark: %s\n", strings.TrimRight(report.PlainLines(err.Error()), "\n"))
	}
	return code
}

// output remembers that something could not be written, for who doesn't look at each write.
type output struct {
	io.Writer
	failed error
}

func (o *output) Write(p []byte) (n int, err error) {
	if o.failed == nil {
		n, o.failed = o.Writer.Write(p)
	}
	return n, o.failed
}

func newRoot(std stdio) *cobra.Command {
	root := &cobra.Command{
		Use:   "oauthmark",
		Short: "load-testing and conformance harness for OAuth 2.0 access tokens",
		Long: `oauthmark answers one question with evidence: which access-token strategy should
a deployment use, what does it cost, and does the server issue and judge such
tokens correctly?

  oauthmark run                              the default suite, on the reference servers
  oauthmark run --target oidc-provider       the same on another server
  oauthmark conform --target oidc-provider   are its tokens and answers right?
  oauthmark plan load/local                  what would run, without running it
  oauthmark report results/RUN               a run again, in any format

Exit codes: 0 pass, 1 a check says no, 2 bad usage, 3 inconclusive,
4 harness error, 130 interrupted.`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownVerb(args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(std.in)
	root.SetOut(std.out)
	root.SetErr(std.err)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef("%w: '%s --help' lists the flags", err, cmd.CommandPath())
	})
	for _, verb := range verbs() {
		root.AddCommand(verb.command(std))
	}
	return root
}

// unknownVerb is the error for a subcommand that doesn't exist.
func unknownVerb(given string) error {
	var names []string
	for _, v := range verbs() {
		names = append(names, v.name)
	}
	return scenarios.Unknown("verb", given, "'oauthmark --help'", names)
}
