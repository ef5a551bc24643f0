package main

import (
	"slices"
	"testing"

	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// What 'run' does when nothing is named is a promise: other names and other steps are a
// change that somebody decides on.
func TestSuite(t *testing.T) {
	t.Parallel()
	selected, err := scenarios.Select(catalogue(), suite)
	if err != nil {
		t.Fatal(err)
	}
	reference, err := targets.Load("reference")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := scenarios.Make(selected, scenarios.Options{Targets: []targets.Target{reference}, Profile: scenarios.Profiles()[0]}, 1)
	if err != nil || len(plan.Skipped) > 0 {
		t.Fatalf("error %v, skipped %v", err, plan.Skipped)
	}
	var got []string
	for _, step := range plan.Steps {
		got = append(got, step.ID)
		if step.ID == "cost" {
			got = append(got, step.Items...)
		}
	}
	slices.Sort(got)
	want := []string{
		"conform@reference", "cost",
		"cost/cache-hit/opaque-43", "cost/hash/SHA-256/jwt-0.6k", "cost/hash/SHA-256/opaque-43",
		"cost/sign/ES256/0.6k", "cost/sign/EdDSA/0.6k", "cost/sign/RS256/0.6k",
		"cost/verify/ES256/0.6k", "cost/verify/EdDSA/0.6k", "cost/verify/RS256/0.6k",
		"load/floor@reference#1",
		"load/introspect-cached/ES256@reference#1", "load/introspect-cached/opaque@reference#1",
		"load/introspect/ES256@reference#1", "load/introspect/opaque@reference#1",
		"load/local/ES256@reference#1", "load/local/EdDSA@reference#1", "load/local/RS256@reference#1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the suite is\n%q\nwant\n%q", got, want)
	}
}
