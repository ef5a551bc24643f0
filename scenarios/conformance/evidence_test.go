package conformance_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/oauthmark/oauthmark/reference/fault"
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// wiretap notes every token that goes over the wire.
type wiretap struct {
	http.Handler
	mu     sync.Mutex
	tokens []string
}

func (w *wiretap) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.Handler.ServeHTTP(&tapped{ResponseWriter: rw, tap: w}, r)
}

type tapped struct {
	http.ResponseWriter
	tap *wiretap
}

func (t *tapped) Write(b []byte) (int, error) {
	var members struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if json.Unmarshal(b, &members) == nil {
		t.tap.mu.Lock()
		t.tap.tokens = append(t.tap.tokens, members.Access, members.Refresh)
		t.tap.mu.Unlock()
	}
	return t.ResponseWriter.Write(b)
}

// No finding holds a token, a usable part of one, or a secret, whatever the server does.
func TestFindingsHoldNoSecret(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "refresh-token-issued", "access-token-control-character", "token-response-not-json", "jwt-jti-repeated", "echo"} {
		t.Run("fault "+name, func(t *testing.T) {
			t.Parallel()
			clock := newClock()
			tap := &wiretap{}
			inst := reference(t, clock, func(iss *issuer.Issuer) (h http.Handler, err error) {
				switch name {
				case "":
					h = iss
				case "echo":
					h = echo(iss)
				default:
					h, err = fault.Wrap(name, iss)
				}
				tap.Handler = h
				return tap, err
			})
			findings := judge(t, all(), inst, clock)
			raw, err := json.Marshal(findings)
			if err != nil {
				t.Fatal(err)
			}
			text := string(raw)
			if len(tap.tokens) < 20 {
				t.Fatalf("only %d tokens were seen on the wire", len(tap.tokens))
			}
			wantAbsent(t, text, tap.tokens, inst)
			if !strings.Contains(text, "[redacted") || !strings.Contains(text, "client_credentials") {
				t.Error("the evidence shows no redacted exchange")
			}
		})
	}
}

func wantAbsent(t *testing.T, text string, tokens []string, inst *targets.Instance) {
	t.Helper()
	for _, token := range tokens {
		token = strings.TrimSpace(token)
		parts := strings.Split(token, ".")
		if token != "" && (strings.Contains(text, token) || strings.Contains(text, parts[len(parts)-1])) {
			t.Errorf("a token of %d characters, or its signature, is in the findings", len(token))
		}
		// Not even a part of it, such as a cut would leave: a quarter is far from enough to
		// guess an opaque token, and more than any two texts have in common by chance.
		if len(parts) == 1 && token != "" && (strings.Contains(text, token[:12]) || strings.Contains(text, token[len(token)-12:])) {
			t.Error("a part of an opaque token is in the findings")
		}
		if len(parts) == 3 && strings.Contains(text, parts[1]+".") {
			t.Error("a token with another signature is in the findings")
		}
	}
	for _, c := range append(inst.Clients, inst.Introspector) {
		if s := c.Secret.Reveal(); strings.Contains(text, s) || strings.Contains(text, basic(c)) {
			t.Errorf("the secret of %s is in the findings", c.ID)
		}
	}
	if strings.Contains(text, "Basic cm") {
		t.Error("an Authorization header is in the findings")
	}
}

// echo repeats in headers and in members that are shown all that a client sent and
// got: a server can't be trusted to keep a secret out of its errors.
func echo(iss *issuer.Issuer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, password, _ := r.BasicAuth()
		w.Header().Set("WWW-Authenticate", `Basic realm="`+password+" "+r.Header.Get("Authorization")+`"`)
		raw, _ := io.ReadAll(r.Body) // what is missing shows in the checks
		r.Body = io.NopCloser(bytes.NewReader(raw))
		body, _ := url.ParseQuery(string(raw))
		rec := httptest.NewRecorder()
		iss.ServeHTTP(rec, r)
		var members map[string]any
		answer := rec.Body.Bytes()
		if json.Unmarshal(answer, &members) == nil && r.Method == http.MethodPost {
			token, _ := members["access_token"].(string)
			// The filler makes a text that is cut end within the token.
			members["scope"] = strings.Repeat("x ", 87) + token + " " + body.Get("token") + password
			members["sub"] = strings.Repeat("x", 103) + body.Get("token")
			members["token_type"] = token
			members["error_description"] = body.Get("token") + password
			members["password_"+password] = true
			answer, _ = json.Marshal(members)
		}
		maps.Copy(w.Header(), rec.Header())
		w.WriteHeader(rec.Code)
		_, _ = w.Write(answer)
	})
}

// The evidence says what was sent and what came, in a form that a person can read.
func TestEvidenceIsReadable(t *testing.T) {
	t.Parallel()
	clock := newClock()
	for _, f := range judge(t, all(), reference(t, clock, clean), clock) {
		if f.Check == "rfc9068/2.2/jti-unique" && (len(f.Evidence) != 9 || f.Evidence[8] != "and 16 more exchanges") {
			t.Errorf("%d exchanges are shown, the last is %q", len(f.Evidence), f.Evidence[len(f.Evidence)-1])
		}
		if f.Check != "rfc9068/2.1/typ" {
			continue
		}
		if len(f.Evidence) != 3 {
			t.Fatalf("%d exchanges, want one for each self-contained form", len(f.Evidence))
		}
		for _, want := range []string{"POST http://127.0.0.1:", "/token\n", "Authorization: Basic [redacted, client RS256-two]",
			"grant_type=client_credentials", "scope=read write", "200 OK", "Cache-Control: no-store",
			"[redacted JWT of ", `at+jwt`, "RS256", "signature of 256 bytes"} {
			if !strings.Contains(f.Evidence[0], want) {
				t.Errorf("no %q in\n%s", want, f.Evidence[0])
			}
		}
		if f.Verdict != results.Pass {
			t.Errorf("verdict %s", f.Verdict)
		}
	}
}
