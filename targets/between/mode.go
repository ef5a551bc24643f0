package between

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"
)

// Mode is what the proxy does to connections.
type Mode string

const (
	Pass   Mode = "pass"   // passes on what comes, after the delay
	Slow   Mode = "slow"   // likewise; its delay is long when none is given
	Freeze Mode = "freeze" // takes what comes and keeps it, until another mode lets it go on, as a stopped process does
	Down   Mode = "down"   // resets the connections that there are, and new ones at their first byte, as a killed process's host does
	Reset  Mode = "reset"  // resets a connection once a request came
	Error  Mode = "error"  // answers each HTTP request with 500 and passes nothing on
)

// Modes lists the modes.
func Modes() []Mode { return []Mode{Pass, Slow, Freeze, Down, Reset, Error} }

// Condition is what holds for all that passes.
type Condition struct {
	Mode  Mode
	Delay time.Duration // of a round trip
}

const (
	slowDelay = time.Second // of [Slow], where none is given
	maxDelay  = time.Minute
)

// check refuses what the proxy can't do.
func (c Condition) check() error {
	switch {
	case !slices.Contains(Modes(), c.Mode):
		return fmt.Errorf("mode %q is unknown: use one of %v", c.Mode, Modes())
	case c.Delay < 0 || c.Delay > maxDelay:
		return fmt.Errorf("a delay of %v can't be made: use one from 0s to %v", c.Delay, maxDelay)
	}
	return nil
}

// Query writes the condition as a request for [Path] has it.
func (c Condition) Query() string {
	return url.Values{"mode": {string(c.Mode)}, "delay": {c.Delay.String()}}.Encode()
}

func parseCondition(query url.Values) (c Condition, err error) {
	c.Mode = Mode(query.Get("mode"))
	switch text := query.Get("delay"); {
	case text != "":
		if c.Delay, err = time.ParseDuration(text); err != nil {
			return c, errors.New("the delay is no duration such as 5ms")
		}
	case c.Mode == Slow:
		c.Delay = slowDelay
	}
	return c, c.check()
}

// state is a condition that holds until over is closed.
type state struct {
	Condition
	over chan struct{}
}

func newState(c Condition) *state { return &state{c, make(chan struct{})} }

// each is the delay of one way.
func (s *state) each() time.Duration { return s.Delay / 2 }
