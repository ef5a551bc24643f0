package main

import (
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/oauthmark/oauthmark/report/bench"
	"github.com/oauthmark/oauthmark/report/csv"
	"github.com/oauthmark/oauthmark/report/hlog"
	"github.com/oauthmark/oauthmark/report/html"
	"github.com/oauthmark/oauthmark/report/junit"
	"github.com/oauthmark/oauthmark/report/markdown"
	"github.com/oauthmark/oauthmark/report/text"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/scenarios/conformance/documents"
	"github.com/oauthmark/oauthmark/scenarios/cost"
	"github.com/oauthmark/oauthmark/scenarios/load"
	"github.com/oauthmark/oauthmark/targets"
	"github.com/oauthmark/oauthmark/targets/launch/container"
	"github.com/oauthmark/oauthmark/targets/launch/process"
)

// This file is the list of all that can be named. What isn't here doesn't exist
// for the command; nothing registers itself.

// verb is a subcommand; its file has its name.
type verb struct {
	name    string
	command func(std stdio) *cobra.Command
}

// verbs is a function, for help and unknown verbs ask for the list too.
func verbs() []verb {
	return []verb{
		{"run", runCommand},
		{"plan", planCommand},
		{"conform", conformCommand},
		{"report", reportCommand},
		{"list", listCommand},
		{"serve", serveCommand},
		{"version", versionCommand},
	}
}

// catalogue lists the scenarios, in the order in which a plan runs them.
func catalogue() []scenarios.Scenario {
	forms := targets.Forms()
	return slices.Concat(
		[]scenarios.Scenario{conformance.Scenario(checks()), cost.Scenario(os.Getenv)},
		load.Scenarios(forms, "ES256"),
	)
}

// openContainer and openProcess start servers in the two runtimes.
var (
	openContainer targets.Opener = container.Open
	openProcess   targets.Opener = process.Open
)

// checks lists the conformance checks, by document.
func checks() []conformance.Check { return documents.Checks() }

// format is a way to render a record.
type format struct {
	name, file string // file in the run's folder; empty for what is only printed
	write      func(w io.Writer, run results.Run) error
}

// formats lists the ways to render a record. Plots are several files, and so are no
// format: save writes them into the run's folder.
var formats = []format{
	{"text", "", text.Write},
	{"html", "report.html", html.Write},
	{"markdown", "summary.md", markdown.Write},
	{"json", "", func(w io.Writer, run results.Run) error {
		raw, err := results.Marshal(run)
		if err == nil {
			_, err = w.Write(raw)
		}
		return err
	}},
	{"junit", "junit.xml", junit.Write},
	{"csv", "series.csv", csv.Write},
	{"bench", "bench.txt", bench.Write},
	{"hlog", "latency.hlog", hlog.Write},
}
