package main

import (
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/oauthmark/oauthmark/report"
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

// catalogue lists the scenarios, in the order in which a plan lays them out.
func catalogue() []scenarios.Scenario {
	return slices.Concat(
		[]scenarios.Scenario{conformance.Scenario(checks()), cost.Scenario(os.Getenv)},
		load.Scenarios(),
	)
}

// suite is what 'run' does when nothing is named: these names, as if they were given.
// It answers the question that most people come with, in less than a hundred seconds: nine
// strategies that need no server of a store, with one form of token each and local with an
// algorithm more, and for how long eight of them let a revoked token in.
var suite = []string{
	"conform",
	"cost/cache-hit/opaque-43",
	"cost/hash/SHA-256/opaque-43", "cost/hash/SHA-256/jwt-0.6k",
	"cost/sign/RS256/0.6k", "cost/sign/ES256/0.6k", "cost/sign/EdDSA/0.6k",
	"cost/verify/RS256/0.6k", "cost/verify/ES256/0.6k", "cost/verify/EdDSA/0.6k",
	"load/introspect/opaque", "load/introspect-cached/opaque", "load/introspect-push/opaque",
	"load/local/RS256", "load/local/ES256", "load/local-cached/ES256", "load/local-denylist/ES256", "load/local-status/ES256",
	"load/phantom/ES256", "load/split/ES256",
	"revocation/introspect/opaque", "revocation/introspect-cached/opaque", "revocation/introspect-push/opaque",
	"revocation/local/ES256", "revocation/local-denylist/ES256", "revocation/local-status/ES256",
	"revocation/phantom/ES256", "revocation/split/ES256",
}

// suiteDuration is of one load step of the suite in the default profile, which has too many
// for the profile's own. Three repetitions have enough samples for p99.
const suiteDuration = time.Second

// openContainer and openProcess start servers in the two runtimes.
var (
	openContainer targets.Opener = container.Open
	openProcess   targets.Opener = process.Open
)

// checks lists the conformance checks, by document.
func checks() []conformance.Check { return documents.Checks() }

// format is a way to render a document.
type format struct {
	name, file string
	kept       bool // is written into a run's folder, beside the record
	write      func(w io.Writer, doc report.Document) error
}

// formats lists the ways to render a record. Plots are several files, and so are no
// format: render adds them.
var formats = []format{
	{"text", "report.txt", false, text.Write},
	{"html", "report.html", true, html.Write},
	{"markdown", "summary.md", true, markdown.Write},
	{"json", "report.json", false, writeJSON},
	{"junit", "junit.xml", true, junit.Write},
	{"csv", "series.csv", true, csv.Write},
	{"bench", "bench.txt", true, bench.Write},
	{"hlog", "latency.hlog", true, hlog.Write},
}

func writeJSON(w io.Writer, doc report.Document) error {
	raw, err := results.Marshal(doc.Record)
	if err == nil {
		_, err = w.Write(raw)
	}
	return err
}
