package issuer

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// Control returns the handler of the harness's controls:
//
//	POST /rotate?alg=ES256   sign with a new key, which keys_file keeps; the old one verifies as long as tokens live
//	GET  /counters           what was issued, introspected and revoked
//	GET  /clock              the issuer's time and its shift, in seconds
//	POST /clock?shift=60     sets the shift
//
// It authenticates nobody, so that it has to listen on a loopback address that no client
// of the issuer uses. A store that was given to the issuer is shifted only if its clock is
// that of Options.Clock.
func (i *Issuer) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /rotate", i.controlRotate)
	mux.HandleFunc("GET /counters", i.controlCounters)
	mux.HandleFunc("GET /clock", i.controlClock)
	mux.HandleFunc("POST /clock", i.controlShift)
	// A page in a browser of this machine reaches the address, too.
	return http.NewCrossOriginProtection().Handler(mux)
}

func (i *Issuer) controlRotate(w http.ResponseWriter, r *http.Request) {
	a := keys.Algorithm(r.URL.Query().Get("alg"))
	signing, signs := i.ring.ByAlgorithm(a)
	if !signs {
		http.Error(w, "alg is none that the issuer signs with", http.StatusBadRequest)
		return
	}
	if d, _ := keys.Describe(a); d.Shared() {
		http.Error(w, "an HMAC key isn't published, so resource servers couldn't follow: give them another one and the issuer the same, in hmac_keys or keys_file, and restart both", http.StatusBadRequest)
		return
	}
	next, err := keys.GenerateSized(a, sizeOf(a, i.rsaBits, signing), i.rand)
	if err == nil {
		err = i.ring.Rotate(next, i.now(), i.longestLife)
	}
	if errors.Is(err, keys.ErrFileChanged) {
		http.Error(w, "the key can't be replaced: keys_file was changed by another process: restart this one", http.StatusConflict)
		return
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

func control(w http.ResponseWriter, answer any) {
	b, err := json.Marshal(answer)
	if err != nil { // strings and numbers always have a JSON form
		panic(err)
	}
	secretAnswer(w.Header())
	_, _ = w.Write(b)
}

// longestLife returns the longest life that is configured of anything that a key signs:
// access tokens, and status lists.
func longestLife(c Config) time.Duration {
	longest := cmp.Or(c.Lifetime, DefaultLifetime)
	for n := range c.Clients {
		longest = max(longest, c.Clients[n].Lifetime)
	}
	if c.StatusList {
		longest = max(longest, listLives*cmp.Or(c.ListInterval, DefaultListInterval))
	}
	return time.Duration(longest) * time.Second
}
