package verifier

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// eventServer is a stream of events that a test writes.
type eventServer struct {
	url string

	mu      sync.Mutex
	lines   chan string // of the connection that is open; nil for none
	resumed []string    // the Last-Event-ID of each connection
	status  int
}

func newEventServer(t testing.TB) *eventServer {
	e := &eventServer{status: 200}
	server := httptest.NewServer(http.HandlerFunc(e.serve))
	t.Cleanup(server.Close)
	e.url = server.URL + "/events"
	return e
}

func (e *eventServer) serve(w http.ResponseWriter, r *http.Request) {
	lines := make(chan string)
	e.mu.Lock()
	status := e.status
	e.resumed = append(e.resumed, r.Header.Get("Last-Event-ID"))
	e.lines = lines
	e.mu.Unlock()
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.WriteHeader(status)
	if status != 200 {
		return
	}
	_, _ = io.WriteString(w, "retry: 1\n\n")
	for {
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
			return
		case line, open := <-lines:
			if !open {
				return
			}
			_, _ = io.WriteString(w, line)
		}
	}
}

func (e *eventServer) connections() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.resumed...)
}

func (e *eventServer) current() chan string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.lines
}

// answerStatus has the next connections answered so.
func (e *eventServer) answerStatus(status int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.status = status
}

// pushing returns the strategy once its stream is heard.
func pushing(t testing.TB) (*introspectPush, *Verifier, *upstream, *eventServer, *clock) {
	t.Helper()
	u, e, c := newUpstream(t), newEventServer(t), newClock()
	config := u.config()
	config.EventsURI = e.url
	config.Cache.TTL, config.Cache.StaleIfError = Duration(time.Hour), Duration(time.Hour)
	v := newVerifier(t, config, Options{Now: c.now})
	s := strategy(t, v, IntrospectPush).(*introspectPush)
	s.stream.retry = time.Millisecond
	u.onIntrospect(func(w http.ResponseWriter, r *http.Request) {
		fixed(200, fmt.Sprintf(`{"active":true,"jti":%q}`, strings.TrimPrefix(r.FormValue("token"), "token-")))(w, r)
	})
	if len(e.connections()) != 0 {
		t.Error("to make a verifier opens the stream")
	}
	s.stream.start()
	s.heardAgain(t, 1)
	return s, v, u, e, c
}

// heardAgain waits for the connection with that number, and what it says first.
func (s *introspectPush) heardAgain(t testing.TB, connection uint64) {
	t.Helper()
	await(t.Context(), t, func() bool { return s.stream.heard(s.now()) == connection })
}

// wants judges the token of that jti.
func (s *introspectPush) wants(t testing.TB, u *upstream, jti string, reason claims.Reason, asked int64) {
	t.Helper()
	judges(t, s, "token-"+jti, reason)
	if n := u.asked.Load(); n != asked {
		t.Fatalf("%s: %d requests, want %d", jti, n, asked)
	}
}

func TestPushDropsWhatIsNamed(t *testing.T) {
	t.Parallel()
	s, v, u, e, c := pushing(t)
	family := strings.Repeat("f", nameStem)
	tokens := []string{"alone", "other", family + "1", family + "2", "g" + family}
	for i, token := range tokens {
		s.wants(t, u, token, "", int64(i)+1)
	}
	c.advance(DefaultEventsSilence - 1)
	e.current() <- ":\n\n"
	await(t.Context(), t, func() bool { return s.stream.last.Load() == c.now().UnixNano() })
	c.advance(DefaultEventsSilence - 1)
	for _, token := range tokens {
		s.wants(t, u, token, "", 5) // far past what a silent stream would allow
	}
	u.answer(200, `{"active":false}`) // only what is dropped is asked about
	e.current() <- "event: revoked\ndata: {\"jti\":\"alone\",\"exp\":1}\n\n" +
		"event: other\ndata: {\"jti\":\"other\"}\n\n" + "event: revoked\ndata: {\"family\":\"" + family + "\"}\nid: 7\n\n"
	await(t.Context(), t, func() bool { return v.Counters().Events == 2 })
	for i, token := range []string{"alone", family + "1", family + "2"} {
		s.wants(t, u, token, claims.ReasonInactive, int64(i)+6)
	}
	s.wants(t, u, "other", "", 8)
	s.wants(t, u, "g"+family, "", 8)
	// A family that is shorter than what entries are found by.
	e.current() <- "event: revoked\ndata: {\"family\":\"oth\"}\n\n"
	await(t.Context(), t, func() bool { return v.Counters().Events == 3 })
	s.wants(t, u, "other", claims.ReasonInactive, 9)
}

