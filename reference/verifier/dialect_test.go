package verifier

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// accented returns a verifier of another dialect, whose issuer publishes one key.
func accented(t *testing.T, change func(*Config)) (*Verifier, *upstream, *clock) {
	t.Helper()
	u, c := newUpstream(t), newClock()
	u.publish(200, testKeys().set(t, "ES256"))
	config := u.config()
	change(&config)
	v, err := New(config, Options{Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	return v, u, c
}

// What real servers issue: each token is refused for a reason that is ours to have, and
// accepted in its dialect.
func TestDialects(t *testing.T) {
	t.Parallel()
	now := newClock().now()
	head, said := goodHeader("ES256"), goodClaims(now)
	long := strings.Repeat("x", 60<<10)
	for _, test := range []struct {
		name   string
		header map[string]any
		claims map[string]any
		reason claims.Reason
		accept func(*Config)
	}{
		{"typ JWT", with(head, "typ", "JWT"), said, claims.ReasonType, func(c *Config) { c.Accept.Type = []string{"JWT"} }},
		{"no typ", with(head, "typ", nil), said, claims.ReasonType, func(c *Config) { c.Accept.Type = []string{""} }},
		{"azp", head, with(said, "client_id", nil, "azp", "app"), claims.ReasonIncomplete, func(c *Config) { c.Accept.ClientID = []string{"azp"} }},
		{"uti", head, with(said, "jti", nil, "uti", "x"), claims.ReasonIncomplete, func(c *Config) { c.Accept.ID = []string{"uti"} }},
		{"scopes in an array", head, with(said, "scope", []string{"read", "write"}), claims.ReasonForm, func(c *Config) { c.Accept.Scope = []string{"scope"} }},
		{"no audience", head, with(said, "aud", nil), claims.ReasonIncomplete, func(c *Config) { c.Accept.Absent = []string{"aud"} }},
		{"a clock that is ahead", head, with(said, "iat", now.Unix()+5, "nbf", now.Unix()+5), claims.ReasonNotYetValid, func(c *Config) { c.Ahead = Duration(5 * time.Second) }},
		{"80 kB", head, with(said, "x", long), claims.ReasonTooLong, func(c *Config) { c.MaxToken = 256 << 10 }},
		{"no kid beside one key", with(head, "kid", nil), said, "", func(*Config) {}},
	} {
		strict, _, _ := accented(t, func(*Config) {})
		_, err := strategy(t, strict, Local).Judge(t.Context(), sign(t, testKeys().ec, test.header, test.claims))
		wantReason(t, err, test.reason)
		if test.reason != "" && !test.reason.Ours() {
			t.Errorf("%s: the reason %q isn't said to be ours", test.name, test.reason)
		}
		v, _, c := accented(t, test.accept)
		token := sign(t, testKeys().ec, test.header, test.claims)
		for _, name := range []string{Local, LocalCached, LocalCached} {
			got, err := strategy(t, v, name).Judge(t.Context(), token)
			if err != nil || got.ClientID != "app" || got.Scope != "read write" {
				t.Errorf("%s: %s says %+v, %v", test.name, name, got, err)
			}
		}
		request, response := httptest.NewRequest("GET", "/local/resource", nil), httptest.NewRecorder()
		request.Header.Set("Authorization", "Bearer "+token)
		if v.ServeHTTP(response, request); response.Code != 200 {
			t.Errorf("%s: status %d, %s", test.name, response.Code, response.Body)
		}
		// Whatever is accepted, a signature has to be right, and the time too.
		c.advance(2 * time.Hour)
		_, err = strategy(t, v, Local).Judge(t.Context(), token)
		wantReason(t, err, claims.ReasonExpired)
		_, err = strategy(t, v, Local).Judge(t.Context(), sign(t, testKeys().stray, with(test.header, "alg", "RS256"), test.claims))
		if err == nil {
			t.Errorf("%s: another's token is accepted", test.name)
		}
	}
}

// A key is as usable as before beside a certificate that nobody can read.
func TestKeyWithUnreadableCertificate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, x5c string
		reason    claims.Reason
	}{
		{"garbage", `["!"]`, ""}, {"no certificate", `["` + base64.StdEncoding.EncodeToString([]byte("x")) + `"]`, ""}, {"no list", `"x"`, ""},
		{"of another key", `["` + base64.StdEncoding.EncodeToString(certificateOf(t, testKeys().stray)) + `"]`, claims.ReasonKeyUnknown},
		{"its own", `["` + base64.StdEncoding.EncodeToString(certificateOf(t, testKeys().ec)) + `"]`, ""},
	} {
		v, u, c := accented(t, func(*Config) {})
		set := testKeys().set(t, "ES256")
		u.publish(200, strings.Replace(set, `"kty"`, `"x5t":"x","x5c":`+test.x5c+`,"kty"`, 1))
		_, err := strategy(t, v, Local).Judge(t.Context(), sign(t, testKeys().ec, goodHeader("ES256"), goodClaims(c.now())))
		t.Log(test.name)
		wantReason(t, err, test.reason)
	}
}

