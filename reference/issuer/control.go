package issuer

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// maxShift bounds how far the clock can be shifted, in seconds: ten years.
const maxShift = 10 * 365 * 24 * 3600

// Control returns the handler of the harness's controls:
//
//	POST /rotate?alg=ES256   sign with a new key; the old one verifies as long as tokens live
//	GET  /counters           what was issued, introspected and revoked
//	GET  /clock              the issuer's time and its shift, in seconds
//	POST /clock?shift=60     sets the shift
//
// It asks nobody who they are, so it has to listen on a loopback address that no
// client of the issuer has. A store that was given to the issuer keeps its own time.
func (i *Issuer) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /rotate", i.controlRotate)
	mux.HandleFunc("GET /counters", i.controlCounters)
	mux.HandleFunc("GET /clock", i.controlClock)
	mux.HandleFunc("POST /clock", i.controlShift)
	return mux
}

func (i *Issuer) controlRotate(w http.ResponseWriter, r *http.Request) {
	a := keys.Algorithm(r.URL.Query().Get("alg"))
	d, known := keys.Describe(a)
	// A key that is shared has to reach the resource servers by another way.
	if _, signs := i.ring.ByAlgorithm(a); !known || !signs || d.Shared() {
		http.Error(w, "alg is none that the issuer signs with and publishes keys of", http.StatusBadRequest)
		return
	}
	next, err := keys.Generate(a, i.rand)
	if err == nil {
		err = i.ring.Rotate(next, i.now(), i.longestLife)
	}
	if err != nil {
		http.Error(w, "the key can't be replaced", http.StatusInternalServerError)
		return
	}
	control(w, struct {
		KeyID string `json:"kid"`
	}{next.ID})
}

func (i *Issuer) controlCounters(w http.ResponseWriter, _ *http.Request) {
	issued := map[string]int64{}
	for form, count := range i.metrics.issued {
		issued[string(form)] = count.Load()
	}
	control(w, struct {
		Issued      map[string]int64 `json:"access_tokens"` // by form
		Active      int64            `json:"introspections_active"`
		Inactive    int64            `json:"introspections_inactive"`
		Revocations int64            `json:"revocations"`
	}{issued, i.metrics.active.Load(), i.metrics.inactive.Load(), i.metrics.revocations.Load()})
}

func (i *Issuer) controlClock(w http.ResponseWriter, _ *http.Request) {
	control(w, struct {
		Now   int64 `json:"now"` // in seconds since 1970
		Shift int64 `json:"shift_s"`
	}{i.now().Unix(), int64(time.Duration(i.shift.Load()) / time.Second)})
}

func (i *Issuer) controlShift(w http.ResponseWriter, r *http.Request) {
	seconds, err := strconv.ParseInt(r.URL.Query().Get("shift"), 10, 64)
	if err != nil || seconds < -maxShift || seconds > maxShift {
		http.Error(w, "shift is not a number of seconds, or too large", http.StatusBadRequest)
		return
	}
	i.shift.Store(int64(time.Duration(seconds) * time.Second))
	i.controlClock(w, r)
}

func control(w http.ResponseWriter, answer any) {
	b, err := json.Marshal(answer)
	if err != nil { // strings and numbers always have a JSON form
		panic(err)
	}
	secretAnswer(w.Header())
	_, _ = w.Write(b)
}

// shifted is the clock of its surroundings with the shift of the controls.
func (i *Issuer) shifted(now func() time.Time) func() time.Time {
	return func() time.Time { return now().Add(time.Duration(i.shift.Load())) }
}

// longestLife returns the longest life of an access token that is configured.
func longestLife(c Config) time.Duration {
	longest := c.Lifetime
	if longest == 0 {
		longest = DefaultLifetime
	}
	for n := range c.Clients {
		longest = max(longest, c.Clients[n].Lifetime)
	}
	return time.Duration(longest) * time.Second
}
