package verifier_test

import (
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/corpus"
	"github.com/oauthmark/oauthmark/reference/store/storetest"
	"github.com/oauthmark/oauthmark/reference/verifier"
)

// judges says what a strategy takes.
type judges struct {
	client string // whose tokens of the running issuer it accepts
	local  bool   // it accepts the corpus's good tokens too, which no issuer has a record of
	status bool   // it looks at status lists
	redis  bool   // it needs a Redis server
}

// judging has each strategy there is: one without a line here fails the test.
var judging = map[string]judges{
	verifier.Introspect:        {client: "opaque"},
	verifier.IntrospectCached:  {client: "opaque"},
	verifier.IntrospectPush:    {client: "opaque"},
	verifier.Local:             {client: "ES256", local: true},
	verifier.LocalCached:       {client: "ES256", local: true},
	verifier.LocalDenylist:     {client: "ES256", local: true},
	verifier.LocalStatus:       {client: "ES256", status: true},
	verifier.LocalOnlineStatus: {client: "ES256"},
	verifier.Hybrid:            {client: "ES256", local: true},
	verifier.Phantom:           {client: "phantom"},
	verifier.Split:             {client: "split"},
	verifier.SharedCache:       {client: "opaque", redis: true},
	verifier.SharedDB:          {client: "ES256", local: true},
}

// forEachStrategy runs a test for each of them, in worlds of their own.
func forEachStrategy(t *testing.T, run func(t *testing.T, w *hostileWorld, name string, j judges)) {
	for _, name := range verifier.Strategies() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j, known := judging[name]
			if !known {
				t.Fatal("nothing is known of the strategy: add it to the list")
			}
			shared := ""
			if j.redis {
				shared = storetest.Redis(t).URL
			}
			w := newHostileWorld(t, func(c *verifier.Config) { c.SharedCache = verifier.Secret(shared) })
			if _, ok := w.verifier.Strategy(name); !ok {
				t.Fatalf("it isn't there: it needs %s", verifier.Needs(name))
			}
			run(t, w, name, j)
			w.silent(t)
		})
	}
}

// Each token of the corpus is refused by each strategy, between two good ones that are
// accepted, with the right challenge and without a request to anybody.
func TestCorpus(t *testing.T) {
	t.Parallel()
	forEachStrategy(t, func(t *testing.T, w *hostileWorld, name string, j judges) {
		minted, _ := w.grant(t, j.client, nil)["access_token"].(string)
		for i := range w.corpus.Tokens {
			token := &w.corpus.Tokens[i]
			if token.Needs == corpus.NeedsStatus && !j.status || token.Expect == corpus.Accept && !j.local {
				continue
			}
			good := minted
			if j.local && token.Algorithm != "" {
				good = w.corpus.GoodOf(token.Algorithm)
			}
			path := "/" + name + "/resource"
			if token.Needs == corpus.NeedsScope {
				path = "/" + name + "/read"
			}
			w.bracketed(t, path, good, token.About, token.Text())
		}
	})
}

// bracketed presents a token between two good ones.
func (w *hostileWorld) bracketed(t *testing.T, path, good string, about corpus.About, text string) {
	t.Helper()
	w.want(t, path, corpus.About{ID: "good, before " + about.ID, Expect: corpus.Accept}, good)
	w.want(t, path, about, text)
	w.want(t, path, corpus.About{ID: "good, after " + about.ID, Expect: corpus.Accept}, good)
}

func (w *hostileWorld) want(t *testing.T, path string, about corpus.About, text string) {
	t.Helper()
	status, challenge := w.present(t, path, text)
	if about.Expect == corpus.Accept {
		if status != http.StatusOK {
			t.Errorf("%s: status %d, %s", about.ID, status, challenge)
		}
		return
	}
	// RFC 6750, section 3.1, and RFC 6585, section 5, where the server's limit is reached.
	codes := map[int]string{401: `error="invalid_token"`, 400: `error="invalid_request"`}
	switch about.Reason {
	case corpus.ReasonScope:
		codes = map[int]string{403: `error="insufficient_scope"`, 401: `error="invalid_token"`}
	case corpus.ReasonSize:
		codes[431] = ""
	}
	code, ok := codes[status]
	if !ok || !strings.Contains(challenge, code) || status != 431 && !strings.HasPrefix(challenge, "Bearer ") {
		t.Errorf("%s (%s): status %d, challenge %s", about.ID, about.Title, status, challenge)
	}
	if len(text) > 20 && strings.Contains(challenge, text[len(text)-20:]) {
		t.Errorf("%s: the challenge has a part of the token", about.ID)
	}
}

