package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// started runs the command until end is called, and returns the URL that it listens on;
// warnings may come before.
func started(t *testing.T, arguments ...string) (at string, end func()) {
	t.Helper()
	cmd := exec.Command("oauthmark", append(arguments, "--listen", "127.0.0.1:0", "--until-eof")...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	end = sync.OnceFunc(func() {
		in.Close()
		rest, _ := io.ReadAll(stderr)
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %s", err, rest)
		}
	})
	t.Cleanup(end)
	lines := bufio.NewReader(stderr)
	line, err := lines.ReadString('\n')
	for err == nil && strings.Contains(line, ": warning: ") {
		line, err = lines.ReadString('\n')
	}
	_, at, ok := strings.Cut(strings.TrimSpace(line), " listening on ")
	if err != nil || !ok {
		t.Fatalf("it said %q, %v", line, err)
	}
	return at, end
}

// post sends a form and returns the answer's status, its members and its protocol.
func post(t *testing.T, c *http.Client, to string, form url.Values) (status int, m map[string]any, protocol int) {
	t.Helper()
	res, err := c.PostForm(to, form)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	_ = json.NewDecoder(res.Body).Decode(&m)
	return res.StatusCode, m, res.ProtoMajor
}
