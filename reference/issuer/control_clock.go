package issuer

import (
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// maxShift bounds how far the clock can be shifted, in seconds: ten years.
const maxShift = 10 * 365 * 24 * 3600

// Clock is a clock that the controls shift. A store that is given to the issuer must use
// the same one, since the store decides what has expired.
type Clock struct {
	now   func() time.Time
	shift atomic.Int64 // in nanoseconds
}

// NewClock returns a clock that isn't shifted; nil is [time.Now].
func NewClock(now func() time.Time) *Clock {
	if now == nil {
		now = time.Now
	}
	return &Clock{now: now}
}

// Now returns the time, shifted.
func (c *Clock) Now() time.Time { return c.now().Add(time.Duration(c.shift.Load())) }

func (i *Issuer) controlClock(w http.ResponseWriter, _ *http.Request) {
	control(w, struct {
		Now   int64 `json:"now"` // in seconds since 1970
		Shift int64 `json:"shift_s"`
	}{i.now().Unix(), int64(time.Duration(i.clock.shift.Load()) / time.Second)})
}

func (i *Issuer) controlShift(w http.ResponseWriter, r *http.Request) {
	seconds, err := strconv.ParseInt(r.URL.Query().Get("shift"), 10, 64)
	if err != nil || seconds < -maxShift || seconds > maxShift {
		http.Error(w, "shift is not a number of seconds, or too large", http.StatusBadRequest)
		return
	}
	if !i.oneClock {
		http.Error(w, "the store keeps its own time, and half a shift tells nothing: make both with one clock, of Options.Clock", http.StatusConflict)
		return
	}
	i.clock.shift.Store(int64(time.Duration(seconds) * time.Second))
	i.controlClock(w, r)
}
