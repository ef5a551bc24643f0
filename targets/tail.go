package targets

import (
	"bytes"
	"regexp"
	"strings"
	"sync"

	"github.com/oauthmark/oauthmark/reference/config"
)

const (
	tailLines = 50
	tailWidth = 400 // bytes of a line that are kept
)

// credential matches what could be a token or a secret: hardly anything that a server
// prints for a person to read is that long without a break. With slashes, as base64
// may have them, it must be longer, for paths have them too.
var credential = regexp.MustCompile(`[A-Za-z0-9_+=-]{32,}|[A-Za-z0-9_+=/-]{40,}`)

const credentialBytes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=/-"

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
	kept := line[:min(tailWidth, len(line))]
	if cut {
		// What the cut went through may be the beginning of a credential, too short to
		// be known as one.
		kept = bytes.TrimRight(kept, credentialBytes)
	}
	s := credential.ReplaceAllString(string(kept), config.Redacted)
	s = strings.TrimRight(strings.ToValidUTF8(s, "?"), " \t\r")
	if cut {
		s += " ..."
	}
	return s
}
