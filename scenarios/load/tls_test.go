package load

import (
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/dpop"
	"github.com/oauthmark/oauthmark/results"
)

// On each way the good tokens are let in and the others aren't: those with a spoiled
// signature, and where tokens are bound, those of a holder who can't prove it. A cold way
// has a handshake for each request, which shows in its bytes.
func TestWays(t *testing.T) {
	t.Parallel()
	load := results.Offered{Arrivals: results.Constant, Rate: 200, Duration: results.Duration(500 * time.Millisecond), Tokens: 8, Mix: "valid=1"}
	steps := runReference(t, "", "tls", load)
	if len(steps) != len(ways) {
		t.Fatalf("%d steps, want one for each of %v", len(steps), ways)
	}
	bytes := map[string]int64{}
	for _, s := range steps {
		way := s.Step.Axis("way").Value
		if s.Series == nil {
			t.Errorf("%s: %s", way, s.Reason)
			continue
		}
		v := s.Series.Verdicts
		if v.RightAllow < 80 || v.RightDeny == 0 || v.WrongAllow+v.WrongDeny+v.TransportError > 0 || s.Step.Load.Mix != "" {
			t.Errorf("%s: %+v of mix %q", way, v, s.Step.Load.Mix)
		}
		bad := BadSignature
		if way == wayMTLS || way == wayDPoP {
			bad = Stolen
		}
		if o, ok := s.Series.Outcome(bad); !ok || o.Verdicts.RightDeny != v.RightDeny {
			t.Errorf("%s: outcome %s: %+v", way, bad, o)
		}
		if _, ok := s.Series.Counter("jwks_fetches"); !ok {
			t.Errorf("%s: the resource server's counters weren't read", way)
		}
		bytes[way] = s.Series.BytesIn / s.Series.Sent
	}
	// Where this machine is busy, a kept way needs many connections, too.
	if certificate := int64(1000); bytes[wayCold] < bytes[wayPlain]+certificate || bytes[wayKept] <= bytes[wayPlain] {
		t.Errorf("bytes in for a request: %v", bytes)
	}
}

// A proof is what the resource server's own judge takes for one, for one request and token.
func TestProof(t *testing.T) {
	t.Parallel()
	p, err := newProver()
	if err != nil {
		t.Fatal(err)
	}
	text, err := p.prove("GET", "https://r.example/a", "token")
	if err != nil {
		t.Fatal(err)
	}
	again, _ := p.prove("GET", "https://r.example/a", "token")
	got, err := dpop.Parse(text)
	if err != nil || got.Method != "GET" || got.Target != "https://r.example/a" || got.TokenHash != dpop.TokenHash("token") || got.Thumbprint == "" {
		t.Errorf("%+v, %v", got, err)
	}
	if other, err := dpop.Parse(again); err != nil || other.ID == got.ID || other.Thumbprint != got.Thumbprint {
		t.Errorf("%+v after %+v, %v", other, got, err)
	}
	other, err := newProver()
	if err != nil {
		t.Fatal(err)
	}
	theirs, _ := other.prove("GET", "https://r.example/a", "token")
	if stranger, err := dpop.Parse(theirs); err != nil || stranger.Thumbprint == got.Thumbprint {
		t.Errorf("another prover has the same key, %v", err)
	}
}

// Proofs are made before a step, and old ones are refused.
func TestLongStepsHaveNoProofs(t *testing.T) {
	t.Parallel()
	p := &presenting{step: results.Step{Load: &results.Offered{Duration: results.Duration(time.Minute)}}}
	if _, err := p.withProofs(t.Context()); err == nil {
		t.Error("a step of a minute has proofs")
	}
}
