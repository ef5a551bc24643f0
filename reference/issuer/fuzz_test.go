package issuer

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

const formMedia = "application/x-www-form-urlencoded"

// tokenErrors are what the token and the introspection endpoint may answer (RFC
// 6749, section 5.2; RFC 8707, section 2).
var tokenErrors = []string{"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client",
	"unsupported_grant_type", "invalid_scope", "invalid_target"}

// Whatever is sent, the server doesn't fail, and it grants nothing to a stranger.
func FuzzRequest(f *testing.F) {
	i := newIssuer(f, partyConfig(), newClock())
	const basicApp = "Basic YXBwOnMtYXBw"
	f.Add("/token", formMedia, plainGrant, "Basic b3BhcXVlOnMtb3BhcXVl")
	f.Add("/token", formMedia, plainGrant+"&scope=%20&resource=%00", "Basic b3BhcXVlOnMtb3BhcXVl")
	f.Add("/introspect", formMedia, "token=a.b.c&&=&%", "Basic cnM6cy1ycw==")
	f.Add("/introspect", "a/b;;", "token", "Bearer x")
	f.Add("/token", formMedia, passwordOf("alice").Encode(), basicApp)
	f.Add("/token", formMedia, refreshOf("x").Encode(), basicApp)
	f.Add("/token", formMedia, codeOf("x").Encode(), basicApp)
	f.Add("/token", formMedia, "grant_type="+url.QueryEscape(string(JWTBearer))+"&assertion=e30.e30.e30", basicApp)
	f.Add("/token", formMedia, withAssertion("eyJhbGciOiJFUzI1NiJ9.e30.AA"), "")
	f.Add("/token", formMedia, plainGrant+"&client_id=post&client_secret=s-post", "")
	f.Fuzz(func(t *testing.T, path, media, body, authorization string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.URL.Path = path
		r.Header["Content-Type"] = []string{media}
		if authorization != "" {
			r.Header["Authorization"] = []string{authorization}
		}
		w := httptest.NewRecorder()
		i.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("status %d", w.Code)
		}
		if path != pathToken && path != pathIntrospection {
			return
		}
		var answer struct {
			Error string
			Token string `json:"access_token"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatalf("status %d: %v", w.Code, err)
		}
		if w.Code != 200 && !slices.Contains(tokenErrors, answer.Error) {
			t.Errorf("status %d, error %q", w.Code, answer.Error)
		}
		if path == pathToken && (w.Code == 200) != (answer.Token != "") {
			t.Errorf("status %d, and a token or none", w.Code)
		}
	})
}

// No text that isn't signed gets through the parser, the keys and the claims.
func FuzzAssertion(f *testing.F) {
	clk := newClock()
	good := sign(f, "jwt", clientAssertion(clk), nil)
	stranger := sign(f, "else", clientAssertion(clk), nil)
	for _, seed := range []string{good, stranger, "", "..", "e30.e30.", "eyJhbGciOiJub25lIn0.e30.", good + ".", "{}",
		`{"payload":"e30","protected":"eyJhbGciOiJFUzI1NiJ9","signature":"AA"}`} {
		f.Add(seed)
	}
	genuine, _, _ := cutLast(good)
	f.Fuzz(func(t *testing.T, text string) {
		a, err := parseAssertion(text, assertionAuthType)
		if err != nil {
			return
		}
		_ = a.judge(clk.now(), testIssuer)
		if _, err := a.members(); err != nil {
			t.Errorf("claims that were read can't be read again: %v", err)
		}
		if signed, _, _ := cutLast(text); a.verify(keySet("jwt")) == nil && signed != genuine {
			t.Error("an assertion that nobody signed is taken for signed")
		}
	})
}

// cutLast splits a JWT into what is signed and the signature.
func cutLast(text string) (signed, signature string, ok bool) {
	n := strings.LastIndexByte(text, '.')
	if n < 0 {
		return text, "", false
	}
	return text[:n], text[n+1:], true
}

// Whatever is asked, the browser goes to a registered place, or nowhere.
func FuzzAuthorize(f *testing.F) {
	i := newIssuer(f, partyConfig(), newClock())
	good := authorization("app").Encode()
	for _, seed := range []string{good, good + "&state=2", good + "&%", "", "client_id=app",
		strings.Replace(good, "S256", "plain", 1), strings.Replace(good, "app.example", "evil.example", 1),
		strings.Replace(good, "state=", "state=%0d%0aSet-Cookie:x%00", 1)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequest(http.MethodGet, "/authorize", nil)
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		i.ServeHTTP(w, r)
		where := w.Header().Get("Location")
		switch {
		case w.Code == http.StatusFound:
			if !strings.HasPrefix(where, testRedirect+"&") && !strings.HasPrefix(where, "app://cb?") {
				t.Errorf("redirected to %q", where)
			}
			if !visible(where) || !strings.Contains(where, "iss=") {
				t.Errorf("redirected with %q", where)
			}
		case w.Code >= 500, w.Code < 400, where != "":
			t.Errorf("status %d, Location %q", w.Code, where)
		}
	})
}
