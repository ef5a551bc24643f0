package process_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/targets"
	"github.com/oauthmark/oauthmark/targets/launch/process"
)

// TestReal starts each known target with the real program and looks whether every
// form of token that it declares comes out of it and gets past the verifier. It
// needs the programs that the targets require, and a package registry for the first
// installation, so it runs when OAUTHMARK_TEST_REAL is 1; then nothing that is
// missing excuses it.
func TestReal(t *testing.T) {
	if os.Getenv("OAUTHMARK_TEST_REAL") != "1" {
		t.Skip("OAUTHMARK_TEST_REAL is not 1")
	}
	self := filepath.Join(t.TempDir(), "oauthmark")
	if out, err := exec.Command("go", "build", "-o", self, "github.com/oauthmark/oauthmark/cmd/oauthmark").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	cache := t.TempDir()
	open := func(context.Context) (targets.Launcher, error) {
		return process.New(process.Options{Self: self, Cache: cache})
	}
	for _, name := range targets.Names() {
		t.Run(name, func(t *testing.T) {
			target, err := targets.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			env, err := targets.Start(t.Context(), targets.Options{Runtime: targets.Process, Process: open, Rand: rand.Reader},
				[]targets.Target{target})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := env.Stop(context.Background()); err != nil {
					t.Error(err)
				}
			}()
			in := env.Instance(name)
			for _, c := range in.Clients {
				token := fetch(t, in, c)
				if opaque := !strings.Contains(token, "."); opaque != (c.Form == targets.Opaque) {
					t.Errorf("%s: a token of another form", c.ID)
				}
				strategies := []string{"local"}
				if target.Lacks([]targets.Capability{targets.Introspects(c.Form)}) == "" {
					strategies = []string{"introspect", "introspect-cached"}
				}
				for _, s := range strategies {
					if got := present(t, in.Verifier+"/"+s+"/resource", token); got["client_id"] != c.ID || got["scope"] != strings.Join(c.Scopes, " ") {
						t.Errorf("%s, %s: the resource saw %v", c.ID, s, got)
					}
				}
			}
			for _, r := range in.Services {
				if u, ok := r.Usage(t.Context()); ok && u.PeakBytes == 0 {
					t.Errorf("%s: usage %+v", r.Name(), u)
				}
			}
			select {
			case d := <-env.Died():
				t.Error(d)
			default:
			}
		})
	}
}

var client = &http.Client{Timeout: 10 * time.Second}

func fetch(t *testing.T, in *targets.Instance, c targets.Client) string {
	t.Helper()
	req, err := c.TokenRequest(t.Context(), in.Endpoints[targets.TokenEndpoint])
	if err != nil {
		t.Fatal(err)
	}
	token, _ := answer(t, req)["access_token"].(string)
	if token == "" {
		t.Fatalf("%s: no token", c.ID)
	}
	return token
}

func present(t *testing.T, resource, token string) map[string]any {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, resource, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return answer(t, req)
}

func answer(t *testing.T, req *http.Request) map[string]any {
	t.Helper()
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s answered %d, %v", req.URL.Path, resp.StatusCode, err)
	}
	return out
}
