package issuer

import (
	"context"
	"net/http/httptest"
	"testing"

	"github.com/oauthmark/oauthmark/reference/store"
)

// hangingUp is a store whose caller goes away once it has used something, and which
// does nothing for who has gone.
type hangingUp struct {
	store.Store
	gone context.CancelFunc
}

func (s *hangingUp) Use(ctx context.Context, k store.Key) (store.Record, bool, error) {
	defer s.gone()
	return s.Store.Use(ctx, k)
}

func (s *hangingUp) Revoke(ctx context.Context, subject store.Subject, until int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.Store.Revoke(ctx, subject, until)
}

// RFC 9700, section 4.14.2, and RFC 6749, section 4.1.2: what is used twice ends its
// family, also when whoever uses it the second time doesn't wait for the answer.
func TestReuseByWhoHangsUp(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"refresh token", "code"} {
		clk := newClock()
		memory := store.NewMemory(clk.now, sweepPeriod)
		defer memory.Close()
		s := &hangingUp{memory, func() {}}
		i := newIssuerOn(t, partyConfig(), clk, s)
		again := ask("app", codeOf(visit(t, i, authorization("app")).Get("code")))
		tokens := granted(t, i, again)
		if kind == "refresh token" {
			again = ask("app", refreshOf(text(tokens, "refresh_token")))
			tokens = granted(t, i, again)
		}
		r := again.http()
		ctx, gone := context.WithCancel(r.Context())
		s.gone = gone
		i.ServeHTTP(httptest.NewRecorder(), r.WithContext(ctx))
		if active(t, i, text(tokens, "access_token")) {
			t.Errorf("%s: its family goes on", kind)
		}
	}
}
