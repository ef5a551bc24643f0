package issuer

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/token"
)

const plainGrant = "grant_type=client_credentials"

func basic(user, password string) http.Header {
	return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))}}
}

// What is answered with a token, and its scope.
func TestTokenGranted(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, testConfig(), newClock())
	for name, c := range map[string]struct {
		q     request
		scope string
	}{
		"default scope":            {request{body: plainGrant}, "read write"},
		"one scope":                {request{body: plainGrant + "&scope=write"}, "write"},
		"all scopes":               {request{body: plainGrant + "&scope=read+write"}, "read write"},
		"other order":              {request{body: plainGrant + "&scope=write%20read"}, "read write"},
		"scope repeated inside":    {request{body: plainGrant + "&scope=read+read"}, "read"},
		"scope without value":      {request{body: plainGrant + "&scope="}, "read write"},
		"scope without =":          {request{body: plainGrant + "&scope"}, "read write"},
		"omitted, then given":      {request{body: plainGrant + "&scope=&scope=read"}, "read"},
		"unknown parameter":        {request{body: plainGrant + "&foo=bar&x="}, "read write"},
		"empty pairs":              {request{body: "&&" + plainGrant + "&"}, "read write"},
		"resource":                 {request{body: plainGrant + "&resource=https%3A%2F%2Fapi.example"}, "read write"},
		"resource without value":   {request{body: plainGrant + "&resource="}, "read write"},
		"resource twice the same":  {request{body: plainGrant + "&resource=" + testResource + "&resource=" + testResource}, "read write"},
		"client_id of the client":  {request{body: plainGrant + "&client_id=opaque"}, "read write"},
		"client_secret empty":      {request{body: plainGrant + "&client_secret="}, "read write"},
		"charset":                  {request{body: plainGrant, media: "application/x-www-form-urlencoded; charset=UTF-8"}, "read write"},
		"media type in upper case": {request{body: plainGrant, media: "Application/X-WWW-Form-URLEncoded"}, "read write"},
		"scheme in lower case": {request{body: plainGrant, header: http.Header{
			"Authorization": {strings.Replace(basic("opaque", "s-opaque").Get("Authorization"), "Basic", "bASIC", 1)}}}, "read write"},
		"query is no parameter":     {request{body: plainGrant, path: "/token?scope=admin&grant_type=x"}, "read write"},
		"encoded id and secret":     {request{body: plainGrant, id: awkwardClient.ID, secret: string(awkwardClient.Secret)}, "read"},
		"scope that HTML escapes":   {request{body: plainGrant, id: "short", secret: "s-short"}, "<&>"},
		"encoded though not needed": {request{body: plainGrant, header: basic("%6fpaque", "s%2Dopaque")}, "read write"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := c.q
			if q.path == "" {
				q.path = "/token"
			}
			if q.id == "" && q.header == nil {
				q.id, q.secret = "opaque", "s-opaque"
			}
			w := do(i, q)
			if w.Code != http.StatusOK {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
			wantHeaders(t, w)
			if got := object(t, w)["scope"]; got != c.scope {
				t.Errorf("scope %v, want %q", got, c.scope)
			}
		})
	}
}

func TestTokenResponse(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, testConfig(), newClock())
	for _, id := range append([]string{"short"}, allForms...) {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			w := do(i, request{path: "/token", id: id, secret: "s-" + id, body: plainGrant})
			wantHeaders(t, w)
			m := object(t, w)
			lifetime := 3600.0
			if id == "short" {
				lifetime = 2
			}
			// These members, with these types, and no others: no refresh_token.
			tok, _ := m["access_token"].(string)
			if len(m) != 4 || m["token_type"] != "Bearer" || m["expires_in"] != lifetime {
				t.Errorf("token_type %v, expires_in %v, %d members", m["token_type"], m["expires_in"], len(m))
			}
			dots := strings.Count(tok, ".")
			if id == "opaque" || id == "short" {
				if dots != 0 || len(tok) != token.OpaqueLength {
					t.Errorf("an opaque token has %d characters and %d dots", len(tok), dots)
				}
			} else if dots != 2 {
				t.Errorf("a JWT has %d dots", dots)
			}
		})
	}
}

