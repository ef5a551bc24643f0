package issuer

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestUserClaims(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		scope string
		named []string
		want  string
	}{
		{"openid", nil, ""},
		{"email", []string{"name"}, ""}, // not a request of OpenID Connect
		{"openid phone", nil, "phone_number phone_number_verified"},
		{"openid email", []string{"email", "picture"}, "email email_verified picture"},
		{"openid address", nil, "address"},
	} {
		if got := strings.Join(userClaims(row.scope, row.named), " "); got != row.want {
			t.Errorf("%s: %s, want %s", row.scope, got, row.want)
		}
	}
}

// The first example is of the shape that OpenID Connect Core 1.0, section 5.5, shows.
var claimsParameters = map[string]string{
	`{"userinfo":{"given_name":{"essential":true},"nickname":null,"https://x.example/p":null},"id_token":{"auth_time":{"essential":true}}}`: "given_name https://x.example/p nickname",
	`{"id_token":{"acr":null}}`: "",
	`{"other":1}`:               "",
	`{}`:                        "",
}

var badClaimsParameters = []string{
	"", "null", "[]", `"userinfo"`, `{"userinfo":[]}`, `{"userinfo":null}`, `{"userinfo":{"a":1}}`, `{"userinfo":{"a":"x"}}`,
	`{"userinfo":{"":null}}`, `{"id_token":{"a":true}}`, `{"userinfo":{`, `{"userinfo":{"` + strings.Repeat("n", 129) + `":null}}`,
	`{"x":"` + strings.Repeat("x", 5000) + `"}`,
}

func TestClaimsParameter(t *testing.T) {
	t.Parallel()
	for given, want := range claimsParameters {
		if got, err := parseClaimsParameter(given); err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %v, %v", given, got, err)
		}
	}
	for _, bad := range badClaimsParameters {
		if got, err := parseClaimsParameter(bad); err == nil {
			t.Errorf("%q: %v", bad, got)
		}
	}
}

func FuzzClaimsParameter(f *testing.F) {
	for given := range claimsParameters {
		f.Add(given)
	}
	for _, bad := range badClaimsParameters {
		f.Add(bad)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseClaimsParameter(text)
		if err != nil && got != nil || len(got) > maxUserClaims || !slices.IsSorted(got) {
			t.Errorf("%d names, %v", len(got), err)
		}
		for _, name := range got {
			if name == "" || len(name) > maxClaimName {
				t.Errorf("a name of %d bytes", len(name))
			}
		}
	})
}

// What was asked for is kept with the token, through refreshing and narrowing, and
// shown in the token only where the configuration says so.
func TestUserClaimsAreRecorded(t *testing.T) {
	t.Parallel()
	for _, shown := range []bool{false, true} {
		c := profileConfig("")
		c.UserClaimsInToken = shown
		i := newIssuer(t, c, newClock())
		for _, id := range []string{"look-RS256", "look-opaque"} {
			v := authorization(id)
			v.Set("scope", "openid email")
			v.Set("claims", `{"userinfo":{"nickname":null},"id_token":{"acr":null}}`)
			m := granted(t, i, ask(id, codeOf(visit(t, i, v).Get("code"))))
			again := granted(t, i, ask(id, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text(m, "refresh_token")}, "scope": {"openid"}}))
			for want, m := range map[string]map[string]any{"email email_verified nickname": m, "nickname": again} {
				tok := text(m, "access_token")
				found, ok, err := i.find(t.Context(), tok)
				if got := strings.Join(claimsOfUser(&found), " "); err != nil || !ok || got != want {
					t.Errorf("%s: %s, want %s", id, got, want)
				}
				if strings.Contains(tok, ".") && strings.Contains(part(t, tok, 1), `"nickname":null`) != shown {
					t.Errorf("shown %v: %s", shown, part(t, tok, 1))
				}
				if about := introspect(i, tok).Body.String(); strings.Contains(about, "nickname") {
					t.Errorf("introspection tells %s", about)
				}
			}
		}
		v := authorization("look-opaque")
		v.Set("claims", "[]")
		if got := visit(t, i, v).Get("error"); got != "invalid_request" {
			t.Errorf("malformed claims: %q", got)
		}
		// Nothing is asked for of an application's token.
		found, _, err := i.find(t.Context(), obtain(t, i, "look-opaque", "&scope=openid+email"))
		if err != nil || found.More == nil || found.More.UserClaims != nil {
			t.Errorf("application: %+v, %v", found.More, err)
		}
	}
}

// The jti isn't what its record is found by, so it is no opaque token.
func TestHybridKey(t *testing.T) {
	t.Parallel()
	if hybridValue(&client{}, "x", "") == "x" {
		t.Error("the record is found by the jti itself")
	}
}
