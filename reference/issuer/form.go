package issuer

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unsafe"
)

const (
	// maxBody is the size of the largest request body, in bytes. It leaves room for
	// an introspected token far longer than any that is issued here.
	maxBody = 64 << 10
	// maxParameters bounds the work of looking for repeated ones.
	maxParameters = 64
)

// form is the parameters of a request, in order.
type form []parameter

type parameter struct{ name, value string }

// get returns the value of the first parameter of the name, "" when there is none.
func (f form) get(name string) string {
	for _, p := range f {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

func (f form) has(name string) bool { return f.get(name) != "" }

// readForm reads the body of a request to the token or introspection endpoint.
// The query of the URL is no part of it: a credential there would end up in logs
// (RFC 6749, section 2.3.1: parameters MUST NOT be included in the request URI).
func readForm(w http.ResponseWriter, r *http.Request) (form, *problem) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, &problem{http.StatusMethodNotAllowed, "invalid_request", "the method must be POST"}
	}
	if !formEncoded(r.Header["Content-Type"]) {
		return nil, invalidRequest("the media type must be application/x-www-form-urlencoded")
	}
	body, err := readBody(w, r)
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, &problem{http.StatusRequestEntityTooLarge, "invalid_request", "the body is too large"}
		}
		return nil, invalidRequest("the body can't be read")
	}
	return parseForm(unsafe.String(unsafe.SliceData(body), len(body))) // which nobody changes from here on
}

// readBody reads a declared length at once, and an undeclared one up to the limit.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > maxBody {
		return nil, &http.MaxBytesError{Limit: maxBody}
	}
	if r.ContentLength < 0 {
		return io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(r.Body, body)
	return body, err
}

func formEncoded(types []string) bool {
	const want = "application/x-www-form-urlencoded"
	if len(types) != 1 {
		return false
	}
	if types[0] == want {
		return true
	}
	media, _, err := mime.ParseMediaType(types[0])
	return err == nil && media == want
}

// parseForm decodes a body.
//
// RFC 6749, section 3.2: a parameter without a value is treated as if it had been
// omitted, one that isn't known is ignored, and none MUST be included twice. One
// that isn't known may not be repeated either: section 5.2 calls a request that
// repeats a parameter invalid, whatever its name. The exception is resource, which
// RFC 8707, section 2, allows more than once.
func parseForm(body string) (form, *problem) {
	f := make(form, 0, 4)
	for body != "" {
		var pair string
		pair, body, _ = strings.Cut(body, "&")
		name, value, _ := strings.Cut(pair, "=")
		name, errName := url.QueryUnescape(name)
		value, errValue := url.QueryUnescape(value)
		switch {
		case errName != nil || errValue != nil:
			return nil, invalidRequest("the body is not form-urlencoded")
		case value == "":
			continue
		case name != "resource" && f.has(name):
			return nil, invalidRequest("a parameter is repeated")
		case len(f) == maxParameters:
			return nil, invalidRequest("there are too many parameters")
		}
		f = append(f, parameter{name, value})
	}
	return f, nil
}