// What local says is wrong is what is wrong.
func TestCorpusReasons(t *testing.T) {
	t.Parallel()
	w := newHostileWorld(t)
	s, _ := w.verifier.Strategy(verifier.Local)
	// One class of the corpus may be several reasons, depending on what is looked at first.
	words := map[corpus.Reason][]string{
		corpus.ReasonForm: {"malformed", "not accepted here"}, corpus.ReasonSize: {"too long", "malformed", "not published"}, corpus.ReasonAlgorithm: {"algorithm that is not allowed"},
		corpus.ReasonKey: {"not published", "which of several keys"}, corpus.ReasonKeyAlgorithm: {"other than its key's"}, corpus.ReasonSignature: {"wrong signature"},
		corpus.ReasonCritical: {"critical"}, corpus.ReasonType: {"not of type"}, corpus.ReasonIncomplete: {"lacks a claim", "malformed"},
		corpus.ReasonIssuer: {"another issuer", "malformed"}, corpus.ReasonAudience: {"another audience"}, corpus.ReasonExpired: {"expired"},
		corpus.ReasonNotYetValid: {"not valid yet"}, corpus.ReasonEncryption: {"not encrypted", "malformed"},
		corpus.ReasonBinding: {"malformed"},
	}
	for i := range w.corpus.Tokens {
		token := &w.corpus.Tokens[i]
		if token.Kind == corpus.Opaque || token.Needs != "" {
			continue
		}
		said, err := s.Judge(t.Context(), token.Text())
		switch {
		case token.Reason == corpus.ReasonBinding && err == nil: // what follows the strategy refuses it
			if said.Confirmation == nil {
				t.Errorf("%s: it isn't said to be bound", token.ID)
			}
		case (err == nil) != (token.Expect == corpus.Accept):
			t.Errorf("%s: %v", token.ID, err)
		case err != nil && token.Reason == corpus.ReasonForm && !token.Signed && strings.Contains(err.Error(), "wrong signature"):
			// What is spelled otherwise was signed otherwise, if it can be decoded at all.
		case err != nil && !slices.ContainsFunc(words[token.Reason], func(word string) bool { return strings.Contains(err.Error(), word) }):
			t.Errorf("%s is wrong by its %s: %v", token.ID, token.Reason, err)
		}
	}
}

// A thousand kids that nobody has make the keys be fetched a few times.
func TestCorpusUnknownKeys(t *testing.T) {
	t.Parallel()
	w := newHostileWorld(t)
	good := w.corpus.GoodOf("ES256")
	path := "/" + verifier.Local + "/resource"
	w.want(t, path, corpus.About{ID: "good, before", Expect: corpus.Accept}, good)
	before := w.keySets.Load()
	for n := range 1000 {
		text, err := withKeyID(good, fmt.Sprintf("unknown-%d", n))
		if err != nil {
			t.Fatal(err)
		}
		w.want(t, path, corpus.About{ID: "unknown kid", Reason: corpus.ReasonKey}, text)
	}
	if n := w.keySets.Load() - before; n > 1 {
		t.Errorf("the keys were fetched %d times more", n)
	}
	w.want(t, path, corpus.About{ID: "good, after", Expect: corpus.Accept}, good)
	w.silent(t)
}

// No token makes local take memory that doesn't fit to its length. The test runs alone,
// for memory is counted for the whole process.
func TestCorpusMemory(t *testing.T) {
	w := newHostileWorld(t)
	s, _ := w.verifier.Strategy(verifier.Local)
	var before, after runtime.MemStats
	for i := range w.corpus.Tokens {
		token := &w.corpus.Tokens[i]
		text := token.Text()
		_, _ = s.Judge(t.Context(), text)
		runtime.ReadMemStats(&before)
		const rounds = 10
		for range rounds {
			_, _ = s.Judge(t.Context(), text)
		}
		runtime.ReadMemStats(&after)
		if taken := (after.TotalAlloc - before.TotalAlloc) / rounds; taken > 128<<10 {
			t.Errorf("%s: %d bytes", token.ID, taken)
		}
	}
}
