package targets

import (
	"fmt"
	"strings"
	"testing"
)

func TestTail(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("word ", 200)
	for _, test := range []struct {
		name   string
		writes []string
		want   string
	}{
		{"nothing", nil, ""},
		{"lines", []string{"a\nb\n"}, "a\nb"},
		{"pieces", []string{"a", "b\nc", "d"}, "ab\ncd"},
		{"blank lines", []string{"\n\r\n  \na\r\n"}, "a"},
		{"a long line", []string{long}, strings.TrimRight(long[:tailWidth], " ") + " ..."},
		{"not text", []string{"a\xffb\n"}, "a?b"},
		{"a token", []string{"token=" + strings.Repeat("A", 43) + " sent\n"}, "[redacted] sent"},
		{"a token in pieces", []string{"token: " + strings.Repeat("A", 20), strings.Repeat("B", 23) + "\n"}, "token: [redacted]"},
		{"a token that the width cuts", []string{strings.Repeat("word ", 78) + strings.Repeat("S", 43) + "\n"}, strings.TrimRight(strings.Repeat("word ", 78), " ") + " ..."},
		{"base64 with slashes", []string{"key " + strings.Repeat("Ab/+", 11) + "\n"}, "key [redacted]"},
		{"a path", []string{"open /usr/lib/oauthmark/registration.json"}, "open /usr/lib/oauthmark/registration.json"},
		{"a JWT", []string{strings.Repeat("a", 40) + "." + strings.Repeat("b", 99) + "." + strings.Repeat("c", 86)}, "[redacted].[redacted].[redacted]"},
	} {
		var tail Tail
		for _, w := range test.writes {
			if n, err := tail.Write([]byte(w)); n != len(w) || err != nil {
				t.Errorf("%s: wrote %d, %v", test.name, n, err)
			}
		}
		for range 2 { // reading changes nothing
			if got := tail.String(); got != test.want {
				t.Errorf("%s: %q, want %q", test.name, got, test.want)
			}
		}
	}
}

func TestTailKeepsTheLast(t *testing.T) {
	t.Parallel()
	var tail Tail
	for i := range 1000 {
		fmt.Fprintf(&tail, "line %d\n", i)
	}
	got := strings.Split(tail.String(), "\n")
	if len(got) != tailLines || got[0] != "line 950" || got[tailLines-1] != "line 999" {
		t.Errorf("%d lines, from %q to %q", len(got), got[0], got[len(got)-1])
	}
}
