package issuer

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// wantProblem checks an error answer as a whole (RFC 6749, section 5.2).
func wantProblem(t *testing.T, w *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	if w.Code != status {
		t.Errorf("status %d, want %d", w.Code, status)
	}
	wantHeaders(t, w)
	m := object(t, w)
	if m["error"] != code {
		t.Errorf("error %v, want %q", m["error"], code)
	}
	description, _ := m["error_description"].(string)
	if len(m) != 2 || description == "" {
		t.Errorf("members %v", m)
	}
	// %x20-21 / %x23-5B / %x5D-7E
	if !printable(description) || strings.ContainsAny(description, `"\`) {
		t.Errorf("description %q has a character that is not allowed", description)
	}
	challenge := w.Header().Get("WWW-Authenticate")
	if want := status == http.StatusUnauthorized; strings.HasPrefix(challenge, "Basic ") != want {
		t.Errorf("WWW-Authenticate is %q with status %d", challenge, status)
	}
	if allow := w.Header().Get("Allow"); (allow == "POST") != (status == http.StatusMethodNotAllowed) {
		t.Errorf("Allow is %q with status %d", allow, status)
	}
}

// brokenStore can't tell.
type brokenStore struct{ store.Store }

var errBroken = errors.New("broken")

func (brokenStore) Put(context.Context, store.Key, store.Record) error { return errBroken }
func (brokenStore) Get(context.Context, store.Key) (store.Record, bool, error) {
	return store.Record{}, false, errBroken
}
func (brokenStore) Use(context.Context, store.Key) (store.Record, bool, error) {
	return store.Record{}, false, errBroken
}
func (brokenStore) Remember(context.Context, store.Key, int64) (bool, error) { return false, errBroken }
func (brokenStore) Revoke(context.Context, store.Subject, int64) error       { return errBroken }
func (brokenStore) Revoked(context.Context, ...store.Subject) (bool, error) {
	return false, errBroken
}
func (brokenStore) List(context.Context, store.Cursor, int) ([]store.Revocation, store.Cursor, error) {
	return nil, "", errBroken
}
func (brokenStore) Close() error { return errBroken }

// A store that fails is not the same as a token that isn't there.
func TestUnavailable(t *testing.T) {
	t.Parallel()
	i := newIssuerOn(t, testConfig(), newClock(), brokenStore{})
	wantProblem(t, do(i, request{path: "/token", id: "opaque", secret: "s-opaque", body: plainGrant}), 503, "temporarily_unavailable")
	wantProblem(t, introspect(i, strings.Repeat("a", token.OpaqueLength)), 503, "temporarily_unavailable")
	if err := i.Close(); err != nil {
		t.Errorf("closed a store that is not its own: %v", err)
	}
}

func TestNoRandomness(t *testing.T) {
	t.Parallel()
	ring := testRing(t)
	for name, random := range map[string]string{"none": "", "for the id only": strings.Repeat("x", 16)} {
		i := newIssuerWith(t, testConfig(), Options{Keys: ring, Rand: strings.NewReader(random)})
		t.Run(name, func(t *testing.T) {
			wantProblem(t, do(i, request{path: "/token", id: "opaque", secret: "s-opaque", body: plainGrant}), 503, "temporarily_unavailable")
		})
	}
}
