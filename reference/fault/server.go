package fault

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/oauthmark/oauthmark/reference/issuer"
)

const maxBody = 1 << 20 // bytes of a request; the issuer itself takes less

// server is an issuer with a defect.
type server struct {
	defect Fault
	issuer *issuer.Issuer

	mu            sync.Mutex
	authorization string            // of the last caller that was told something
	issued        map[string]bool   // tokens as the client has them
	genuine       map[string]string // token as the client has it: as the issuer made it
	active        map[string][]byte // token as the client has it: last answer that called it active
}

func newServer(f Fault, iss *issuer.Issuer) *server {
	return &server{
		defect:  f,
		issuer:  iss,
		issued:  map[string]bool{},
		genuine: map[string]string{},
		active:  map[string][]byte{},
	}
}

type endpoint int

const (
	other endpoint = iota
	tokenEndpoint
	introspectionEndpoint
	metadataEndpoint
)

// request is what the issuer will get.
type request struct {
	at      endpoint
	header  http.Header
	form    url.Values
	token   string // that is introspected, as the client sent it
	caller  string // client identifier of HTTP Basic
	changed bool   // form or header were rewritten
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "the body is too large", http.StatusRequestEntityTooLarge)
		return
	}
	q := &request{at: endpointOf(r.URL.Path), header: r.Header.Clone()}
	// A form that doesn't parse is the issuer's to refuse, with the bytes as they came.
	q.form, _ = url.ParseQuery(string(body))
	q.token = q.form.Get("token")
	q.caller, _, _ = r.BasicAuth()
	if s.defect.before != nil {
		if a := s.defect.before(s, q); a != nil {
			a.send(w)
			return
		}
	}
	if q.changed {
		body = []byte(q.form.Encode())
	}
	inner := r.Clone(r.Context())
	inner.Header = q.header
	inner.Body, inner.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	inner.Header.Set("Content-Length", strconv.Itoa(len(body)))
	a := &answer{header: http.Header{}}
	s.issuer.ServeHTTP(a, inner)
	if s.defect.after != nil {
		s.defect.after(s, q, a)
	}
	s.note(q, a)
	a.send(w)
}

func endpointOf(path string) endpoint {
	switch {
	case strings.Contains(path, "/.well-known/oauth-authorization-server"):
		return metadataEndpoint
	case strings.HasSuffix(path, "/token"):
		return tokenEndpoint
	case strings.HasSuffix(path, "/introspect"):
		return introspectionEndpoint
	}
	return other
}

// note remembers what later requests are compared with.
func (s *server) note(q *request, a *answer) {
	members := a.members()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case q.at == tokenEndpoint && a.ok():
		if token, ok := members["access_token"].(string); ok {
			s.issued[token] = true
		}
	case q.at == introspectionEndpoint && members["active"] == true:
		s.active[q.token] = a.body.Bytes()
		s.authorization = q.header.Get("Authorization")
	}
}

// pass has the token that a client presents introspected as the one that the issuer
// made in its place.
func (s *server) pass(q *request) *answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if made, ok := s.genuine[q.token]; ok && q.at == introspectionEndpoint {
		q.form.Set("token", made)
		q.changed = true
	}
	return nil
}

// replace remembers that a client has presented for what the issuer made.
func (s *server) replace(made, presented string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.genuine[presented] = made
}
