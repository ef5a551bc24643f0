package issuer

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// takesParameters are the endpoints that read parameters, with ones that they take.
var takesParameters = []struct {
	method, path, id string
	good             url.Values
}{
	{"POST", pathToken, "app", url.Values{"grant_type": {"client_credentials"}, "scope": {"read"}, "client_id": {"app"}}},
	{"POST", pathIntrospection, "rs", url.Values{"token": {"x"}, "token_type_hint": {"access_token"}}},
	{"POST", pathRevocation, "app", url.Values{"token": {"x"}, "token_type_hint": {"access_token"}}},
	{"POST", pathStatus, "rs", url.Values{"jti": {strings.Repeat("x", 22)}}},
	{"GET", pathAuthorization, "", authorization("app")},
	{"GET", pathDenylist, "", url.Values{}},
}

// Bodies, queries and the number of parameters are bounded, and no parameter may be there
// twice, at whichever endpoint (RFC 6749, sections 3.1 and 3.2).
func TestParametersAreBounded(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, partyConfig(), newClock())
	for _, e := range takesParameters {
		send := func(text, media string) *httptest.ResponseRecorder {
			q := request{method: e.method, path: e.path, media: media}
			if e.id != "" {
				q.id, q.secret = e.id, "s-"+e.id
			}
			if e.method == "GET" {
				r := q.http()
				r.URL.RawQuery = text
				w := httptest.NewRecorder()
				i.ServeHTTP(w, r)
				return w
			}
			q.body = text
			return do(i, q)
		}
		good := e.good.Encode()
		room := ""
		for n := range maxParameters - len(e.good) {
			room += fmt.Sprintf("&x%d=1", n)
		}
		tooLarge := map[string]int{"POST": http.StatusRequestEntityTooLarge, "GET": http.StatusRequestURITooLong}[e.method]
		cases := map[string]struct {
			text, media string
			status      int
		}{
			"good":                 {good, "", 0},
			"as many as there may": {good + room, "", 0},
			"one too many":         {good + room + "&y=1", "", 400},
			"too long":             {good + "&y=" + strings.Repeat("y", maxBody), "", tooLarge},
			"unknown twice":        {good + "&y=1&y=2", "", 400},
			"twice, one empty":     {good + "&y=1&y=", "", 0},
			"malformed":            {good + "&y=%zz", "", 400},
			"malformed name":       {good + "&%=1", "", 400},
		}
		for name := range e.good {
			cases[name+" twice"] = struct {
				text, media string
				status      int
			}{good + "&" + name + "=" + url.QueryEscape(e.good.Get(name)), "", 400}
		}
		if e.method == "POST" {
			for _, media := range []string{"none", "application/json", "multipart/form-data", ";;"} {
				cases["media type "+media] = struct {
					text, media string
					status      int
				}{good, media, 400}
			}
		}
		for name, c := range cases {
			w := send(c.text, c.media)
			if c.status == 0 {
				if w.Code != 200 && w.Code != 302 {
					t.Errorf("%s, %s: status %d: %s", e.path, name, w.Code, w.Body)
				}
				continue
			}
			if w.Code != c.status || object(t, w)["error"] != "invalid_request" {
				t.Errorf("%s, %s: status %d, want %d: %s", e.path, name, w.Code, c.status, w.Body)
			}
		}
	}
}

// Nothing that anybody can send makes any endpoint fail.
func TestNeverFails(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, listedConfig(), newClock())
	list, err := url.Parse(placeOf(t, obtain(t, i, "ES256", "")).Status.List.URI)
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{"", "*", "/", "//", "/.", pathMetadata, pathOpenID, pathResourceMetadata, pathHealth, list.Path, pathStatusLists, pathStatusLists + "x/"}
	for _, r := range i.offers() {
		paths = append(paths, r.path)
	}
	odd := []string{"", "\x00", "\xff\xfe", "é😀", `"\`, "a.b.c", "....", strings.Repeat("A", 43), strings.Repeat("-", 86), strings.Repeat(".", 5000), "-1", "99999999999999999999", "%", "null", "{}", "[]"}
	var bodies []string
	for _, value := range odd {
		q := url.QueryEscape(value)
		bodies = append(bodies, value)
		for _, grant := range append(GrantTypes(), "") {
			b := url.Values{"grant_type": {string(grant)}}.Encode()
			for _, name := range []string{"token", "jti", "code", "redirect_uri", "code_verifier", "refresh_token", "username", "password", "assertion", "scope", "resource", "after", "claims", "login_hint"} {
				b += "&" + name + "=" + q
			}
			bodies = append(bodies, b)
		}
		bodies = append(bodies, "client_id="+q+"&client_secret="+q, "client_id="+q, "client_assertion="+q+"&client_assertion_type="+url.QueryEscape(assertionType),
			strings.Replace(authorization("app").Encode(), "state=", "claims="+q+"&dpop_jkt="+q+"&state="+q, 1))
	}
	headers := []http.Header{{}, {"Authorization": {"Basic YXBwOnMtYXBw"}}, {"Authorization": {"Basic YXBwOnMtYXBw", "Bearer x"}}}
	for _, value := range odd {
		headers = append(headers, http.Header{
			"Authorization": {"Bearer " + value}, "Accept": {value, value + ";q=" + value}, "Dpop": {value},
			"If-None-Match": {value}, "Last-Event-Id": {value}, "Accept-Encoding": {value + "," + value},
		}, http.Header{"Authorization": {"Basic " + value}}, http.Header{"Authorization": {"DPoP " + value}, "Dpop": {value, value}})
	}
	for n, path := range paths {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "OPTIONS", "X"} {
			for m, body := range bodies {
				// Each header with a part of the bodies: together they are too many.
				header := headers[(n+m)%len(headers)]
				if path == pathEvents && method == "GET" && slices.Contains(header["Authorization"], "Basic YXBwOnMtYXBw") {
					continue // that is a stream
				}
				r := httptest.NewRequest(method, "/", strings.NewReader(body))
				r.URL.Path, r.URL.RawQuery, r.Header = path, body, header.Clone()
				r.Header.Set("Content-Type", formMedia)
				if m%3 == 0 {
					r.ContentLength, r.Body = -1, io.NopCloser(strings.NewReader(body))
				}
				w := httptest.NewRecorder()
				i.ServeHTTP(w, r)
				if w.Code >= 500 {
					t.Errorf("%s %s: status %d for %q with %v", method, path, w.Code, body, header)
				}
			}
		}
	}
}
