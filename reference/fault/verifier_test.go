package fault_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/fault"
	"github.com/oauthmark/oauthmark/reference/verifier"
)

// That each defect is caught, and nothing else of the resource server changes, is tested
// with the scenarios that have to find it.
func TestDefects(t *testing.T) {
	t.Parallel()
	all := fault.Defects()
	if !slices.IsSortedFunc(all, func(a, b fault.Defect) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("not sorted by name")
	}
	names := map[string]bool{}
	for _, f := range fault.All() {
		names[f.Name] = true // one flag takes both
	}
	for _, d := range all {
		if d.Name == "" || d.Title == "" || d.Shown == "" || names[d.Name] {
			t.Errorf("%+v: incomplete, or the name occurs twice", d)
		}
		names[d.Name] = true
		if err := fault.Plant(d.Name, &verifier.Config{}, &verifier.Options{}); err != nil {
			t.Errorf("%s is listed and can't be had: %v", d.Name, err)
		}
	}
	if err := fault.Plant("no-such-defect", &verifier.Config{}, &verifier.Options{}); err == nil || !strings.Contains(err.Error(), "no-such-defect") {
		t.Errorf("unknown defect: %v", err)
	}
}

// The defects that are in the answers change what they say they change, and pass on the rest.
func TestTampering(t *testing.T) {
	t.Parallel()
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/events":
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, ": alive\n\nid: 7\nevent: revoked\ndata: {\"jti\":\"a\"}\n\nretry: 5\n")
		case "/down":
			w.WriteHeader(http.StatusBadGateway)
		default:
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"active":true,"exp":1700000000,"scope":"read"}`)
		}
	}))
	t.Cleanup(issuer.Close)
	for _, tt := range []struct{ defect, method, path, want string }{
		{"ignores-push", http.MethodGet, "/events", ": alive\n\nid: 7\n:event: revoked\n:data: {\"jti\":\"a\"}\n\nretry: 5\n"},
		{"ignores-push", http.MethodPost, "/introspect", `{"active":true,"exp":1700000000,"scope":"read"}`},
		{"outlives-exp", http.MethodPost, "/introspect", `{"active":true,"scope":"read"}`},
		{"outlives-exp", http.MethodGet, "/jwks", `{"active":true,"exp":1700000000,"scope":"read"}`},
		{"outage-as-inactive", http.MethodPost, "/introspect", `{"active":true,"exp":1700000000,"scope":"read"}`},
		{"outage-as-inactive", http.MethodPost, "/down", `{"active":false}`},
		{"outage-as-inactive", http.MethodGet, "/down", ""},
	} {
		var o verifier.Options
		if err := fault.Plant(tt.defect, &verifier.Config{}, &o); err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), tt.method, issuer.URL+tt.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := o.Client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || string(body) != tt.want {
			t.Errorf("%s: %s %s: %q, %v, want %q", tt.defect, tt.method, tt.path, body, err, tt.want)
		}
	}
	var o verifier.Options
	if err := fault.Plant("slides-ttl", &verifier.Config{Cache: verifier.Cache{TTL: verifier.Duration(time.Minute)}}, &o); err != nil {
		t.Fatal(err)
	}
	if now := time.Unix(1e9, 0); !o.Seams.Renew(now).Equal(now.Add(time.Minute)) {
		t.Errorf("renewed until %v", o.Seams.Renew(now))
	}
}
