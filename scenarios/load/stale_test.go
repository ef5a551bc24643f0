package load

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/targets"
	"github.com/oauthmark/oauthmark/targets/redact"
)

// An expired token is one that was good: it is obtained once, early, and presented
// when it has expired, never before.
func TestStale(t *testing.T) {
	t.Parallel()
	var issued atomic.Int64
	var lifetime atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"access_token":"opaque-%d","token_type":"Bearer","expires_in":%d}`, issued.Add(1), lifetime.Load())
	}))
	t.Cleanup(server.Close)
	inst := &targets.Instance{
		Target:    targets.Target{Name: "x"},
		Secrets:   redact.New(),
		Endpoints: targets.Endpoints{targets.TokenEndpoint: server.URL},
		Clients:   []targets.Client{{ID: "a", Form: targets.Opaque}, {ID: "short", Form: targets.Opaque, Lifetime: time.Second}},
	}
	lifetime.Store(0) // it has expired, and its grace is still to pass
	var s stale
	for range 2 {
		tokens, err := s.obtain(t.Context(), inst, targets.Opaque)
		if err != nil || len(tokens) != staleTokens || issued.Load() != staleTokens {
			t.Fatalf("%d tokens, %d issued, %v: want %d, once", len(tokens), issued.Load(), err, staleTokens)
		}
	}
	old, err := s.expired(t.Context(), inst, targets.Opaque)
	if err != nil || len(old) != staleTokens {
		t.Fatalf("%d expired tokens, %v", len(old), err)
	}
	for _, o := range old {
		if time.Now().Before(o.Expires.Add(graceAfterExpiry)) {
			t.Errorf("a token that expires at %v is called expired", o.Expires)
		}
	}

	lifetime.Store(3600) // a server that gives no short life
	var long stale
	if old, err := long.expired(t.Context(), inst, targets.Opaque); err != nil || len(old) != 0 {
		t.Errorf("%d tokens of an hour are called expired, %v", len(old), err)
	}
	inst.Clients = inst.Clients[:1]
	var none stale
	if old, err := none.expired(t.Context(), inst, targets.Opaque); err != nil || len(old) != 0 {
		t.Errorf("%d tokens without a client for them, %v", len(old), err)
	}
}
