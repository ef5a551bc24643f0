package main

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/targets/between"
)

// The proxy runs as a process of its own, is told what to do over its port, and ends with
// its parent.
func TestServeProxy(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	t.Cleanup(server.Close)
	at, end := started(t, "serve", "proxy", "--to", server.Listener.Addr().String())
	status := func(method, path string) (int, between.Status) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, at+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var s between.Status
		_ = json.NewDecoder(resp.Body).Decode(&s)
		return resp.StatusCode, s
	}
	if code, _ := status(http.MethodGet, "/token"); code != http.StatusTeapot {
		t.Errorf("status %d of the server behind it", code)
	}
	if code, s := status(http.MethodPost, between.Path+"?mode=error&delay=1ms"); code != http.StatusOK || s.Mode != between.Error || s.Delay != "1ms" || s.BytesTo == 0 {
		t.Errorf("status %d, %+v", code, s)
	}
	if code, _ := status(http.MethodGet, "/token"); code != http.StatusInternalServerError {
		t.Errorf("status %d, want 500", code)
	}
	end()
	if _, err := http.Get(at + between.Path); err == nil {
		t.Error("it is still there")
	}
}

// A proxy to nowhere, or with a control that isn't one, isn't started.
func TestServeProxyRefuses(t *testing.T) {
	t.Parallel()
	for arguments, want := range map[string]string{
		"":                                      "--to HOST:PORT is missing",
		"--to 127.0.0.1":                        "want host:port",
		"--to 127.0.0.1:1 --listen nowhere:-1":  "--listen nowhere:-1",
		"--to 127.0.0.1:1 --control everywhere": "use one of loopback, anybody",
		"--to 127.0.0.1:1 more":                 "more",
	} {
		var out, diagnostics strings.Builder
		code := run(t.Context(), append([]string{"serve", "proxy"}, strings.Fields(arguments)...), stdio{in: strings.NewReader(""), out: &out, err: &diagnostics})
		if code != 2 || !strings.Contains(diagnostics.String(), want) {
			t.Errorf("%q: exit %d: %s; want %q", arguments, code, diagnostics.String(), want)
		}
	}
}

// It ends when nobody asks how it is any more.
func TestServeProxyLease(t *testing.T) {
	at, _ := started(t, "serve", "proxy", "--to", "127.0.0.1:1", "--lease", "1s")
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(at + between.Path)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(at, "http://")) // which asks nothing
		if err != nil {
			return
		}
		conn.Close()
		if time.Now().After(deadline) {
			t.Fatal("it is still there")
		}
	}
}
