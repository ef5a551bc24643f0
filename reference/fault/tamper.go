package fault

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/oauthmark/oauthmark/reference/verifier"
)

// tampering hands the resource server other answers than the issuer gave.
type tampering struct {
	base  http.RoundTripper
	after func(*http.Request, *http.Response, error) (*http.Response, error)
}

// RoundTrip implements [http.RoundTripper].
func (t *tampering) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.base.RoundTrip(r)
	return t.after(r, resp, err)
}

// tamper puts the change between the issuer and the resource server.
func tamper(o *verifier.Options, after func(*http.Request, *http.Response, error) (*http.Response, error)) {
	var client http.Client
	if o.Client != nil {
		client = *o.Client
	}
	base := client.Transport
	if base == nil {
		base = &http.Transport{MaxIdleConnsPerHost: 1024, DisableCompression: true}
	}
	client.Transport = &tampering{base, after}
	o.Client = &client
}

// asksAboutToken reports whether a request is one of introspection.
func asksAboutToken(r *http.Request) bool { return r.Method == http.MethodPost }

// timeless takes exp off what the issuer says of a token.
func timeless(r *http.Request, resp *http.Response, err error) (*http.Response, error) {
	if err != nil || !asksAboutToken(r) || resp.StatusCode != http.StatusOK {
		return resp, err
	}
	raw, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	if members := object(raw); members != nil {
		delete(members, "exp")
		if raw, err = json.Marshal(members); err != nil {
			return nil, err
		}
	}
	return withBody(resp, raw), nil
}

// resigned has an issuer that fails call the token inactive.
func resigned(r *http.Request, resp *http.Response, err error) (*http.Response, error) {
	if !asksAboutToken(r) || err == nil && resp.StatusCode < http.StatusInternalServerError {
		return resp, err
	}
	if err == nil {
		resp.Body.Close()
	}
	made := &http.Response{StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}}
	return withBody(made, []byte(`{"active":false}`)), nil
}

func withBody(resp *http.Response, raw []byte) *http.Response {
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	resp.Header.Del("Content-Length")
	return resp
}

// deaf makes comments of the revocations in a stream of events, so that it stays alive.
func deaf(_ *http.Request, resp *http.Response, err error) (*http.Response, error) {
	if err == nil && strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		resp.Body = &deafened{Closer: resp.Body, lines: bufio.NewReader(resp.Body)}
	}
	return resp, err
}

type deafened struct {
	io.Closer
	lines *bufio.Reader
	rest  []byte
}

// Read implements [io.Reader]. Each line is passed on as soon as it is there.
func (d *deafened) Read(b []byte) (int, error) {
	if len(d.rest) == 0 {
		line, err := d.lines.ReadBytes('\n')
		if len(line) == 0 {
			return 0, err
		}
		if d.rest = line; bytes.HasPrefix(line, []byte("event:")) || bytes.HasPrefix(line, []byte("data:")) {
			d.rest = append([]byte(":"), line...)
		}
	}
	n := copy(b, d.rest)
	d.rest = d.rest[n:]
	return n, nil
}
