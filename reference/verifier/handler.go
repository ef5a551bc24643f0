package verifier

import (
	"encoding/json"
	"io"
	"net/http"

	"github.com/oauthmark/oauthmark/reference/token"
)

// ServeHTTP implements [http.Handler]; the package comment lists the paths.
func (v *Verifier) ServeHTTP(w http.ResponseWriter, r *http.Request) { v.mux.ServeHTTP(w, r) }

func (v *Verifier) routes(config Config) *http.ServeMux {
	mux := http.NewServeMux()
	for _, route := range config.routes() {
		route.Guard = v.guard
		for _, s := range v.strategies {
			mux.Handle("GET /"+s.name+route.Path, Protect(s.Strategy, route, http.HandlerFunc(serveResource)))
		}
	}
	paths, body := config.metadata(v.guard)
	for _, path := range paths {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = jsonMedia
			_, _ = w.Write(body)
		})
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	// The answer of a resource without any judging: what a harness measures of itself.
	mux.HandleFunc("GET /floor", func(w http.ResponseWriter, _ *http.Request) { write(w, []byte(`{"client_id":"","scope":""}`)) })
	mux.HandleFunc("GET /counters", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, v.Counters()) })
	mux.HandleFunc("GET /strategies", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, v.declared()) })
	return mux
}

// Declared is what a strategy promises, as it is configured.
type Declared struct {
	Staleness string `json:"staleness"` // of [Strategy.StalenessBound]
	Outage    string `json:"outage"`    // of [Strategy.Outage]
}

// declared is by the names of the strategies.
func (v *Verifier) declared() map[string]Declared {
	all := map[string]Declared{}
	for _, s := range v.strategies {
		all[s.name] = Declared{s.StalenessBound(), s.Outage()}
	}
	return all
}

// The values of header fields that are always the same, shared by all answers.
var (
	jsonMedia = []string{"application/json"}
	noStore   = []string{"no-store"}
)

// serveResource is the protected resource. It repeats what the token says, so that a
// right answer can be told from a fast one.
func serveResource(w http.ResponseWriter, r *http.Request) {
	said, ok := ClaimsFrom(r.Context())
	if !ok { // unguarded: never an answer
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	var room [256]byte
	b := token.AppendString(append(room[:0], `{"client_id":`...), said.ClientID)
	b = token.AppendString(append(b, `,"scope":`...), said.Scope)
	if said.Subject != "" {
		b = token.AppendString(append(b, `,"sub":`...), said.Subject)
	}
	write(w, append(b, '}'))
}

func writeJSON(w http.ResponseWriter, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	write(w, body)
}

func write(w http.ResponseWriter, body []byte) {
	h := w.Header()
	h["Content-Type"], h["Cache-Control"] = jsonMedia, noStore
	_, _ = w.Write(body)
}
