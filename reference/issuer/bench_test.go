package issuer

import (
	"io"
	"net/http"
	"testing"
	"time"
)

// The benchmarks measure the handler alone: no connection, no server.

func BenchmarkIssueOpaque(b *testing.B) { benchmarkIssue(b, "opaque") }
func BenchmarkIssueES256(b *testing.B)  { benchmarkIssue(b, "ES256") }
func BenchmarkIssueEdDSA(b *testing.B)  { benchmarkIssue(b, "EdDSA") }
func BenchmarkIssueRS256(b *testing.B)  { benchmarkIssue(b, "RS256") }

func benchmarkIssue(b *testing.B, form string) {
	i := newIssuer(b, testConfig(), newClock())
	benchmark(b, i, request{path: "/token", id: form, secret: "s-" + form, body: plainGrant})
}

func BenchmarkIntrospectOpaque(b *testing.B) { benchmarkIntrospect(b, "opaque") }
func BenchmarkIntrospectES256(b *testing.B)  { benchmarkIntrospect(b, "ES256") }

func benchmarkIntrospect(b *testing.B, form string) {
	i := newIssuer(b, testConfig(), newClock())
	tok := obtain(b, i, form, "")
	if w := introspect(i, tok); object(b, w)["active"] != true {
		b.Fatal("the token is not active")
	}
	benchmark(b, i, request{path: "/introspect", id: "rs", secret: "s-rs", body: "token=" + tok})
}

// BenchmarkIntrospectOpaqueParallel shows whether the store's locks get in the way.
func BenchmarkIntrospectOpaqueParallel(b *testing.B) {
	i := newIssuer(b, testConfig(), &clock{})
	i.now = time.Now
	q := request{path: "/introspect", id: "rs", secret: "s-rs", body: "token=" + obtain(b, i, "opaque", "")}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		s := newSender(q)
		for pb.Next() {
			s.send(b, i)
		}
	})
}

func benchmark(b *testing.B, i *Issuer, q request) {
	s := newSender(q)
	b.ReportAllocs()
	for b.Loop() {
		s.send(b, i)
	}
}

// sender sends one request again and again, at next to no cost of its own.
type sender struct {
	request *http.Request
	body    *rewinder
	answer  *discard
}

func newSender(q request) *sender {
	body := &rewinder{text: q.body}
	r := q.http()
	r.Body = body
	return &sender{r, body, &discard{header: http.Header{}}}
}

func (s *sender) send(b *testing.B, i *Issuer) {
	s.body.at = 0
	s.answer.status = http.StatusOK
	clear(s.answer.header)
	i.ServeHTTP(s.answer, s.request)
	if s.answer.status != http.StatusOK {
		b.Fatalf("status %d", s.answer.status)
	}
}

type rewinder struct {
	text string
	at   int
}

func (r *rewinder) Read(p []byte) (int, error) {
	if r.at == len(r.text) {
		return 0, io.EOF
	}
	n := copy(p, r.text[r.at:])
	r.at += n
	return n, nil
}

func (r *rewinder) Close() error { return nil }

type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }
