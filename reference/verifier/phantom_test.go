package verifier

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/oauthmark/oauthmark/reference/claims"
)

func typed(media, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		_, _ = w.Write([]byte(body))
	}
}

func inactiveExchange(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

// cutSigned returns header and payload of a JWT, and its signature.
func cutSigned(token string) (rest, signature string) {
	at := strings.LastIndexByte(token, '.')
	return token[:at], token[at+1:]
}

func TestPhantomJudges(t *testing.T) {
	t.Parallel()
	now := newClock().now()
	good := sign(t, testKeys().ec, goodHeader("ES256"), goodClaims(now))
	claim := func(members ...any) string {
		return sign(t, testKeys().ec, goodHeader("ES256"), with(goodClaims(now), members...))
	}
	for name, test := range map[string]struct {
		exchange http.HandlerFunc
		reason   claims.Reason
	}{
		"JWT":               {typed("application/jwt", good), ""},
		"with a line break": {typed("application/jwt; charset=utf-8", good+"\n"), ""},
		"not active":        {inactiveExchange, claims.ReasonInactive},
		"not active, JSON":  {fixed(200, `{"active":false}`), claims.ReasonInactive},
		"active, JSON":      {fixed(200, `{"active":true}`), unknown},
		"expired":           {typed("application/jwt", claim("exp", now.Unix())), claims.ReasonExpired},
		"another audience":  {typed("application/jwt", claim("aud", "x")), claims.ReasonAudience},
		"another issuer":    {typed("application/jwt", claim("iss", "x")), claims.ReasonIssuer},
		"another key":       {typed("application/jwt", sign(t, testKeys().stray, goodHeader("RS256"), goodClaims(now))), claims.ReasonSignature},
		"an ID token":       {typed("application/jwt", sign(t, testKeys().ec, with(goodHeader("ES256"), "typ", "JWT"), goodClaims(now))), claims.ReasonType},
		"no JWT":            {typed("application/jwt", "x"), claims.ReasonMalformed},
		"empty":             {typed("application/jwt", ""), claims.ReasonMalformed},
		"media type":        {typed("text/plain", good), unknown},
		"status":            {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(400); _, _ = w.Write([]byte(good)) }, unknown},
		"redirect":          {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/x", 307) }, unknown},
		"too long":          {typed("application/jwt", strings.Repeat("x", maxAnswer+1)), unknown},
	} {
		s, _, u, _ := judging(t, Phantom)
		u.onIntrospect(test.exchange)
		_, err := s.Judge(t.Context(), "opaque-token")
		wantReason(t, err, test.reason)
		if err != nil && strings.Contains(err.Error(), "opaque-token") {
			t.Errorf("%s: the error has the token", name)
		}
	}
}

// Signed introspection answers are judged by RFC 9701, and say nothing when they aren't
// the issuer's answer to us.
func TestPhantomStatement(t *testing.T) {
	t.Parallel()
	now := newClock().now()
	head := func(members ...any) map[string]any {
		return with(map[string]any{"alg": "ES256", "kid": "ES256", "typ": typeIntrospection}, members...)
	}
	body := func(members ...any) jwt.MapClaims {
		return with(jwt.MapClaims{"iss": testIssuer, "aud": "resource server", "iat": now.Unix(),
			"token_introspection": map[string]any{"active": true, "client_id": "app", "aud": testResource}}, members...)
	}
	for name, test := range map[string]struct {
		head   map[string]any
		body   jwt.MapClaims
		reason claims.Reason
	}{
		"active":              {head(), body(), ""},
		"one of several":      {head(), body("aud", []string{"x", "resource server"}), ""},
		"not active":          {head(), body("token_introspection", map[string]any{"active": false}), claims.ReasonInactive},
		"of another audience": {head(), body("token_introspection", map[string]any{"active": true, "aud": "x"}), claims.ReasonAudience},
		"expired":             {head(), body("token_introspection", map[string]any{"active": true, "exp": now.Unix()}), claims.ReasonExpired},
		"access token's typ":  {head("typ", "at+jwt"), body(), unknown},
		"no typ":              {head("typ", nil), body(), unknown},
		"another kid":         {head("kid", "x"), body(), unknown},
		"another algorithm":   {head("kid", "RS256"), body(), unknown},
		"another issuer":      {head(), body("iss", "x"), unknown},
		"no issuer":           {head(), body("iss", nil), unknown},
		"for another":         {head(), body("aud", "x"), unknown},
		"for the token's aud": {head(), body("aud", testResource), unknown},
		"for nobody":          {head(), body("aud", nil), unknown},
		"no iat":              {head(), body("iat", nil), unknown},
		"iat in the future":   {head(), body("iat", now.Unix()+60), unknown},
		"no answer":           {head(), body("token_introspection", nil), unknown},
		"answer as text":      {head(), body("token_introspection", `{"active":true}`), unknown},
		"active as text":      {head(), body("token_introspection", map[string]any{"active": "true"}), unknown},
		"active at the top":   {head(), body("token_introspection", map[string]any{}, "active", true), unknown},
	} {
		s, _, u, _ := judging(t, Phantom)
		u.onIntrospect(typed("application/"+typeIntrospection, sign(t, testKeys().ec, test.head, test.body)))
		said, err := s.Judge(t.Context(), "t")
		if wantReason(t, err, test.reason); err == nil && said.ClientID != "app" {
			t.Errorf("%s: %+v", name, said)
		}
	}
}

func TestSplitJudges(t *testing.T) {
	t.Parallel()
	now := newClock().now()
	rest, signature := cutSigned(sign(t, testKeys().ec, goodHeader("ES256"), goodClaims(now)))
	otherRest, other := cutSigned(sign(t, testKeys().ec, goodHeader("ES256"), with(goodClaims(now), "jti", "y")))
	for name, test := range map[string]struct {
		token    string
		exchange http.HandlerFunc
		reason   claims.Reason
		asked    int64
	}{
		"header and payload":    {signature, typed("application/jwt", rest), "", 1},
		"whole":                 {signature, typed("application/jwt", rest+"."+signature), "", 1},
		"not active":            {signature, inactiveExchange, claims.ReasonInactive, 1},
		"of another signature":  {signature, typed("application/jwt", otherRest), claims.ReasonSignature, 1},
		"whole, of another":     {signature, typed("application/jwt", otherRest+"."+other), claims.ReasonSignature, 1},
		"not a part of a JWT":   {signature, typed("application/jwt", "x"), claims.ReasonMalformed, 1},
		"a whole JWT as token":  {rest + "." + signature, typed("application/jwt", rest), claims.ReasonMalformed, 0},
		"short":                 {signature[:85], typed("application/jwt", rest), claims.ReasonMalformed, 0},
		"another alphabet":      {"+" + signature[1:], typed("application/jwt", rest), claims.ReasonMalformed, 0},
		"empty":                 {"", typed("application/jwt", rest), claims.ReasonMalformed, 0},
		"too long for anything": {strings.Repeat("A", 16<<10+4), typed("application/jwt", rest), claims.ReasonTooLong, 0},
	} {
		s, _, u, _ := judging(t, Split)
		u.onIntrospect(test.exchange)
		_, err := s.Judge(t.Context(), test.token)
		if wantReason(t, err, test.reason); u.asked.Load() != test.asked {
			t.Errorf("%s: %d requests", name, u.asked.Load())
		}
	}
	s, _, u, _ := judging(t, Split) // who has only this has no JWT to give
	u.onIntrospect(typed("application/"+typeIntrospection, "x"))
	cannotTell(t, s, signature)
}

// What is remembered ends with the key that signed it; TestCacheRules has the rest.
func TestExchangeForgetsWithTheKeys(t *testing.T) {
	t.Parallel()
	s, _, u, c := judging(t, Phantom)
	judge := func(after time.Duration, reason claims.Reason, asked int64) {
		t.Helper()
		c.advance(after)
		judges(t, s, "t", reason)
		u.wantAsked(t, asked)
	}
	u.onIntrospect(typed("application/jwt", sign(t, testKeys().ec, goodHeader("ES256"), goodClaims(c.now()))))
	judge(0, "", 1)
	c.advance(DefaultKeyMaxAge - time.Second)
	judge(0, "", 2)
	judge(0, "", 2)
	u.publish(200, testKeys().set(t, "EdDSA"))
	judge(2*time.Second, claims.ReasonKeyUnknown, 3)
	judge(0, claims.ReasonKeyUnknown, 4) // is no verdict to remember
}

// FuzzParseStatement: an answer that is active was to us, and of the issuer.
func FuzzParseStatement(f *testing.F) {
	expect := claims.Expectation{Issuer: "i", Resource: "r"}
	f.Add([]byte(`{"iss":"i","aud":["us"],"iat":1,"token_introspection":{"active":true}}`))
	f.Add([]byte(`{"iss":"i","aud":"us","iat":1.5,"token_introspection":{"active":false}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := parseStatement(data, expect, "us", time.Unix(10, 0))
		if err != nil && a.active || err == nil && a.active && !(strings.Contains(string(data), "us") || strings.Contains(string(data), `\u`)) {
			t.Errorf("%+v, %v", a, err)
		}
	})
}