func TestPushWithoutAStream(t *testing.T) {
	t.Parallel()
	s, _, u, e, c := pushing(t)
	s.wants(t, u, "t", "", 1)
	s.wants(t, u, "t", "", 1)
	// Silence: the connection is there, and nothing is heard.
	c.advance(DefaultEventsSilence)
	s.wants(t, u, "t", "", 2)
	s.wants(t, u, "t", "", 3)
	u.answer(503, "")
	cannotTell(t, s, "token-t")

	// The end of the connection is noticed at once; after it all is asked for again.
	e.current() <- "id: 5\n\n"
	s.heardAgain(t, 1)
	e.answerStatus(503)
	close(e.current())
	await(t.Context(), t, func() bool { return s.stream.connection.Load() == 0 })
	cannotTell(t, s, "token-t")
	await(t.Context(), t, func() bool { return len(e.connections()) > 2 })
	e.answerStatus(200)
	s.heardAgain(t, 2)
	cannotTell(t, s, "token-t")
	u.answer(200, `{"active":true,"jti":"t"}`)
	s.wants(t, u, "t", "", 7)
	s.wants(t, u, "t", "", 7)
	connections := e.connections()
	if first, last := connections[0], connections[len(connections)-1]; first != "" || last != "5" {
		t.Errorf("resumed at %q", connections)
	}
}

// What isn't understood may have been a revocation.
func TestPushMalformedEvents(t *testing.T) {
	t.Parallel()
	s, _, u, e, _ := pushing(t)
	for i, bad := range []string{
		"event: revoked\ndata: x\n\n", "event: revoked\ndata: {}\n\n", "event: revoked\ndata: {\"jti\":\"a\",\"family\":\"b\"}\n\n",
		"event: revoked\ndata: {\"jti\":1}\n\n", "data: " + strings.Repeat("x", maxEvent) + "\n",
		strings.Repeat("data\n", maxEvent+1),
	} {
		s.wants(t, u, "t", "", int64(i)+1)
		e.current() <- bad
		s.heardAgain(t, uint64(i)+2)
	}
}

// An answer that was under way when its token ended neither counts nor stays.
func TestPushEventDuringAnAnswer(t *testing.T) {
	t.Parallel()
	s, v, u, e, _ := pushing(t)
	u.onIntrospect(func(w http.ResponseWriter, r *http.Request) {
		events := v.Counters().Events
		e.current() <- "event: revoked\ndata: {\"jti\":\"t\"}\n\n"
		await(t.Context(), t, func() bool { return v.Counters().Events > events })
		fixed(200, `{"active":true,"jti":"t"}`)(w, r)
	})
	s.wants(t, u, "t", claims.ReasonInactive, 1)
	s.wants(t, u, "t", claims.ReasonInactive, 2)
	// One without a name is used and not remembered.
	u.answer(200, `{"active":true}`)
	s.wants(t, u, "u", "", 3)
	s.wants(t, u, "u", "", 4)
}

func TestPushNamesAreBounded(t *testing.T) {
	t.Parallel()
	config := Cache{TTL: Duration(time.Hour), Entries: 100}
	cache, c := testCache(t, config)
	names := newRevocationNames(cache.accepted, config.Entries, 0, c.now)
	for i := range 10_000 {
		jti := fmt.Sprintf("%030d", i)
		names.add(jti, hashOf(i), func() { cache.put(hashOf(i), answer{active: true, claims: claims.Claims{ID: jti}}, c.now()) })
		if i%100 == 0 {
			cache.accepted.CleanUp()
		}
		if names.size > 2*config.Entries+1 {
			t.Fatalf("%d names of %d entries", names.size, config.Entries)
		}
	}
}

