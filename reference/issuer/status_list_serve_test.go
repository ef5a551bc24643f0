package issuer

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"testing"
)

// draft-ietf-oauth-status-list, sections 8.1 to 8.4: who gets a list, and in which form.
func TestStatusListNegotiation(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, listedConfig(), newClock())
	uri, err := url.Parse(placeOf(t, obtain(t, i, "ES256", "")).Status.List.URI)
	if err != nil {
		t.Fatal(err)
	}
	const jwt, cwt = "application/statuslist+jwt", "application/statuslist+cwt"
	for name, c := range map[string]struct {
		query, accept, encoding string
		status                  int
		encoded                 bool
	}{
		"no header":           {status: 200},
		"named":               {accept: jwt, status: 200},
		"named in capitals":   {accept: "Application/StatusList+JWT", status: 200},
		"any":                 {accept: "*/*", status: 200},
		"any application":     {accept: "text/html, application/*;q=0.1", status: 200},
		"beside the CWT":      {accept: cwt + ", " + jwt + ";q=0.5", status: 200},
		"CWT":                 {accept: cwt, status: 406},
		"CWT, or any":         {accept: cwt + ", */*;q=0.1", status: 200},
		"JSON":                {accept: "application/json", status: 406},
		"not wanted":          {accept: jwt + ";q=0, */*", status: 406},
		"a weight of letters": {accept: jwt + ";q=x", status: 406},
		"gzip":                {encoding: "deflate, gzip", status: 200, encoded: true},
		"any encoding":        {encoding: "*", status: 200, encoded: true},
		"anything but gzip":   {encoding: "gzip;q=0, *", status: 200},
		"another encoding":    {encoding: "br", status: 200},
		"then":                {query: "?time=1686925000", status: 501},
		"then, without time":  {query: "?time=", status: 501},
		"another parameter":   {query: "?x=1", status: 200},
	} {
		q := request{method: "GET", path: uri.Path + c.query, media: "none", header: http.Header{}}
		if c.accept != "" {
			q.header.Set("Accept", c.accept)
		}
		if c.encoding != "" {
			q.header.Set("Accept-Encoding", c.encoding)
		}
		w := do(i, q)
		h := w.Header()
		if w.Code != c.status || h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Vary") != "Accept, Accept-Encoding" {
			t.Errorf("%s: status %d, headers %v", name, w.Code, h)
		}
		if (h.Get("Content-Encoding") == "gzip") != c.encoded {
			t.Errorf("%s: Content-Encoding %q", name, h.Get("Content-Encoding"))
		}
		if !c.encoded {
			continue
		}
		z, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		plain := do(i, request{method: "GET", path: uri.Path, media: "none"}).Body.String()
		if b, err := io.ReadAll(z); err != nil || string(b) != plain {
			t.Errorf("%s: %d bytes, want the %d of the list: %v", name, len(b), len(plain), err)
		}
	}
}
