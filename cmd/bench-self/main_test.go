//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// An empty selection is bad usage, and nothing was started: PROGRAM doesn't exist.
func TestSelection(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{nil, 2, "usage"},
		{[]string{"no-program", "no-such-bound"}, 2, "load/peak"},
		{[]string{"no-program", "start/"}, 4, "start/version"},
	} {
		var out, errs strings.Builder
		code := run(context.Background(), test.args, strings.NewReader(""), &out, &errs)
		if code != test.code || !strings.Contains(errs.String(), test.says) {
			t.Errorf("%q: exit code %d, want %d; said %q", test.args, code, test.code, errs.String())
		}
	}
	if n := len(selected(bounds(), []string{"issuer/issue/", "start/version"})); n != 4 {
		t.Errorf("%d bounds are selected by two prefixes, want 4", n)
	}
}

func TestNamesAreDistinct(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, b := range bounds() {
		if seen[b.name] || b.name == "" || b.what == "" || strings.Contains(b.name, " ") {
			t.Errorf("bound %q, of %q", b.name, b.what)
		}
		seen[b.name] = true
	}
}

// What can't be measured is listed, and fails where all is to be had.
func TestJudge(t *testing.T) {
	figure := func(f float64, err error) func(context.Context, string) (float64, error) {
		return func(context.Context, string) (float64, error) { return f, err }
	}
	for _, test := range []struct {
		ci    string
		bound bound
		code  int
		says  string
	}{
		{"", bound{name: "a", limit: 1, measure: figure(1, nil)}, 0, "holds"},
		{"", bound{name: "a", limit: 1, measure: figure(0.9, nil)}, 1, "falls short"},
		{"", bound{name: "a", limit: 1, atMost: true, measure: figure(1.1, nil)}, 1, "falls short"},
		{"", bound{name: "a", measure: figure(0, fmt.Errorf("%w: no node", errNotRun))}, 0, "not run: no node"},
		{"true", bound{name: "a", measure: figure(0, fmt.Errorf("%w: no node", errNotRun))}, 1, "not run: no node"},
		{"", bound{name: "a", measure: figure(0, errors.New("broken"))}, 4, ""},
	} {
		t.Setenv("CI", test.ci)
		var out, errs strings.Builder
		code := judge(context.Background(), []bound{test.bound}, "", &out, &errs)
		if code != test.code || !strings.Contains(out.String(), test.says) {
			t.Errorf("%+v: exit code %d, output %q", test, code, out.String())
		}
	}
}

// The two sides take turns, each is warmed up once, and what is compared is what one
// request uses.
func TestPaired(t *testing.T) {
	t.Parallel()
	used, order := 0.0, ""
	side := func(name string, uses float64) figure {
		return each(func() (float64, error) { return used, nil }, func(context.Context) (int64, error) {
			if order == "" { // cold
				used += 1000
			}
			order += name
			used += 10 * uses
			return 10, nil
		})
	}
	got, err := paired(context.Background(), 1, [2]figure{side("a", 6), side("b", 2)})
	if err != nil || got != 3 || order != "abba" {
		t.Errorf("%v, %v, in the order %s; want 3, in turns", got, err, order)
	}
	none := each(clock, func(context.Context) (int64, error) { return 0, nil })
	if _, err := paired(context.Background(), 3, [2]figure{none, none}); err == nil {
		t.Error("a side that got no answer has a figure")
	}
}
