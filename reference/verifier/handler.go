package verifier

import (
	"encoding/json"
	"io"
	"net/http"
)

// ServeHTTP implements [http.Handler]; the package comment lists the paths.
func (v *Verifier) ServeHTTP(w http.ResponseWriter, r *http.Request) { v.mux.ServeHTTP(w, r) }

func (v *Verifier) routes(realm string) *http.ServeMux {
	mux := http.NewServeMux()
	for _, s := range v.strategies {
		mux.Handle("GET /"+s.Name()+"/resource", Protect(s, realm, http.HandlerFunc(serveResource)))
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /counters", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, v.Counters()) })
	return mux
}

// resource is the protected resource: what the token said, so that an onlooker can
// tell a right answer from a merely fast one.
type resource struct {
	ClientID string `json:"client_id"`
	Scope    string `json:"scope"`
	Subject  string `json:"sub,omitempty"`
}

func serveResource(w http.ResponseWriter, r *http.Request) {
	said, ok := ClaimsFrom(r.Context())
	if !ok { // unguarded: never an answer
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	writeJSON(w, resource{said.ClientID, said.Scope, said.Subject})
}

func writeJSON(w http.ResponseWriter, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body)
}
