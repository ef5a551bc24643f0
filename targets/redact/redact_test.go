package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"
)

// A secret is found in every spelling, in every case, and inside other text.
func TestRedact(t *testing.T) {
	t.Parallel()
	const jwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbi1pbi1iYXNlNjQ"
	secrets := []string{
		"s3cr<t&\"w'rd + ü/\\", "8mR2VXAhLZ1n-6tJ0pQ_K9cWf3sYbE7dGiUuTzOoPqM", "  padded-with-blanks\n", "word-s", "wxyz",
		jwt, strings.Repeat("long/er+secret=", 20), "<script>alert(1)</script>",
	}
	var r Registry
	r.Add(secrets...)
	r.Add("eyJhbGciOiJub25lIn0.e30.signature-is-what-counts")
	each := func(format, s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			fmt.Fprintf(&b, format, c)
		}
		return b.String()
	}
	for _, secret := range append(secrets, "signature-is-what-counts") {
		quoted, _ := json.Marshal(secret)
		for name, text := range map[string]string{
			"raw": secret, "upper": strings.ReplaceAll(strings.ToUpper(secret), "Ü", "ü"), "query": url.QueryEscape(secret), "path": url.PathEscape(secret),
			"percent": each("%%%02X", secret), "html": html.EscapeString(secret), "entities": each("&#%d;", secret),
			"json": string(quoted[1 : len(quoted)-1]), "unicode": each(`\u%04X`, secret), "go": fmt.Sprintf("%q", secret),
			"hex": hex.EncodeToString([]byte(secret)), "HEX": fmt.Sprintf("%X", secret),
			"basic":  base64.StdEncoding.EncodeToString([]byte("client:" + secret)),
			"basic2": base64.URLEncoding.EncodeToString([]byte("the-client:" + secret)),
			"basic3": base64.StdEncoding.EncodeToString([]byte("a-client:" + url.QueryEscape(secret))),
			"base64": base64.RawURLEncoding.EncodeToString([]byte(secret)),
		} {
			if len(secret) < 8 && strings.HasPrefix(name, "bas") {
				continue // too short to be told from other text
			}
			got := r.Redact("scope \"" + text + "\", and more")
			if !strings.Contains(got, Mark) || !strings.HasPrefix(got, "scope \"") || !strings.HasSuffix(got, "\", and more") {
				t.Errorf("%s of %.20q: %q", name, secret, got)
			}
			for n := range len(text) - 11 {
				if name != "go" && !strings.HasPrefix(name, "basic") && strings.Contains(got, text[n:n+12]) {
					t.Errorf("%s of %.20q: %q is left of it", name, secret, text[n:n+12])
					break
				}
			}
		}
	}
}

// A short secret is left out, and is no echo.
func TestEchoes(t *testing.T) {
	t.Parallel()
	r := New("test", "s3cr3t")
	for text, want := range map[string]bool{"a test": false, "a S3CR3T": true, "%73%33%63%72%33%74": true, "": false} {
		if r.Echoes(text) != want {
			t.Errorf("%q: echoes %v", text, !want)
		}
	}
	if got := r.Redact("a test"); got != "a "+Mark {
		t.Error(got)
	}
}

// Other text stays as it is.
func TestRedactLeavesTheRest(t *testing.T) {
	t.Parallel()
	var r Registry
	r.Add("", "abc", "8mR2VXAhLZ1n-6tJ0pQ_K9cWf3sYbE7dGiUuTzOoPqM")
	const text = "abc 200 with a JSON object as \"application/json\"; 8mR2VXAhLZ1n ÄÖÜ \xff"
	if got := r.Redact(text); got != text {
		t.Errorf("%q", got)
	}
	if got := (*Registry)(nil).Redact(text); got != text {
		t.Errorf("of nil: %q", got)
	}
}
