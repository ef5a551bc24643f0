package load

import (
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

func TestOracle(t *testing.T) {
	t.Parallel()
	good, bad := bearer("", "good", Allow), bearer("", "expired", Deny)
	both := present("", Token{Client: targets.Client{ID: "c"}, Scope: "read write"}, Allow, "", quotable(nil), new(bool))
	unscoped := present("", Token{Client: targets.Client{ID: "c"}}, Allow, "", quotable(nil), new(bool))
	right := `{"client_id":"c","scope":"read","sub":"c"}`
	tests := []struct {
		name    string
		request Request
		code    int
		body    string
		want    results.SampleVerdicts
		first   string
	}{
		{"good and right", good, 200, right, results.SampleVerdicts{RightAllow: 1}, ""},
		{"good, members in another order", good, 200, `{"scope":"read","client_id":"c"}`, results.SampleVerdicts{RightAllow: 1}, ""},
		{"good, taken for another client", good, 200, `{"client_id":"d","scope":"read"}`, results.SampleVerdicts{WrongAllow: 1}, `taken for one of something else, 1 characters long`},
		{"good, taken for another scope", good, 200, `{"client_id":"c","scope":"read write"}`, results.SampleVerdicts{WrongAllow: 1}, `one with something else`},
		{"good, scope in another order", both, 200, `{"client_id":"c","scope":"write read"}`, results.SampleVerdicts{RightAllow: 1}, ""},
		{"good, nothing told of it", good, 200, `{}`, results.SampleVerdicts{RightAllow: 1}, ""},
		{"good, no scope told", good, 200, `{"client_id":"c"}`, results.SampleVerdicts{RightAllow: 1}, ""},
		{"good, no scope told of another's", good, 200, `{"client_id":"d"}`, results.SampleVerdicts{WrongAllow: 1}, "taken for one of"},
		{"good, no client told", good, 200, `{"scope":"read"}`, results.SampleVerdicts{RightAllow: 1}, ""},
		{"good, answered with a page", good, 200, `<html>`, results.SampleVerdicts{WrongAllow: 1}, "no JSON object"},
		{"good and refused", good, 401, ``, results.SampleVerdicts{WrongDeny: 1}, "refused with 401"},
		{"good and refused, with a reason", good, 401, `{"error":"invalid_token","error_description":"the token has expired"}`, results.SampleVerdicts{WrongDeny: 1}, "refused with 401: the token has expired"},
		{"good and refused, for a reason of ours", good, 401, `{"error":"invalid_token","error_description":"the token is not of type at+jwt"}`, results.SampleVerdicts{TransportError: 1}, "answered with 401: the token is not of type at+jwt"},
		{"bad and refused, for a reason of ours", bad, 401, `{"error":"invalid_token","error_description":"the token is not of type at+jwt"}`, results.SampleVerdicts{RightDeny: 1}, ""},
		{"good, issuer down", good, 503, `{"error":"temporarily_unavailable","error_description":"introspect token: the issuer answered with status 500"}`, results.SampleVerdicts{TransportError: 1}, "introspect token: the issuer answered with status 500"},
		{"good, of a scope that nobody told", unscoped, 200, right, results.SampleVerdicts{RightAllow: 1}, ""},
		{"good, server down", good, 503, ``, results.SampleVerdicts{TransportError: 1}, "answered with 503"},
		{"good, redirected", good, 302, ``, results.SampleVerdicts{TransportError: 1}, "answered with 302"},
		{"good, no answer", good, 0, ``, results.SampleVerdicts{TransportError: 1}, "connection reset"},
		{"bad and refused", bad, 401, ``, results.SampleVerdicts{RightDeny: 1}, ""},
		{"bad and forbidden", bad, 403, ``, results.SampleVerdicts{RightDeny: 1}, ""},
		{"bad and let in", bad, 200, right, results.SampleVerdicts{WrongAllow: 1}, "expired was let in"},
		{"bad, server down", bad, 500, ``, results.SampleVerdicts{TransportError: 1}, "answered with 500"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := newOracle(newTimeline([]Request{tt.request}, nil), nil)
			o.judge(0, time.Time{}, time.Time{}, tt.code, []byte(tt.body), "connection reset")
			first := o.counts.First
			o.counts.First = ""
			if o.counts != tt.want {
				t.Errorf("counts %+v, want %+v", o.counts, tt.want)
			}
			if !strings.Contains(first, tt.first) || (tt.first == "") != (first == "") {
				t.Errorf("first %q, want it to say %q", first, tt.first)
			}
		})
	}
}

// A server may say a token or a secret where a client or a scope belongs. What it
// said goes into the record only when it is what another request has.
func TestOracleQuotesNoSecret(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"client_id":"s3cr3t-t0ken","scope":"read"}`: "one of something else, 12 characters",
		`{"client_id":"c","scope":"s3cr3t-t0ken"}`:    "one with something else, 12 characters",
		`{"client_id":"d","scope":"read"}`:            `one of "d"`,
		`{"client_id":"c","scope":"write"}`:           `one with "write"`,
	} {
		tokens := []Token{{Value: "s3cr3t-t0ken", Client: targets.Client{ID: "c"}, Scope: "read"}, {Client: targets.Client{ID: "d"}, Scope: "write"}}
		o := newOracle(newTimeline([]Request{present("", tokens[0], Allow, "", quotable(tokens), new(bool))}, nil), nil)
		o.judge(0, time.Time{}, time.Time{}, 200, []byte(body), "")
		if first := o.counts.First; o.counts.WrongAllow != 1 || !strings.Contains(first, want) || strings.Contains(first, "s3cr3t") {
			t.Errorf("%s: first %q, want it to say %q", body, first, want)
		}
	}
}

// The comparison with an earlier right body must not make a wrong one right.
func TestOracleKeepsLookingAfterARightAnswer(t *testing.T) {
	t.Parallel()
	ofD := present("", Token{Client: targets.Client{ID: "d"}, Scope: "read"}, Allow, "", quotable(nil), new(bool))
	o := newOracle(newTimeline([]Request{bearer("", "good", Allow), ofD}, nil), nil)
	c, d := []byte(`{"client_id":"c","scope":"read"}`), []byte(`{"client_id":"d","scope":"read"}`)
	for _, step := range []struct {
		index int
		body  []byte
	}{{0, c}, {0, c}, {1, d}, {0, d}, {1, c}, {0, c}} {
		o.judge(step.index, time.Time{}, time.Time{}, 200, step.body, "")
	}
	if o.counts.RightAllow != 4 || o.counts.WrongAllow != 2 {
		t.Errorf("counts %+v, want 4 right and 2 wrong allows", o.counts)
	}
}
