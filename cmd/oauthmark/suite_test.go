package main

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
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
		"load/introspect-cached/opaque@reference#1", "load/introspect-push/opaque@reference#1", "load/introspect/opaque@reference#1",
		"load/local-cached/ES256@reference#1", "load/local-denylist/ES256@reference#1", "load/local-status/ES256@reference#1",
		"load/local/ES256@reference#1", "load/local/RS256@reference#1",
		"load/phantom/ES256@reference#1", "load/split/ES256@reference#1",
		"revocation/introspect-cached/opaque@reference#1", "revocation/introspect-push/opaque@reference#1", "revocation/introspect/opaque@reference#1",
		"revocation/local-denylist/ES256@reference#1", "revocation/local-status/ES256@reference#1", "revocation/local/ES256@reference#1",
		"revocation/phantom/ES256@reference#1", "revocation/split/ES256@reference#1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the suite is\n%q\nwant\n%q", got, want)
	}
}

// The suite's steps are short in the profile that is used by default, so that a run without
// arguments takes less than a hundred seconds; what somebody asks for wins.
func TestSuiteIsShort(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args  []string
		lasts time.Duration
	}{
		{nil, time.Second}, {[]string{"--duration", "3s"}, 3 * time.Second}, {[]string{"--profile", "thorough"}, 5 * time.Second},
		{[]string{"load/local"}, 2 * time.Second},
	} {
		var out bytes.Buffer
		cmd := planCommand(stdio{out: &out, err: io.Discard})
		cmd.SetArgs(append(tt.args, "--json"))
		if err := cmd.Execute(); err != nil {
			t.Fatal(err)
		}
		var plan results.Plan
		if err := json.Unmarshal(out.Bytes(), &plan); err != nil {
			t.Fatal(err)
		}
		all := time.Duration(0)
		for _, step := range plan.Steps {
			all += time.Duration(step.Takes)
			if strings.HasPrefix(step.Scenario, "revocation/") { // as long as it takes to see the end of a token
				continue
			}
			if step.Load != nil && time.Duration(step.Load.Duration) != tt.lasts {
				t.Errorf("%v: a step lasts %v, want %v", tt.args, step.Load.Duration, tt.lasts)
			}
		}
		if tt.args == nil && all > 90*time.Second {
			t.Errorf("the suite takes about %v", all)
		}
	}
}