// A revocation that came before the question is held against a replica that is behind, for
// as long as the token lives.
func TestPushEventBeforeTheQuestion(t *testing.T) {
	t.Parallel()
	s, v, u, e, c := pushing(t)
	family := strings.Repeat("f", nameStem)
	exp := c.now().Add(2 * time.Hour).Unix()
	e.current() <- fmt.Sprintf("event: revoked\ndata: {\"jti\":\"t\",\"exp\":%d}\n\nevent: revoked\ndata: {\"family\":%q,\"exp\":%[1]d}\n\n"+
		"event: revoked\ndata: {\"jti\":\"always\"}\n\nevent: revoked\ndata: {\"family\":\"sho\",\"exp\":\"x\"}\n\n", exp, family)
	await(t.Context(), t, func() bool { return v.Counters().Events == 4 })
	asked := int64(0)
	for _, after := range []time.Duration{0, time.Hour, time.Hour - time.Second} {
		c.advance(after)
		for _, jti := range []string{"t", family + "1", "always", "short"} {
			asked++
			s.wants(t, u, jti, claims.ReasonInactive, asked)
		}
	}
	asked++
	s.wants(t, u, "other", "", asked)
	// Also by whom no stream is heard at the moment.
	e.answerStatus(503)
	close(e.current())
	await(t.Context(), t, func() bool { return s.stream.connection.Load() == 0 })
	asked++
	s.wants(t, u, "t", claims.ReasonInactive, asked)
}

// What is kept of events is bounded. Where one is missing, answers are used and not
// remembered, until the token that it ended has expired.
func TestEndedTokensAreBounded(t *testing.T) {
	t.Parallel()
	config := Cache{TTL: Duration(time.Hour), Entries: 100}
	cache, c := testCache(t, config)
	names := newRevocationNames(cache.accepted, config.Entries, 0, c.now)
	names.ended = newEndedTokens(1000)
	event := func(n int, life time.Duration) {
		names.drop(revocationEvent{JTI: fmt.Sprint("t", n), Expires: fmt.Append(nil, c.now().Add(life).Unix())})
	}
	kept := func(jti string) (remembered, ended bool) {
		ended = names.add(jti, hashOf(1), func() { remembered = true })
		return remembered, ended
	}
	for n := range 1000 {
		event(n, 10*time.Minute)
	}
	if remembered, ended := kept("other"); !remembered || ended {
		t.Errorf("a full list: remembered %t, ended %t", remembered, ended)
	}
	event(1000, time.Hour)
	if remembered, ended := kept("other"); remembered || ended {
		t.Errorf("one is missing: remembered %t, ended %t", remembered, ended)
	}
	if _, ended := kept("t5"); !ended {
		t.Error("what is kept isn't used")
	}
	// The others expire and leave room, the missing one still counts.
	c.advance(30 * time.Minute)
	for n := range 900 {
		event(2000+n, time.Minute)
	}
	if n := len(names.ended.until); n != 900 {
		t.Errorf("%d are kept, want 900", n)
	}
	if remembered, _ := kept("other"); remembered {
		t.Error("remembered while one is missing")
	}
	c.advance(31 * time.Minute)
	if remembered, ended := kept("t1000"); !remembered || ended {
		t.Errorf("after that: remembered %t, ended %t", remembered, ended)
	}
	// Families of many lengths are bounded, too.
	for n := range maxFamilyLengths + 1 {
		names.drop(revocationEvent{Family: strings.Repeat("f", n+1)})
	}
	if n := len(names.ended.lengths); n != maxFamilyLengths {
		t.Errorf("%d lengths", n)
	}
	if remembered, ended := kept("g"); remembered || ended {
		t.Errorf("a family is missing: remembered %t, ended %t", remembered, ended)
	}
}