// What is refused, how, and that the answer says so in the same form each time.
func TestTokenRefused(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, testConfig(), newClock())
	auth := func(q request) request {
		q.id, q.secret = "opaque", "s-opaque"
		return q
	}
	twice := basic("opaque", "s-opaque")
	twice["Authorization"] = append(twice["Authorization"], twice["Authorization"][0])
	for name, c := range map[string]struct {
		q      request
		status int
		code   string
	}{
		"GET":                     {auth(request{method: "GET", body: plainGrant}), 405, "invalid_request"},
		"PUT":                     {auth(request{method: "PUT", body: plainGrant}), 405, "invalid_request"},
		"HEAD":                    {auth(request{method: "HEAD", body: plainGrant}), 405, "invalid_request"},
		"JSON":                    {auth(request{media: "application/json", body: `{"grant_type":"client_credentials"}`}), 400, "invalid_request"},
		"no media type":           {auth(request{media: "none", body: plainGrant}), 400, "invalid_request"},
		"broken media type":       {auth(request{media: ";;", body: plainGrant}), 400, "invalid_request"},
		"two media types":         {auth(request{body: plainGrant, header: http.Header{"Content-Type": {"application/x-www-form-urlencoded", "text/plain"}}}), 400, "invalid_request"},
		"body too large":          {auth(request{body: plainGrant + "&x=" + strings.Repeat("y", maxBody)}), 413, "invalid_request"},
		"too many parameters":     {auth(request{body: plainGrant + manyParameters()}), 400, "invalid_request"},
		"broken encoding":         {auth(request{body: plainGrant + "&scope=%zz"}), 400, "invalid_request"},
		"broken encoding of name": {auth(request{body: plainGrant + "&%=1"}), 400, "invalid_request"},
		"no body":                 {auth(request{}), 400, "invalid_request"},
		"grant_type missing":      {auth(request{body: "scope=read"}), 400, "invalid_request"},
		"grant_type empty":        {auth(request{body: "grant_type=&scope=read"}), 400, "invalid_request"},
		"grant_type twice":        {auth(request{body: plainGrant + "&" + plainGrant}), 400, "invalid_request"},
		"scope twice":             {auth(request{body: plainGrant + "&scope=read&scope=write"}), 400, "invalid_request"},
		"unknown twice":           {auth(request{body: plainGrant + "&foo=1&foo=2"}), 400, "invalid_request"},
		"password grant":          {auth(request{body: "grant_type=password&username=u&password=p"}), 400, "unsupported_grant_type"},
		"grant in upper case":     {auth(request{body: "grant_type=CLIENT_CREDENTIALS"}), 400, "unsupported_grant_type"},
		"unknown scope":           {auth(request{body: plainGrant + "&scope=admin"}), 400, "invalid_scope"},
		"one of two unknown":      {auth(request{body: plainGrant + "&scope=read+admin"}), 400, "invalid_scope"},
		"scope in upper case":     {auth(request{body: plainGrant + "&scope=READ"}), 400, "invalid_scope"},
		"two spaces":              {auth(request{body: plainGrant + "&scope=read++write"}), 400, "invalid_scope"},
		"space before":            {auth(request{body: plainGrant + "&scope=+read"}), 400, "invalid_scope"},
		"comma":                   {auth(request{body: plainGrant + "&scope=read,write"}), 400, "invalid_scope"},
		"unprintable scope":       {auth(request{body: plainGrant + "&scope=%00%ff"}), 400, "invalid_scope"},
		"unknown resource":        {auth(request{body: plainGrant + "&resource=https://other.example"}), 400, "invalid_target"},
		"resource with slash":     {auth(request{body: plainGrant + "&resource=" + testResource + "/"}), 400, "invalid_target"},
		"one of two resources":    {auth(request{body: plainGrant + "&resource=" + testResource + "&resource=https://other.example"}), 400, "invalid_target"},
		"introspector":            {request{body: plainGrant, id: "rs", secret: "s-rs"}, 400, "unauthorized_client"},
		"no authentication":       {request{body: plainGrant}, 401, "invalid_client"},
		"secret in the body":      {request{body: plainGrant + "&client_id=opaque&client_secret=s-opaque"}, 401, "invalid_client"},
		"secret in both":          {auth(request{body: plainGrant + "&client_secret=s-opaque"}), 400, "invalid_request"},
		"assertion and header":    {auth(request{body: plainGrant + "&client_assertion=x"}), 400, "invalid_request"},
		"another client_id":       {auth(request{body: plainGrant + "&client_id=ES256"}), 400, "invalid_request"},
		"two headers":             {request{body: plainGrant, header: twice}, 400, "invalid_request"},
		"wrong secret":            {request{body: plainGrant, id: "opaque", secret: "s-ES256"}, 401, "invalid_client"},
		"empty secret":            {request{body: plainGrant, id: "opaque"}, 401, "invalid_client"},
		"longer secret":           {request{body: plainGrant, id: "opaque", secret: "s-opaque2"}, 401, "invalid_client"},
		"unknown client":          {request{body: plainGrant, id: "nobody", secret: "s-opaque"}, 401, "invalid_client"},
		"unknown, empty secret":   {request{body: plainGrant, id: "nobody"}, 401, "invalid_client"},
		"empty client":            {request{body: plainGrant, header: basic("", "")}, 401, "invalid_client"},
		"not encoded":             {request{body: plainGrant, header: basic("opaque", "100%")}, 401, "invalid_client"},
		"awkward, not encoded":    {request{body: plainGrant, header: basic(awkwardClient.ID, string(awkwardClient.Secret))}, 401, "invalid_client"},
		"no colon":                {request{body: plainGrant, header: http.Header{"Authorization": {"Basic b3BhcXVl"}}}, 401, "invalid_client"},
		"not base64":              {request{body: plainGrant, header: http.Header{"Authorization": {"Basic ?"}}}, 401, "invalid_client"},
		"Bearer":                  {request{body: plainGrant, header: http.Header{"Authorization": {"Bearer abc"}}}, 401, "invalid_client"},
		"empty header":            {request{body: plainGrant, header: http.Header{"Authorization": {""}}}, 401, "invalid_client"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := c.q
			q.path = "/token"
			wantProblem(t, do(i, q), c.status, c.code)
		})
	}
}

func manyParameters() string {
	var b strings.Builder
	for n := range maxParameters {
		b.WriteString("&p" + string(rune('A'+n/26)) + string(rune('A'+n%26)) + "=1")
	}
	return b.String()
}
