package verifier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
)

func TestIntrospectJudges(t *testing.T) {
	t.Parallel()
	now := newClock().now().Unix()
	active := func(members string) string { return `{"active":true,"client_id":"app"` + members + `}` }
	for _, test := range []struct {
		name        string
		status      int
		contentType string
		body        string
		reason      claims.Reason
	}{
		{name: "active", body: active("")},
		{name: "all that binds", body: active(fmt.Sprintf(`,"iss":%q,"aud":%q,"exp":%d,"nbf":%d`, testIssuer, testResource, now+1, now))},
		{name: "charset", contentType: "application/json; charset=utf-8", body: active("")},
		{name: "one audience of several", body: active(fmt.Sprintf(`,"aud":["x",%q]`, testResource))},
		{name: "exp of a 64-bit maximum", body: active(`,"exp":9223372036854775807`)},

		{name: "inactive", body: `{"active":false}`, reason: claims.ReasonInactive},
		{name: "inactive with claims", body: `{"active":false,"client_id":"app"}`, reason: claims.ReasonInactive},
		{name: "expired", body: active(fmt.Sprintf(`,"exp":%d`, now)), reason: claims.ReasonExpired},
		{name: "expired long ago", body: active(`,"exp":0`), reason: claims.ReasonExpired},
		{name: "not yet valid", body: active(fmt.Sprintf(`,"nbf":%d`, now+1)), reason: claims.ReasonNotYetValid},
		{name: "other issuer", body: active(`,"iss":"https://issuer.example/"`), reason: claims.ReasonIssuer},
		{name: "empty issuer", body: active(`,"iss":""`), reason: unknown},
		{name: "other audience", body: active(`,"aud":"https://api.example/"`), reason: claims.ReasonAudience},
		{name: "no audience of several", body: active(`,"aud":[]`), reason: claims.ReasonAudience},

		{name: "active null", body: `{"active":null}`, reason: unknown},
		{name: "active text", body: `{"active":"true"}`, reason: unknown},
		{name: "active number", body: `{"active":1}`, reason: unknown},
		{name: "no active", body: `{"client_id":"app"}`, reason: unknown},
		{name: "other case", body: `{"Active":true}`, reason: unknown},
		{name: "active twice", body: `{"active":false,"active":true}`, reason: unknown},
		{name: "null exp", body: active(`,"exp":null`), reason: unknown},
		{name: "text exp", body: active(`,"exp":"9999999999"`), reason: unknown},
		{name: "null issuer", body: active(`,"iss":null`), reason: unknown},
		{name: "null audience", body: active(`,"aud":null`), reason: unknown},
		{name: "null within the audience", body: active(`,"aud":[null]`), reason: unknown},
		{name: "not JSON", body: `active`, reason: unknown},
		{name: "not an object", body: `[true]`, reason: unknown},
		{name: "empty", body: ``, reason: unknown},
		{name: "not UTF-8", body: active(",\"sub\":\"\xff\""), reason: unknown},
		{name: "too long", body: active(`,"x":"` + strings.Repeat("x", maxAnswer) + `"`), reason: unknown},
		{name: "other media type", contentType: "application/token-introspection+jwt", body: active(""), reason: unknown},
		{name: "400 that says active", status: 400, body: active(""), reason: unknown},
		{name: "401", status: 401, body: `{"error":"invalid_client"}`, reason: unknown},
		{name: "500 that says inactive", status: 500, body: `{"active":false}`, reason: unknown},
		{name: "201", status: 201, body: active(""), reason: unknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t)
			v, _ := u.verifier(t)
			u.onIntrospect(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if test.contentType != "" {
					w.Header().Set("Content-Type", test.contentType)
				}
				w.WriteHeader(max(test.status, 200))
				_, _ = io.WriteString(w, test.body)
			})
			// Either strategy judges one answer alike, remembered or not.
			for _, name := range []string{Introspect, IntrospectCached, IntrospectCached} {
				said, err := strategy(t, v, name).Judge(t.Context(), "the-token")
				wantReason(t, err, test.reason)
				if err == nil && said.ClientID != "app" || err != nil && !reflect.DeepEqual(said, claims.Claims{}) {
					t.Errorf("claims %+v with error %v", said, err)
				}
			}
		})
	}
}

