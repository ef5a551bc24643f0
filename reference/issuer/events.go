package issuer

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/oauthmark/oauthmark/reference/store"
)

const (
	// maxStreams bounds the streams of one client.
	maxStreams = 8
	// streamPage is how many events are written at once, and all that a slow reader
	// makes the server hold.
	streamPage = 500
	// streamWrite is how long a reader may take for a page.
	streamWrite = 10 * time.Second
	// streamPoll is how often the list is looked at for what another process on the
	// same store has revoked; this one's revocations are sent at once.
	streamPoll = 250 * time.Millisecond
	// streamHeartbeat keeps whoever is between from taking the silence for the end.
	streamHeartbeat = 10 * time.Second
)

// serveEvents is the stream of revocations, as server-sent events (HTML Living
// Standard, section 9.2): all of the list, or what follows the event of
// Last-Event-ID, and then each one as it comes. A resource server that reads it
// knows of a revocation within a round trip, and asks for nothing.
func (i *Issuer) serveEvents(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		(&problem{http.StatusMethodNotAllowed, "invalid_request", "the method must be GET"}).write(w)
		return
	}
	caller, p := i.authenticateConfidential(r, nil)
	if p != nil {
		p.write(w)
		return
	}
	leave, ok := i.streams.enter(caller.id)
	if !ok {
		w.Header().Set("Retry-After", retryAfter)
		(&problem{http.StatusTooManyRequests, "temporarily_unavailable", "the client has too many streams"}).write(w)
		return
	}
	defer leave()
	// An unknown place is taken for the beginning: hearing an event twice does no harm.
	after, _ := i.readCursor(r.Header.Get("Last-Event-ID"))
	s := stream{w: w, control: http.NewResponseController(w), issuer: i}
	changed := i.streams.changed()
	list, next, err := i.store.List(r.Context(), after, streamPage)
	if errors.Is(err, store.ErrCursor) {
		list, next, err = i.store.List(r.Context(), "", streamPage)
	}
	if err != nil {
		unavailable.write(w)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header()["Cache-Control"] = noStore
	_ = s.control.SetReadDeadline(time.Time{}) // the request has been read
	poll, beat := time.NewTicker(i.streams.poll), time.NewTicker(i.streams.heartbeat)
	defer poll.Stop()
	defer beat.Stop()
	for s.first(); s.err == nil; {
		s.events(list, next)
		if len(list) < streamPage {
			select {
			case <-r.Context().Done():
				return
			case <-i.streams.ended:
				return
			case <-beat.C:
				s.comment()
			case <-changed:
			case <-poll.C:
			}
		}
		changed = i.streams.changed() // before looking, so that nothing is passed over
		// A reader that is cut off comes again with the last event that it has.
		if list, next, err = i.store.List(r.Context(), next, streamPage); err != nil {
			return
		}
	}
}

// stream writes events until the first error.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	issuer  *Issuer
	err     error
}

// events writes a page. Only its last event has an id, since the store names places between
// pages. A reader that is cut off before it hears the page again.
func (s *stream) events(list []store.Revocation, next store.Cursor) {
	var b []byte
	for n, r := range list {
		data, err := json.Marshal(revokedOf(r))
		if err != nil { // strings and numbers always have a JSON form
			panic(fmt.Errorf("encode event: %w", err))
		}
		b = append(b, "event: revoked\n"...)
		if n == len(list)-1 {
			b = fmt.Appendf(b, "id: %s\n", s.issuer.writeCursor(next))
		}
		b = append(append(append(b, "data: "...), data...), "\n\n"...)
	}
	s.send(b)
}

// first says that the stream is open, and after how many milliseconds to come again.
func (s *stream) first() { s.send([]byte("retry: 1000\n\n")) }

// comment is a line that readers pass over.
func (s *stream) comment() { s.send([]byte(":\n\n")) }

func (s *stream) send(b []byte) {
	if len(b) == 0 || s.err != nil {
		return
	}
	// The deadline replaces the server's own, which counts from the request, and follows
	// real time. It is lifted between writes, since HTTP/2 ends a stream whose deadline
	// passes.
	_ = s.control.SetWriteDeadline(time.Now().Add(s.issuer.streams.write))
	if _, s.err = s.w.Write(b); s.err == nil {
		s.err = s.control.Flush()
	}
	_ = s.control.SetWriteDeadline(time.Time{})
}
