// Package redact keeps tokens and secrets out of what is written. A [Registry] knows those
// of one target, and all text that a server may have a part in goes through it: whatever
// a server echoes, and wherever, what it was told or has issued leaves no run.
package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// Mark stands where a secret was.
const Mark = "[redacted]"

const (
	// shortest is how long a spelling must be to be looked for. Of a secret of three
	// letters every text would be full.
	shortest = 4
	// shortestEcho is how long a secret must be for [Registry.Echoes]. A shorter one is a
	// word that tokens have anyway, such as "test".
	shortestEcho = 6
	// shortestCode is the same for base64, which resembles other text.
	shortestCode = 8
	// longest is how many bytes of a secret are looked for. What follows them without a
	// break belongs to it.
	longest = 30
)

// Registry is a set of secrets. The zero value is ready, nil knows none, and both are
// safe for concurrent use.
type Registry struct {
	mu    sync.RWMutex
	known map[string]bool
	by    map[string][]spelling // by their first bytes, in lower case
}

// spelling is how a secret may be written, in lower case.
type spelling struct {
	text string
	more bool // the secret goes on behind it
	of   int  // length of the secret
	code bool // of base64, in which what is before it may belong to it: a client and its secret
}

// New returns a registry of the secrets.
func New(secrets ...string) *Registry {
	r := &Registry{}
	r.Add(secrets...)
	return r
}

// Add has the secrets left out from now on. A JWT is left out as a whole, and so is its
// signature alone: its header and its claims may be shown.
func (r *Registry) Add(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range secrets {
		r.add(s)
		r.add(strings.TrimFunc(s, func(c rune) bool { return !unicode.IsGraphic(c) || unicode.IsSpace(c) }))
		// RFC 6749, section 2.3.1: a client escapes it before it is encoded for Basic.
		r.add(url.QueryEscape(s))
		if i := strings.LastIndexByte(s, '.'); i >= 0 {
			r.add(s[i+1:])
		}
	}
}

// add needs the lock.
func (r *Registry) add(secret string) {
	if len(secret) < shortest || r.known[secret] {
		return
	}
	if r.known == nil {
		r.known, r.by = map[string]bool{}, map[string][]spelling{}
	}
	r.known[secret] = true
	head := secret[:min(len(secret), longest)]
	for _, s := range spellings(head) {
		s.text, s.more, s.of = lower(s.text), s.more || len(secret) > len(head), len(secret)
		if key := s.text[:shortest]; !slices.Contains(r.by[key], s) {
			r.by[key] = append(r.by[key], s)
		}
	}
}

// spellings lists how a server, a library or a format may write a text.
func spellings(s string) (out []spelling) {
	quoted, _ := json.Marshal(s) // a string always has a JSON form
	texts := []string{s, url.QueryEscape(s), url.PathEscape(s), html.EscapeString(s),
		unquoted(string(quoted)), unquoted(strconv.Quote(s)), unquoted(strconv.QuoteToASCII(s))}
	for _, format := range []string{"%%%02x", `\u%04x`, `\x%02x`, "&#%d;", "&#x%x;"} {
		var b strings.Builder
		for _, c := range []byte(s) {
			fmt.Fprintf(&b, format, c)
		}
		texts = append(texts, b.String())
	}
	for _, text := range append(texts, hex.EncodeToString([]byte(s))) {
		out = append(out, spelling{text: text})
	}
	for before := range 3 {
		for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			// The last of its characters depend on what follows.
			if code := encoded(e, s, before); len(code) >= shortestCode {
				out = append(out, spelling{text: code, more: true, code: true})
			}
		}
	}
	return out
}

// encoded is what base64 makes of s behind other text, whose length leaves the remainder
// by 3: the characters that depend on s alone.
func encoded(e *base64.Encoding, s string, before int) string {
	whole := (before + len(s)) / 3 * 3
	text := e.EncodeToString([]byte(strings.Repeat("\x00", before) + s)[:whole])
	return text[min(len(text), []int{0, 2, 3}[before]):]
}

func unquoted(s string) string { return s[1 : len(s)-1] }

// Redact returns the text without what is known, in whatever spelling and case.
func (r *Registry) Redact(text string) string {
	if r == nil {
		return text
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	low := lower(text)
	var b strings.Builder
	kept := 0
	for i := 0; i+shortest <= len(low); {
		n, code := r.match(low[i:])
		if n == 0 {
			i++
			continue
		}
		from := i
		if code {
			from = kept + len(strings.TrimRight(low[kept:i], unbroken))
		}
		b.WriteString(text[kept:from])
		b.WriteString(Mark)
		i += n
		kept = i
	}
	b.WriteString(text[kept:])
	return b.String()
}

// Echoes reports whether a text has a secret in it that isn't just a word.
func (r *Registry) Echoes(text string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	low := lower(text)
	for i := 0; i+shortest <= len(low); i++ {
		for _, s := range r.by[low[i:i+shortest]] {
			if s.of >= shortestEcho && strings.HasPrefix(low[i:], s.text) {
				return true
			}
		}
	}
	return false
}

// match is how many bytes at the beginning of the text are a secret, and whether that is
// in base64.
func (r *Registry) match(low string) (longest int, code bool) {
	for _, s := range r.by[low[:shortest]] {
		if !strings.HasPrefix(low, s.text) {
			continue
		}
		n := len(s.text)
		if s.more {
			n += len(low[n:]) - len(strings.TrimLeft(low[n:], unbroken))
		}
		longest, code = max(longest, n), code || s.code
	}
	return longest, code
}

// unbroken are the characters, in lower case, of which a secret in any spelling is made.
const unbroken = `abcdefghijklmnopqrstuvwxyz0123456789-._~+/=%&#;\`

// lower changes the case of ASCII letters alone, so that every byte keeps its place.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