func TestIntrospectKeepsClaims(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, c := u.verifier(t)
	u.answer(200, fmt.Sprintf(`{"active":true,"client_id":"app","scope":"a b","sub":"someone","exp":%d}`, c.now().Unix()+5))
	said, err := strategy(t, v, Introspect).Judge(t.Context(), "t")
	want := claims.Claims{ClientID: "app", Scope: "a b", Subject: "someone", ExpiresAt: time.Unix(c.now().Unix()+5, 0)}
	if err != nil || !reflect.DeepEqual(said, want) {
		t.Errorf("got %+v, %v", said, err)
	}
}

func TestIntrospectRequest(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, _ := u.verifier(t)
	const token = "aZ09-._~+/=="
	u.onIntrospect(func(w http.ResponseWriter, r *http.Request) {
		id, secret, ok := r.BasicAuth()
		// Form-urlencoded before it is joined: RFC 6749, section 2.3.1.
		if !ok || id != "resource+server" || secret != "s3cret%3A%2B" {
			t.Errorf("credentials %q %q", id, secret)
		}
		if r.Method != http.MethodPost || r.Header.Get("Accept") != "application/json" || r.URL.RawQuery != "" {
			t.Errorf("%s %s, accept %q", r.Method, r.URL, r.Header.Get("Accept"))
		}
		if err := r.ParseForm(); err != nil || len(r.PostForm) != 1 || r.PostForm.Get("token") != token {
			t.Errorf("form %v, %v", r.PostForm, err)
		}
		fixed(200, `{"active":true}`)(w, r)
	})
	if _, err := strategy(t, v, Introspect).Judge(t.Context(), token); err != nil {
		t.Error(err)
	}
}

func TestIntrospectFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, _ := u.verifier(t)
	for _, status := range []int{301, 302, 303, 307, 308} {
		u.onIntrospect(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, u.url+"/elsewhere", status) })
		cannotTell(t, strategy(t, v, Introspect), "t")
	}
	if n := u.elsewhere.Load(); n != 0 {
		t.Errorf("%d redirects followed", n)
	}
}

func TestIntrospectIssuerDown(t *testing.T) {
	t.Parallel()
	config := newUpstream(t).config()
	config.IntrospectionEndpoint = "http://127.0.0.1:0/introspect" // nothing can listen on port 0
	v := newVerifier(t, config, Options{})
	const token = "very-secret-token"
	for _, name := range []string{Introspect, IntrospectCached} {
		err := cannotTell(t, strategy(t, v, name), token)
		if strings.Contains(err.Error(), token) || strings.Contains(err.Error(), string(config.ClientSecret)) {
			t.Errorf("the error gives a secret away: %v", err)
		}
	}
}

func TestIntrospectContextEnds(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	v, _ := u.verifier(t)
	ctx, cancel := context.WithCancel(t.Context())
	u.onIntrospect(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice that the client left
		cancel()
		<-r.Context().Done()
	})
	_, err := strategy(t, v, Introspect).Judge(ctx, "t")
	var unavailable *Unavailable
	if !errors.Is(err, context.Canceled) || errors.As(err, &unavailable) {
		t.Errorf("got %v: the issuer is blamed for who asked it", err)
	}
}

func TestIntrospectTimesOut(t *testing.T) {
	t.Parallel()
	u := newUpstream(t)
	u.onIntrospect(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	v := newVerifier(t, u.config(), Options{Timeout: time.Millisecond})
	cannotTell(t, strategy(t, v, Introspect), "t")
}
