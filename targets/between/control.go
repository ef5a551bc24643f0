package between

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"sync"
)

// Path is where the proxy answers for itself: GET tells its [Status], and POST with mode
// and delay in the query sets its [Condition].
const Path = "/.well-known/oauthmark-proxy"

// Status is what the proxy tells of itself.
type Status struct {
	To          string `json:"to"`
	Mode        Mode   `json:"mode"`
	Delay       string `json:"delay"`       // of a round trip
	Connections int    `json:"connections"` // that there are, without those to the proxy itself
	Accepted    int64  `json:"accepted"`    // connections so far, with those to the proxy itself
	BytesTo     int64  `json:"bytes_to"`    // that reached the server
	BytesFrom   int64  `json:"bytes_from"`  // that reached a client
}

// Status returns what holds now.
func (p *Proxy) Status() Status {
	now := p.now.Load()
	return Status{To: p.options.To, Mode: now.Mode, Delay: now.Delay.String(), Connections: p.open(),
		Accepted: p.accepted.Load(), BytesTo: p.to.Load(), BytesFrom: p.from.Load()}
}

// isControl reports whether the bytes that a connection begins with are a request for
// [Path], and whether they may become one.
func isControl(b []byte) (whole, begun bool) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		want := method + " " + Path
		if n := min(len(b), len(want)); string(b[:n]) == want[:n] {
			return n == len(want), true
		}
	}
	return false, false
}

func (p *Proxy) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path, func(w http.ResponseWriter, _ *http.Request) { tell(w, http.StatusOK, p.Status()) })
	mux.HandleFunc("POST "+Path, func(w http.ResponseWriter, r *http.Request) {
		c, err := parseCondition(r.URL.Query())
		if err == nil {
			err = p.Set(c)
		}
		if err != nil {
			tell(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
			return
		}
		tell(w, http.StatusOK, p.Status())
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !p.options.Anybody && !loopback(r.RemoteAddr) {
			tell(w, http.StatusForbidden, map[string]string{"error": "only this machine controls the proxy"})
			return
		}
		if p.options.Asked != nil {
			p.options.Asked()
		}
		mux.ServeHTTP(w, r)
	})
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback()
}

func tell(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the peer may have left
}

// handed is the listener of the connections that are for the proxy itself.
type handed struct {
	conns chan net.Conn
	done  chan struct{}
	end   sync.Once
}

func newHanded() *handed { return &handed{conns: make(chan net.Conn), done: make(chan struct{})} }

func (h *handed) give(c net.Conn) {
	select {
	case h.conns <- c:
	case <-h.done:
		c.Close()
	}
}

// Accept implements [net.Listener].
func (h *handed) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.done:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (h *handed) Close() error {
	h.end.Do(func() { close(h.done) })
	return nil
}

// Addr implements [net.Listener].
func (h *handed) Addr() net.Addr { return &net.TCPAddr{} }

// replayed is a connection of which the first bytes were read already.
type replayed struct {
	net.Conn
	first io.Reader
}

// Read implements [net.Conn].
func (r *replayed) Read(b []byte) (int, error) {
	if r.first != nil {
		if n, err := r.first.Read(b); err == nil {
			return n, nil
		}
		r.first = nil
	}
	return r.Conn.Read(b)
}
