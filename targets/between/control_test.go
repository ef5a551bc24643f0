package between

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// control sends a request to the proxy itself.
func control(t *testing.T, method, at, query string) (status int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+at+Path+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

func TestControl(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, method, query, from string
		anybody                   bool
		status                    int
		mode                      Mode
		delay                     time.Duration
	}{
		{"asked", http.MethodGet, "", "127.0.0.1:9", false, http.StatusOK, Pass, 0},
		{"set", http.MethodPost, "?mode=pass&delay=5ms", "127.0.0.1:9", false, http.StatusOK, Pass, 5 * time.Millisecond},
		{"slow by itself", http.MethodPost, "?mode=slow", "[::1]:9", false, http.StatusOK, Slow, slowDelay},
		{"unknown", http.MethodPost, "?mode=sleep", "127.0.0.1:9", false, http.StatusBadRequest, Pass, 0},
		{"no duration", http.MethodPost, "?mode=pass&delay=5", "127.0.0.1:9", false, http.StatusBadRequest, Pass, 0},
		{"too long", http.MethodPost, "?mode=pass&delay=2h", "127.0.0.1:9", false, http.StatusBadRequest, Pass, 0},
		{"from elsewhere", http.MethodPost, "?mode=down", "192.0.2.1:9", false, http.StatusForbidden, Pass, 0},
		{"from elsewhere, allowed", http.MethodPost, "?mode=down", "192.0.2.1:9", true, http.StatusOK, Down, 0},
		{"another method", http.MethodPut, "?mode=down", "127.0.0.1:9", false, http.StatusMethodNotAllowed, Pass, 0},
	} {
		asked := 0
		p, err := New(Options{To: "127.0.0.1:1", Anybody: tt.anybody, Asked: func() { asked++ }})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(tt.method, Path+tt.query, nil)
		r.RemoteAddr = tt.from
		w := httptest.NewRecorder()
		p.handler().ServeHTTP(w, r)
		if w.Code != tt.status || (asked == 1) != (tt.status != http.StatusForbidden) {
			t.Errorf("%s: status %d, asked %d times: %s", tt.name, w.Code, asked, w.Body)
		}
		var s Status
		if tt.status == http.StatusOK && (json.Unmarshal(w.Body.Bytes(), &s) != nil || s.Mode != tt.mode || s.Delay != tt.delay.String() || s.To != "127.0.0.1:1") {
			t.Errorf("%s: it says %s", tt.name, w.Body)
		}
		if now := p.now.Load(); now.Mode != tt.mode || now.Delay != tt.delay {
			t.Errorf("%s: condition %+v", tt.name, now.Condition)
		}
		if back, err := parseCondition(r.URL.Query()); err == nil && tt.status == http.StatusOK && tt.method == http.MethodPost {
			again := httptest.NewRequest(tt.method, Path+"?"+back.Query(), nil).URL.Query()
			if c, err := parseCondition(again); err != nil || c != back {
				t.Errorf("%s: %+v is written as %s", tt.name, back, back.Query())
			}
		}
	}
	for _, to := range []string{"", "127.0.0.1", "127.0.0.1:"} {
		if _, err := New(Options{To: to}); err == nil {
			t.Errorf("a proxy to %q was made", to)
		}
	}
}

// In the mode error nothing reaches the server. What came before is answered by it, and
// so is what comes afterwards, on the same connection.
func TestError(t *testing.T) {
	t.Parallel()
	var reached atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached.Add(1)
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	}))
	t.Cleanup(server.Close)
	p, at, _ := before(t, Options{To: server.Listener.Addr().String()})
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client := http.Client{Transport: transport, Timeout: 20 * time.Second}
	body := strings.Repeat("token=x&", 10_000) // of several chunks
	post := func(what string, status int, n int64) {
		t.Helper()
		resp, err := client.Post("http://"+at+"/introspect", "application/x-www-form-urlencoded", strings.NewReader(body))
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		defer resp.Body.Close()
		got, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != status || (string(got) == body) != (status == http.StatusOK) || reached.Load() != n {
			t.Errorf("%s: status %d, %v, and %d requests reached the server", what, resp.StatusCode, err, reached.Load())
		}
	}
	post("before", http.StatusOK, 1)
	set(t, p, Error, time.Millisecond)
	post("meanwhile", http.StatusInternalServerError, 1)
	post("again", http.StatusInternalServerError, 1)
	set(t, p, Pass, 0)
	post("after", http.StatusOK, 2)
	if n := p.Status().Accepted; n != 1 {
		t.Errorf("%d connections were made, want one", n)
	}

	set(t, p, Error, 0)
	c := dial(t, at)
	if _, err := io.WriteString(c, "GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(c)
	if err != nil || strings.Count(string(got), "HTTP/1.1 500 ") != 2 || strings.Count(string(got), "Connection: close") != 1 {
		t.Errorf("two requests at once got %q, %v", got, err)
	}
	other := dial(t, at)
	if _, err := io.WriteString(other, "*1\r\n$4\r\nPING\r\n"); err == nil {
		wantReset(t, other) // which isn't HTTP
	}
}
