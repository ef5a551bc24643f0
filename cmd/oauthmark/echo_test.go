package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/token"
)

const (
	echoedSecret       = `s3cr3t/"of the client<+`
	echoedIntrospector = "another-s3cr3t-of-the-resource-server"
)

// parrot is the reference issuer behind what says again all secrets and tokens that it
// knows, in every spelling, in its own way.
type parrot struct {
	issuer *issuer.Issuer
	say    func(w http.ResponseWriter, answer map[string]any, said []string)

	mu    sync.Mutex
	known []string
	turn  int // spellings take turns, for all of them don't fit into a header
}

func newParrot(t *testing.T, form string, say func(http.ResponseWriter, map[string]any, []string)) (*parrot, string) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	at := "http://" + server.Listener.Addr().String()
	p := &parrot{say: say, known: []string{echoedSecret, echoedIntrospector}}
	var err error
	config := issuer.Config{Issuer: at, Resource: "https://api.example", Introspector: issuer.Introspector{ID: "rs", Secret: echoedIntrospector}}
	config.Clients = []issuer.Client{{ID: "me", Secret: echoedSecret, Form: token.Form(form), Scopes: []string{"read", "write"}}}
	if p.issuer, err = issuer.New(config, issuer.Options{}); err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = p
	server.Start()
	t.Cleanup(func() { server.Close(); _ = p.issuer.Close() })
	return p, at
}

func (p *parrot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	got := httptest.NewRecorder()
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	p.issuer.ServeHTTP(got, r)
	maps.Copy(w.Header(), got.Header())
	w.Header().Del("Content-Length")
	var answer map[string]any
	if json.Unmarshal(got.Body.Bytes(), &answer) != nil || strings.Contains(r.URL.Path, "jwks") {
		w.WriteHeader(got.Code)
		_, _ = w.Write(got.Body.Bytes())
		return
	}
	p.mu.Lock()
	if token, ok := answer["access_token"].(string); ok {
		p.known = append(p.known, token)
	}
	p.turn++
	// The newest token, and the secrets.
	var said []string
	for _, secret := range []string{p.known[len(p.known)-1], echoedSecret, echoedIntrospector} {
		all := everySpelling(secret)
		said = append(said, all[p.turn%len(all)], secret)
	}
	p.mu.Unlock()
	p.say(w, answer, said)
	w.WriteHeader(got.Code)
	_ = json.NewEncoder(w).Encode(answer)
}

func everySpelling(s string) []string {
	each := func(format string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			fmt.Fprintf(&b, format, c)
		}
		return b.String()
	}
	quoted, _ := json.Marshal(s)
	return []string{s, strings.ToUpper(s), strings.ToLower(s), url.QueryEscape(s), url.PathEscape(s), each("%%%02X"), html.EscapeString(s),
		each("&#%d;"), string(quoted[1 : len(quoted)-1]), each(`\u%04x`), hex.EncodeToString([]byte(s)), each("%02X"),
		base64.StdEncoding.EncodeToString([]byte("me:" + s)), base64.StdEncoding.EncodeToString([]byte(s)), base64.RawURLEncoding.EncodeToString([]byte(url.QueryEscape(s)))}
}

// Whatever a server says, and wherever: no token and no secret is in anything that a verb
// prints or saves.
func TestNoVerbRepeatsASecret(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, form string
		say        func(http.ResponseWriter, map[string]any, []string)
	}{
		{"scope", "opaque", func(_ http.ResponseWriter, answer map[string]any, said []string) {
			answer["scope"] = "read " + strings.Join(said, " ")
		}},
		{"scope of JWT", "ES256", func(_ http.ResponseWriter, answer map[string]any, said []string) {
			answer["scope"] = said[0]
		}},
		{"members", "opaque", func(_ http.ResponseWriter, answer map[string]any, said []string) {
			all := strings.Join(said, " ")
			for _, name := range []string{"error", "error_description", "sub", "username", "client_id", "token_type", "jti", "scopes_supported", "x " + all} {
				if answer["issuer"] == nil || name != "token_type" {
					answer[name] = all
				}
			}
		}},
		{"headers", "ES256", func(w http.ResponseWriter, answer map[string]any, said []string) {
			all := strings.NewReplacer("\n", "", "\r", "").Replace(strings.Join(said, " "))
			w.Header().Set("WWW-Authenticate", `Basic realm="`+all+`"`)
			w.Header().Set("Cache-Control", all)
			w.Header().Set("Pragma", all)
			w.Header().Set("Allow", all)
			if answer["issuer"] == nil {
				w.Header().Set("Content-Type", "application/json; x="+all)
			}
		}},
		{"status line", "opaque", func(w http.ResponseWriter, answer map[string]any, said []string) {
			if answer["active"] == nil {
				return
			}
			if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
				fmt.Fprintf(c, "HTTP/1.1 %s\r\n%s\r\n\r\n", strings.Join(said, " "), said[1])
				_ = c.Close()
				panic(http.ErrAbortHandler) // the connection isn't the server's any more
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p, at := newParrot(t, test.form, test.say)
			out := t.TempDir()
			printed := map[string]string{}
			verb := func(args ...string) {
				cmd := exec.Command("oauthmark", args...)
				cmd.Env = append(os.Environ(), "OAUTHMARK_CLIENT_ID=me", "OAUTHMARK_CLIENT_SECRET="+echoedSecret, "HOME="+t.TempDir(),
					"OAUTHMARK_INTROSPECTION_CLIENT_ID=rs", "OAUTHMARK_INTROSPECTION_CLIENT_SECRET="+echoedIntrospector)
				said, _ := cmd.CombinedOutput() // what it finds isn't what is asked here
				printed[strings.Join(args[:min(3, len(args))], " ")] = string(said)
			}
			verb("plan", "load/introspect", "--target", at)
			verb("conform", "--target", at, "--runtime", "process", "--out", out)
			verb("run", "load/introspect", "load/local", "--target", at, "--runtime", "process", "--out", out, "--profile", "quick", "--rate", "50", "--duration", "300ms", "--tokens", "8")
			records, _ := filepath.Glob(filepath.Join(out, "*"))
			if len(records) == 0 {
				t.Fatalf("nothing was saved: %v", printed)
			}
			for _, record := range records {
				for _, f := range formats {
					verb("report", record, "--format="+f.name)
				}
			}
			_ = filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					var text []byte
					text, err = os.ReadFile(path)
					printed[path] = string(text)
				}
				return err
			})
			p.mu.Lock()
			defer p.mu.Unlock()
			if len(p.known) < 10 {
				t.Errorf("only %d tokens were issued", len(p.known)-2)
			}
			for where, text := range printed {
				low := strings.ToLower(text)
				for _, secret := range p.known {
					for n, spelled := range everySpelling(secret) {
						if strings.Contains(low, strings.ToLower(spelled)) {
							t.Errorf("%s has spelling %d of %.12q", filepath.Base(where), n, secret)
						}
					}
				}
			}
			if !slices.Contains(slices.Collect(maps.Keys(printed)), "plan load/introspect --target") {
				t.Error("nothing was looked at")
			}
		})
	}
}
