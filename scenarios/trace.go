package scenarios

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Trace is what really happened once: when requests came, and which of them presented the
// same token. A load step replays it.
type Trace struct {
	Name   string          // of the file, and the beginning of its SHA-256
	Due    []time.Duration // of each request, from the first one, in order
	Tokens []uint32        // by request: the number of its token, in the order in which they first came
	Count  int             // distinct tokens
}

// The bounds of a trace. One beyond them isn't a load that this machine plans in memory.
const (
	maxTraceBytes  = 1 << 30
	maxTraceLines  = 10_000_000
	maxTraceTokens = 1_000_000
	maxTraceLine   = 1024
	maxTraceSpan   = 24 * time.Hour
)

// Lasts is for how long a step replays the trace: from its first request until a usual
// gap after its last one.
func (t *Trace) Lasts() time.Duration {
	last := t.Due[len(t.Due)-1]
	return last + max(last/time.Duration(max(1, len(t.Due)-1)), time.Millisecond)
}

// Rate is the mean rate, in requests per second.
func (t *Trace) Rate() float64 { return float64(len(t.Due)) / t.Lasts().Seconds() }

// traced is one line of a trace.
type traced struct {
	at    float64 // seconds
	token uint32
}

// ReadTrace reads lines of two fields with a comma between: when a request came, in
// seconds from any origin, and what stands for its token, such as the token's hash. A
// log has the order in which requests ended, so that of the lines doesn't matter. Lines
// that are empty or start with # don't count. Its errors have the number of the line,
// and nothing of what is in it.
func ReadTrace(name string, r io.Reader) (*Trace, error) {
	sum := sha256.New()
	limited := &io.LimitedReader{R: r, N: maxTraceBytes + 1}
	in := bufio.NewScanner(io.TeeReader(limited, sum))
	in.Buffer(make([]byte, 0, 2*maxTraceLine), 2*maxTraceLine)
	numbers := map[[sha256.Size]byte]uint32{}
	var all []traced
	n := 0
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%s:%d: %w", name, n, fmt.Errorf(format, args...))
	}
	for in.Scan() {
		n++
		line := bytes.TrimSpace(in.Bytes())
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		seconds, token, two := bytes.Cut(line, []byte(","))
		at, err := strconv.ParseFloat(string(bytes.TrimSpace(seconds)), 64)
		token = bytes.TrimSpace(token)
		switch {
		case len(line) > maxTraceLine:
			return nil, bad("is longer than %d bytes", maxTraceLine)
		case !two || bytes.ContainsRune(token, ','):
			return nil, bad("want two fields with a comma between, SECONDS,TOKENHASH")
		case err != nil || math.IsNaN(at) || math.Abs(at) > 1e12:
			return nil, bad("the first field isn't a time in seconds, such as 1764295200.125")
		case len(token) == 0:
			return nil, bad("the second field is empty: it says which token the request presented")
		case bytes.HasPrefix(token, []byte("eyJ")) && bytes.Count(token, []byte(".")) >= 2:
			return nil, bad("the second field looks like a token itself: write its hash in place of it, for it is a secret")
		case len(all) == maxTraceLines:
			return nil, bad("a trace has at most %d requests: cut it", maxTraceLines)
		}
		key := sha256.Sum256(token)
		number, known := numbers[key]
		if !known {
			if number = uint32(len(numbers)); number == maxTraceTokens {
				return nil, bad("a trace has at most %d tokens: cut it", maxTraceTokens)
			}
			numbers[key] = number
		}
		all = append(all, traced{at, number})
	}
	switch err := in.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		n++
		return nil, bad("is longer than %d bytes", maxTraceLine)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	case limited.N <= 0:
		return nil, fmt.Errorf("%s: is larger than %d bytes: cut it", name, maxTraceBytes)
	case len(all) < 2:
		return nil, fmt.Errorf("%s: has %d requests: a load has two or more", name, len(all))
	}
	return newTrace(name, sum.Sum(nil), all, len(numbers))
}

func newTrace(name string, sum []byte, all []traced, count int) (*Trace, error) {
	slices.SortStableFunc(all, func(a, b traced) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return 0
	})
	if span := all[len(all)-1].at - all[0].at; span > maxTraceSpan.Seconds() || span <= 0 {
		return nil, fmt.Errorf("%s: its requests came within %g s: want more than 0, and at most %v", name, span, maxTraceSpan)
	}
	base := name[strings.LastIndexByte(name, '/')+1:]
	t := &Trace{Name: fmt.Sprintf("%s sha256:%x", base, sum[:8]), Count: count, Due: make([]time.Duration, len(all)), Tokens: make([]uint32, len(all))}
	numbers := map[uint32]uint32{} // by the order of time, not of lines
	for i, r := range all {
		n, known := numbers[r.token]
		if !known {
			n = uint32(len(numbers))
			numbers[r.token] = n
		}
		t.Due[i], t.Tokens[i] = time.Duration((r.at-all[0].at)*float64(time.Second)), n
	}
	return t, nil
}
