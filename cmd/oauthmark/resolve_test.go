package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
)

// Credentials go to the server that was named and nowhere else. On one host, net/http
// would send them along to any port.
func TestResolveFollowsNoRedirect(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s reached another server, with credentials: %v", r.Method, r.URL, r.Header.Get("Authorization") != "")
	}))
	t.Cleanup(elsewhere.Close)
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
			return
		}
		fmt.Fprintf(w, `{"issuer":%q,"token_endpoint":%q}`, server.URL, server.URL+"/token")
	}))
	t.Cleanup(server.Close)
	t.Setenv("OAUTHMARK_CLIENT_ID", "me")
	t.Setenv("OAUTHMARK_CLIENT_SECRET", "s3cr3t")
	_, err := (resolver{mayAsk: true}).resolve(t.Context(), []string{server.URL})
	if err == nil || !strings.Contains(err.Error(), "answered 307") {
		t.Errorf("error %v, want one that names the redirect", err)
	}
}

// named is a network of its own, in which each host is the one server, at its name: no
// name is looked up. It notes to whom connections go.
type named struct {
	server *httptest.Server
	mu     sync.Mutex
	hosts  []string
}

func (n *named) client() *http.Client {
	transport := n.server.Client().Transport.(*http.Transport).Clone()
	transport.TLSClientConfig.InsecureSkipVerify = true // its certificate has another name
	transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		n.mu.Lock()
		n.hosts = append(n.hosts, host)
		n.mu.Unlock()
		return new(net.Dialer).DialContext(ctx, network, n.server.Listener.Addr().String())
	}
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (n *named) asked() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	slices.Sort(n.hosts)
	return strings.Join(slices.Compact(n.hosts), " ")
}

// Load goes beyond this machine by a person's word alone: to hosts that they allowed, and
// not to one that metadata or a redirect names. Whoever isn't allowed isn't even asked.
func TestAllowHost(t *testing.T) {
	file := filepath.Join(t.TempDir(), "staging.yaml")
	if err := os.WriteFile(file, []byte("name: staging\nurl: https://as.test\nallow_hosts: [as.test]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("OAUTHMARK_CLIENT_ID", "me")
	t.Setenv("OAUTHMARK_CLIENT_SECRET", "s3cr3t")
	for _, tt := range []struct {
		name, target, scenario string
		allow                  []string
		keys, redirect         string // of the metadata; where the token endpoint leads
		asked, refused         string
	}{
		{"nobody's word", "https://as.test", "load/local", nil, "https://as.test/k", "", "", "as.test"},
		{"another's host", "https://as.test", "load/local", []string{"other.test"}, "https://as.test/k", "", "", "as.test"},
		{"allowed", "https://as.test", "load/local", []string{"as.test"}, "https://as.test/k", "", "as.test", ""},
		{"allowed by its file", file, "load/local", nil, "https://as.test/k", "", "as.test", ""},
		{"another name of this machine", "https://localhost", "load/local", nil, "https://127.0.0.1/k", "", "localhost", ""},
		{"metadata name another", "https://as.test", "load/local", []string{"as.test"}, "https://keys.test/k", "", "as.test", "keys.test"},
		{"both are allowed", "https://as.test", "load/local", []string{"as.test", "keys.test"}, "https://keys.test/k", "", "as.test", ""},
		{"a redirect names another", "https://as.test", "load/local", []string{"as.test", "other.test"}, "https://as.test/k", "https://other.test/t", "as.test", "answered 307"},
		{"no load", "https://as.test", "conform", nil, "https://keys.test/k", "", "as.test", ""},
	} {
		network := &named{}
		network.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/t" && tt.redirect != "":
				http.Redirect(w, r, tt.redirect, http.StatusTemporaryRedirect)
			case r.URL.Path == "/t":
				fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":60}`, "eyJhbGciOiJFUzI1NiJ9.e30.AAAA")
			default:
				fmt.Fprintf(w, `{"issuer":"https://%[1]s","token_endpoint":"https://%[1]s/t","jwks_uri":%[2]q}`, r.Host, tt.keys)
			}
		}))
		selected, err := scenarios.Select(catalogue(), []string{tt.scenario})
		if err != nil {
			t.Fatal(err)
		}
		found, err := resolver{selected: selected, allowHosts: tt.allow, mayAsk: true, client: network.client()}.resolve(t.Context(), []string{tt.target})
		if err == nil {
			_, err = scenarios.Make(selected, scenarios.Options{Targets: found, Profile: scenarios.Profiles()[0]}, 1)
		}
		if (err == nil) != (tt.refused == "") || err != nil && (!strings.Contains(err.Error(), tt.refused) || exitCode(emptyPlan(results.Plan{}, err)) != exitUsage) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.refused)
		}
		if got := network.asked(); got != tt.asked {
			t.Errorf("%s: %q was asked, want %q", tt.name, got, tt.asked)
		}
		network.server.Close()
	}
}
