package targets

import (
	"bytes"
	"regexp"
	"strings"
	"sync"
)

const (
	tailLines = 50
	tailWidth = 400 // bytes of a line that are kept
)

// credential matches what could be a token or a secret: nothing that a server
// prints for a person to read is that long without a break.
var credential = regexp.MustCompile(`[A-Za-z0-9_+=-]{32,}`)

// Tail is a writer that keeps the last lines written to it. What looks like a
// token or a secret is blanked as it comes in: a server under test may print
// either. The zero value is ready, and safe for concurrent use.
type Tail struct {
	mu      sync.Mutex
	lines   []string
	partial []byte
}

// Write never fails.
func (t *Tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for rest := p; len(rest) > 0; {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		// One byte more than is kept tells a cut line from a whole one.
		if room := tailWidth + 1 - len(t.partial); room > 0 {
			t.partial = append(t.partial, line[:min(room, len(line))]...)
		}
		if ended {
			t.push()
		}
		rest = after
	}
	return len(p), nil
}

func (t *Tail) push() {
	if line := clean(t.partial); line != "" {
		if len(t.lines) == tailLines {
			t.lines = append(t.lines[:0], t.lines[1:]...)
		}
		t.lines = append(t.lines, line)
	}
	t.partial = t.partial[:0]
}

// String returns the lines that were kept, oldest first.
func (t *Tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := t.lines
	if line := clean(t.partial); line != "" {
		lines = append(lines[:len(lines):len(lines)], line)
	}
	return strings.Join(lines, "\n")
}

func clean(line []byte) string {
	cut := len(line) > tailWidth
	s := credential.ReplaceAllString(string(line[:min(tailWidth, len(line))]), redacted)
	s = strings.TrimRight(strings.ToValidUTF8(s, "?"), " \t\r")
	if cut {
		s += " ..."
	}
	return s
}
