package load

import (
	"context"
	"math"
)

// outcome is whether a rate kept the service level.
type outcome int

const (
	held    outcome = iota
	missed          // by the server
	blocked         // by the generator: the server may hold more
)

// trial is a rate that was tried.
type trial struct {
	rate     float64
	long     bool // a confirmation, which has the last word on its rate
	outcome  outcome
	wrong    bool    // an answer was wrong, which no level allows
	answered float64 // a second
	at       float64 // the latency that the level is about, in seconds
	why      string  // where it wasn't held
}

// keptUp says that the server answered as much as it was asked, if late.
func (t trial) keptUp() bool { return t.answered >= keepsUp*t.rate }

// tries sends a load at a rate, for a short time or for a longer one.
type tries func(ctx context.Context, rate float64, long bool) (trial, error)

// found is the end of a search.
type found struct {
	held   *trial // the highest confirmed rate; nil where none was
	failed *trial // the lowest confirmed to fail above it, or else the last that failed; nil where none did
	wrong  *trial // the first with a wrong answer
}

// atLeast says that the server may hold more than was found.
func (f found) atLeast() bool { return f.failed == nil || f.failed.outcome == blocked }

const (
	firstRate         = 100.0
	leastRate         = 1.0
	nearby            = 1.1 // two rates that are closer needn't be told apart by short trials
	mostBisections    = 6
	mostConfirmations = 4
	mostAbove         = 2 // rates that are confirmed not to be held
	mostRounds        = 3 // of doubling, in a server that turns out to hold more
)

// search looks for the highest rate that keeps a level: it doubles the rate until it isn't
// kept, halves the distance between the rates that were kept and that weren't, and then
// confirms the rate that it found, and that one just above it isn't kept.
//
// More tells whether there is time for more: without it, what was found is confirmed, and no more.
func search(ctx context.Context, try tries, most float64, more func() bool) (f found, err error) {
	attempt := func(rate float64, long bool) trial {
		if err != nil {
			return trial{rate: rate, outcome: missed}
		}
		var t trial
		if t, err = try(ctx, rate, long); t.wrong && f.wrong == nil {
			f.wrong = &t
		}
		return t
	}
	// A server that kept up and was late may have been held up by something else.
	patient := func(rate float64, long bool) trial {
		t := attempt(rate, long)
		if t.outcome != held && !t.wrong && t.keptUp() && err == nil && more() {
			t = attempt(rate, long)
		}
		return t
	}
	low, start := 0.0, min(firstRate, most)
	for round := 0; err == nil && (round == 0 || round < mostRounds && more()); round++ {
		var high float64
		var over trial
		low, high, over = bracket(patient, low, start, most, func() bool { return err != nil }, more)
		for n := 0; err == nil && low > 0 && high > nearby*low && n < mostBisections && more(); n++ {
			middle := math.Sqrt(low * high)
			// What a server answered of too much is about what it can.
			if guess := keepsUp * over.answered; n == 0 && guess > nearby*low && nearby*guess < high {
				middle = guess
			}
			if t := patient(middle, false); t.outcome == held {
				low = middle
			} else {
				high, over = middle, t
			}
		}
		if err != nil || low == 0 {
			if high > 0 {
				f.failed = &over
			}
			break
		}
		if !confirm(&f, patient, low, high, most, more) {
			break
		}
		// All that was tried above it held: something else ended the doubling.
		low, start = f.held.rate, min(2*f.held.rate, most)
	}
	return f, err
}

// bracket returns the highest rate found held and the lowest found not to be, 0 for none,
// and the trial of the latter. It begins at a rate above one that is known to be held, 0 for
// none.
func bracket(try func(float64, bool) trial, low, start, most float64, stop, more func() bool) (_, high float64, over trial) {
	for rate := start; !stop() && (low == 0 || more()); rate = min(2*rate, most) {
		t := try(rate, false)
		if t.outcome != held {
			high, over = rate, t
			break
		}
		if low = rate; rate >= most {
			break
		}
	}
	for low == 0 && high > leastRate && !stop() {
		rate := high / 2
		if guess := keepsUp * over.answered; guess > leastRate && guess < rate {
			rate = guess
		}
		if t := try(max(rate, leastRate), false); t.outcome == held {
			low = t.rate
		} else {
			high, over = t.rate, t
		}
	}
	return low, high, over
}

// confirm looks longer at the rate that was found: lower until it holds, and then higher
// until it doesn't. Open says that it never didn't.
func confirm(f *found, try func(float64, bool) trial, low, high, most float64, more func() bool) (open bool) {
	back := nearby * nearby // the further, the more often it was wrong
	confirmed := false
	for n := 0; n < mostConfirmations && !confirmed; n++ {
		t := try(low, true)
		if confirmed = t.outcome == held; confirmed {
			f.held = &t
		} else {
			if f.failed, low = &t, low/back; !more() {
				back = 2 // what is left of the time is spent, and something has to be found
			}
			if back *= nearby * nearby; f.held != nil && low <= f.held.rate {
				break // which was confirmed before
			}
		}
	}
	if !confirmed || f.failed != nil {
		return false
	}
	rate := nearby * low
	if high > low {
		rate = min(rate, high)
	}
	for n := 0; n < mostAbove && rate <= most && (n == 0 || more()); n++ {
		t := try(rate, true)
		if t.outcome != held {
			f.failed = &t
			return false
		}
		f.held, rate = &t, nearby*rate
	}
	return rate <= most
}
