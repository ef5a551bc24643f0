package load

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
	"github.com/oauthmark/oauthmark/targets/redact"
)

const clientSecret = "s3cr3t-s3cr3t"

// issuing is an instance whose token endpoint is the handler.
func issuing(t *testing.T, h http.HandlerFunc) *targets.Instance {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return &targets.Instance{
		Target: targets.Target{Name: "t"}, Verifier: "http://127.0.0.1:1", Secrets: redact.New(clientSecret),
		Endpoints: targets.Endpoints{targets.TokenEndpoint: server.URL},
		Clients:   []targets.Client{{ID: "c", Secret: clientSecret, Form: targets.Opaque}},
	}
}

// Whatever a server says, and wherever it says it, no secret of the exchange gets
// into the error, which is printed and recorded.
func TestObtainQuotesNoSecret(t *testing.T) {
	t.Parallel()
	raw := func(answer string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			fmt.Fprint(c, answer)
		}
	}
	for _, tt := range []struct {
		name, want string
		answer     http.HandlerFunc
	}{
		{"as an error", "answered 400 Bad Request", raw("HTTP/1.1 400 OK\r\nConnection: close\r\n\r\n{\"error\":\"" + clientSecret + "\"}")},
		{"as a reason phrase", "answered 401 invalid_client", raw("HTTP/1.1 401 " + clientSecret + "\r\nConnection: close\r\n\r\n{\"error\":\"invalid_client\"}")},
		{"as an algorithm", "came as another form where opaque", raw("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" +
			`{"access_token":"eyJhbGciOiJzM2NyM3QtczNjcjN0In0.e30.eA"}`)}, // {"alg":"s3cr3t-s3cr3t"}
		{"in a broken header", "doesn't answer in HTTP", raw("HTTP/1.1 200 OK\r\n" + clientSecret + "\r\n\r\n")},
		{"instead of HTTP", "doesn't answer in HTTP", raw(clientSecret + "\r\n\r\n")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			inst := issuing(t, tt.answer)
			_, err := Obtain(t.Context(), inst, inst.Clients, targets.Opaque, 1)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), clientSecret) {
				t.Errorf("error %v, want it to say %q and no secret", err, tt.want)
			}
		})
	}
}

// A good token that expires while it is presented is rightly refused: that must not
// count against the server.
func TestTokensMustOutliveTheStep(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		expiresIn string
		short     bool
	}{{"5", true}, {"0", true}, {"3600", false}, {"99999999999999", false}} {
		var issued atomic.Int64
		inst := issuing(t, func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"access_token":"t0ken-%d","token_type":"Bearer","expires_in":%s}`, issued.Add(1), tt.expiresIn)
		})
		step := results.Step{Axes: []results.Axis{{Name: "strategy", Value: "introspect"}, {Name: "form", Value: targets.Opaque}},
			Load: &results.Offered{Duration: results.Duration(5 * time.Second), Tokens: 1}}
		_, err := new(stale).presented(t.Context(), step, scenarios.Site{Instance: inst})
		if (err != nil) != tt.short || err != nil && !strings.Contains(err.Error(), "--duration") {
			t.Errorf("expires_in %s: error %v, want one %v", tt.expiresIn, err, tt.short)
		}
	}
}

// A server that hands out the same token again has a cache hit far more often than with
// as many tokens as were asked for.
func TestTokensMustBeDistinct(t *testing.T) {
	t.Parallel()
	inst := issuing(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"access_token":"t0ken","token_type":"Bearer","expires_in":3600}`)
	})
	step := results.Step{Axes: []results.Axis{{Name: "strategy", Value: "introspect"}, {Name: "form", Value: targets.Opaque}}, Load: &results.Offered{Tokens: 8}}
	if _, err := new(stale).presented(t.Context(), step, scenarios.Site{Instance: inst}); err == nil || !strings.Contains(err.Error(), "1 distinct ones came") {
		t.Errorf("error %v, want one that counts them", err)
	}
}

// An answer that tells nothing of the token isn't wrong, and isn't checked either.
func TestMuteAnswersAreTold(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int{`{"client_id":"c","scope":"read"}`: 0, `{"client_id":"c"}`: 0, `{}`: 1} {
		mute := false
		r := present("", Token{Client: targets.Client{ID: "c"}, Scope: "read"}, Allow, "", quotable(nil), &mute)
		if said, wrong := r.Read(http.StatusOK, []byte(body)); said != Allow || wrong != "" || mute != (want == 1) {
			t.Errorf("%s: %v, %q, mute %v", body, said, wrong, mute)
		}
	}
}
