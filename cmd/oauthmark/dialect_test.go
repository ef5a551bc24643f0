package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/results"
)

// foreign is the reference issuer behind what makes of its JWTs those of another product:
// typ JWT, no kid beside one key whose certificate nobody can read, azp, scp and uti, no
// aud, a clock that is 5 s ahead, and 80 kB of claims.
type foreign struct {
	issuer *issuer.Issuer
	key    *ecdsa.PrivateKey
	ahead  int64

	mu   sync.Mutex
	made map[string]string // what the issuer made, by what the client got
}

func newForeign(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	at := "http://" + server.Listener.Addr().String()
	f := &foreign{ahead: 5, made: map[string]string{}}
	var err error
	f.issuer, err = issuer.New(issuer.Config{Issuer: at, Resource: "https://api.example", Introspector: issuer.Introspector{ID: "rs", Secret: "s3cr3t-rs"},
		Clients: []issuer.Client{{ID: "me", Secret: "s3cr3t", Form: "ES256", Scopes: []string{"read", "write"}}}}, issuer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	server.Config.Handler, server.Config.MaxHeaderBytes = f, 1<<20
	server.Start()
	t.Cleanup(func() { server.Close(); _ = f.issuer.Close() })
	return server
}

func (f *foreign) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/jwks" {
		point, _ := f.key.PublicKey.Bytes()
		encode := base64.RawURLEncoding.EncodeToString
		fmt.Fprintf(w, `{"keys":[{"kty":"EC","crv":"P-256","x":%q,"y":%q,"use":"sig","x5c":["garbage"]}]}`, encode(point[1:33]), encode(point[33:]))
		return
	}
	body, _ := io.ReadAll(r.Body)
	if form, _ := url.ParseQuery(string(body)); r.URL.Path == "/introspect" {
		f.mu.Lock()
		if made := f.made[form.Get("token")]; made != "" {
			form.Set("token", made)
		} else if len(form.Get("token")) > 1<<10 { // the issuer takes no such bodies
			form.Set("token", "unknown")
		}
		f.mu.Unlock()
		body = []byte(form.Encode())
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.Header.Del("Content-Length")
	got := httptest.NewRecorder()
	f.issuer.ServeHTTP(got, r)
	var answer map[string]any
	if json.Unmarshal(got.Body.Bytes(), &answer) == nil {
		if made, ok := answer["access_token"].(string); ok {
			answer["access_token"] = f.remake(made)
		}
		for _, name := range []string{"aud", "jti"} {
			if answer["active"] != nil {
				delete(answer, name)
			}
		}
		for _, name := range []string{"iat", "nbf"} {
			if at, ok := answer[name].(float64); ok {
				answer[name] = int64(at) + f.ahead
			}
		}
		got.Body.Reset()
		_ = json.NewEncoder(got.Body).Encode(answer)
	}
	for name, values := range got.Header() {
		w.Header()[name] = values
	}
	w.Header().Del("Content-Length")
	if strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		w.Header().Set("Content-Type", "application/json; charset=utf-8;")
	}
	w.WriteHeader(got.Code)
	_, _ = w.Write(got.Body.Bytes())
}

func (f *foreign) remake(made string) string {
	claims := jwt.MapClaims{}
	payload, _ := base64.RawURLEncoding.DecodeString(strings.Split(made, ".")[1])
	_ = json.Unmarshal(payload, &claims)
	claims["azp"], claims["uti"], claims["scp"] = claims["client_id"], claims["jti"], strings.Fields(claims["scope"].(string))
	for _, name := range []string{"client_id", "jti", "scope", "aud"} {
		delete(claims, name)
	}
	now := time.Now().Unix()
	claims["iat"], claims["nbf"], claims["exp"] = now+f.ahead, now+f.ahead, int64(claims["exp"].(float64))
	claims["roles"] = strings.Repeat("x", 60<<10)
	remade, _ := jwt.NewWithClaims(jwt.SigningMethodES256, claims).SignedString(f.key)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.made[remade] = made
	return remade
}

// Words of another product are no fault of it: neither verb accuses it, and both judge it.
func TestForeignDialectIsNoFault(t *testing.T) {
	t.Parallel()
	server := newForeign(t)
	run := func(args ...string) (int, results.Run) {
		t.Helper()
		out := t.TempDir()
		cmd := exec.Command("oauthmark", append(args, "--target", server.URL, "--runtime", "process", "--out", out)...)
		cmd.Env = append(os.Environ(), "OAUTHMARK_CLIENT_ID=me", "OAUTHMARK_CLIENT_SECRET=s3cr3t", "HOME="+t.TempDir(),
			"OAUTHMARK_INTROSPECTION_CLIENT_ID=rs", "OAUTHMARK_INTROSPECTION_CLIENT_SECRET=s3cr3t-rs")
		said, _ := cmd.CombinedOutput()
		files, _ := filepath.Glob(filepath.Join(out, "*", "run.json"))
		if len(files) != 1 {
			t.Fatalf("%v: no record: %s", args, said)
		}
		text, err := os.ReadFile(files[0])
		var record results.Run
		if err == nil {
			err = json.Unmarshal(text, &record)
		}
		if err != nil {
			t.Fatal(err)
		}
		return cmd.ProcessState.ExitCode(), record
	}
	code, record := run("conform")
	if code != exitPass {
		t.Errorf("conform: exit code %d", code)
	}
	passed := 0
	for _, r := range record.Steps {
		for _, f := range r.Findings {
			if f.Verdict == results.Pass {
				passed++
			} else if f.Verdict != results.None {
				t.Errorf("%s: %s, observed %q, reason %q", f.Check, f.Verdict, f.Observed, f.Reason)
			}
		}
	}
	if passed < 25 {
		t.Errorf("conform: %d checks pass", passed)
	}
	code, record = run("run", "load/local/ES256", "load/introspect/ES256", "--profile", "quick", "--rate", "50", "--duration", "400ms")
	if code == exitFail {
		t.Errorf("run: exit code %d", code)
	}
	judged := 0
	for _, r := range record.Steps {
		if r.Series == nil || !strings.Contains(r.Step.ID, "ES256") {
			continue
		}
		judged++
		if v := r.Series.Verdicts; v.RightAllow == 0 || v.WrongAllow+v.WrongDeny+v.TransportError > 0 {
			t.Errorf("%s: %+v", r.Step.ID, v)
		}
	}
	if judged < 2 {
		t.Errorf("run: %d steps were judged", judged)
	}
}