// What an issuer that gave no usable answer did is told, in words that aren't its own.
func TestDenialOfAnOutage(t *testing.T) {
	t.Parallel()
	hijack := func(answer string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			_, _ = io.WriteString(c, answer)
		}
	}
	for _, test := range []struct {
		name, want string
		answer     http.HandlerFunc
	}{
		{"status", "introspect token: the issuer answered with status 500", fixed(500, `{"error":"s3cr3t"}`)},
		{"no JSON", "introspect token: the issuer's answer is malformed", fixed(200, "s3cr3t")},
		{"no HTTP", "introspect token: no answer that is HTTP", hijack("s3cr3t\r\n\r\n")},
		{"a broken field", "introspect token: no answer that is HTTP", hijack("HTTP/1.1 200 OK\r\ns3cr3t\r\n\r\n")},
		{"a short body", "introspect token: the connection ended", hijack("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ns3cr3t")},
		{"too long", "introspect token: the issuer's answer is longer than the 1048576 bytes that this resource server takes", fixed(200, strings.Repeat("x", maxAnswer+1))},
	} {
		v, u, _ := accented(t, func(*Config) {})
		u.onIntrospect(test.answer)
		request := httptest.NewRequest("GET", "/introspect/resource", nil)
		request.Header.Set("Authorization", "Bearer t")
		response := httptest.NewRecorder()
		v.ServeHTTP(response, request)
		why := ReadDenial(response.Body.Bytes())
		if response.Code != 503 || !strings.HasPrefix(why.Reason, test.want) || strings.Contains(response.Body.String(), "s3cr3t") || !why.Ours() {
			t.Errorf("%s: %d %s", test.name, response.Code, response.Body)
		}
	}
}

func TestReadDenial(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "x", `[]`, `{"error":1}`, `{"error":"invalid_token"}`, `{"error":"invalid_token","error_description":"the token has expired"}`} {
		if ReadDenial([]byte(body)).Ours() {
			t.Errorf("%s is ours", body)
		}
	}
}

// RFC 6749, section 2.3.1: in a body, identifier and secret are as they are.
func TestClientSecretPost(t *testing.T) {
	t.Parallel()
	v, u, _ := accented(t, func(c *Config) { c.ClientSecretPost = true })
	u.onIntrospect(func(w http.ResponseWriter, r *http.Request) {
		_, _, basic := r.BasicAuth()
		right := !basic && r.PostFormValue("client_id") == "resource server" && r.PostFormValue("client_secret") == "s3cret:+" && r.PostFormValue("token") == "t"
		w.Header().Set("Content-Type", "application/json; charset=utf-8;")
		_ = json.NewEncoder(w).Encode(map[string]any{"active": right})
	})
	_, err := strategy(t, v, Introspect).Judge(t.Context(), "t")
	wantReason(t, err, "")
}

func certificateOf(t *testing.T, key crypto.Signer) []byte {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}
