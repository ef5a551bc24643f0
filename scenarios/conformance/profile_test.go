package conformance_test

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/targets"
)

// A profile that a server doesn't claim isn't held against it, and what was seen is told.
func TestProfileHasToBeClaimed(t *testing.T) {
	t.Parallel()
	without := func(header, claims map[string]any) { delete(claims, "client_id"); header["typ"] = "JWT" }
	meant := func(_, claims map[string]any) { delete(claims, "client_id") }
	for _, test := range []struct {
		name    string
		jwt     func(header, claims map[string]any)
		declare bool
		items   []string
		want    results.Verdict // of the check on client_id
	}{
		{"nobody says so", without, false, nil, results.None},
		{"the target does", without, true, nil, results.Fail},
		{"it was chosen", without, false, []string{"rfc9068/2.2/client-id", "rfc9068/2.2/sub"}, results.Fail},
		{"its tokens say so", meant, false, nil, results.Fail},
	} {
		inst := reference(t, nil, func(iss *issuer.Issuer) (http.Handler, error) {
			return variant{path: "/token", jwt: test.jwt}.wrap(t, iss), nil
		})
		if !test.declare {
			inst.Target.Capabilities = slices.DeleteFunc(inst.Target.Capabilities, func(c targets.Capability) bool { return c == targets.RFC9068 })
		}
		checks := slices.DeleteFunc(all(), func(c conformance.Check) bool { return !strings.HasPrefix(c.ID, "rfc9068/2.2/") })
		result, err := conformance.Scenario(checks).Workload.Run(t.Context(), results.Step{Items: test.items}, scenarios.Site{Instance: inst, Progress: func(float64, string) {}})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(result.Findings, func(f results.Finding) bool { return f.Check == "rfc9068/2.2/client-id" })
		f := result.Findings[i]
		if f.Verdict != test.want || !strings.Contains(f.Observed, "client_id is missing") || (f.Verdict == results.None) != strings.HasPrefix(f.Reason, "not claimed") {
			t.Errorf("%s: %s, reason %q, observed %q", test.name, f.Verdict, f.Reason, f.Observed)
		}
		if test.want == results.None && result.Verdict == results.Fail {
			t.Errorf("%s: the step is %s: %s", test.name, result.Verdict, result.Reason)
		}
	}
}

// A token can't be judged by what is known from it alone, and not as one that was asked
// for without a resource when it was asked for with one.
func TestWhatATokenTellsOfItself(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, check string
		change      func(*targets.Instance)
	}{
		{"the audience", "rfc9068/3/default-resource", func(i *targets.Instance) { i.AudienceLearned = true }},
		{"no audience", "rfc9068/3/default-resource", func(i *targets.Instance) { i.Audience = "" }},
		{"a resource was sent", "rfc9068/3/default-resource", func(i *targets.Instance) {
			for n := range i.Clients {
				i.Clients[n].Resource = "https://resource.example/"
			}
		}},
		{"the issuer", "rfc9068/2.2/iss", func(i *targets.Instance) { i.IssuerLearned = true }},
	} {
		clock := newClock()
		inst := reference(t, clock, clean)
		test.change(inst)
		if f := judge(t, checkOf(t, test.check), inst, clock)[0]; f.Verdict != results.None || !strings.Contains(f.Reason, "declare") {
			t.Errorf("%s: %s, reason %q", test.name, f.Verdict, f.Reason)
		}
	}
}

// RFC 7662, section 2.2: active false may mean that the caller isn't allowed to ask about
// the token, so nothing fails by it.
func TestInactiveForTheCaller(t *testing.T) {
	t.Parallel()
	clock := newClock()
	inst := reference(t, clock, func(iss *issuer.Issuer) (http.Handler, error) {
		return variant{path: "/introspect", change: func(m map[string]any) { clear(m); m["active"] = false }}.wrap(t, iss), nil
	})
	for _, f := range judge(t, all(), inst, clock) {
		if f.Verdict == results.Fail {
			t.Errorf("%s fails: %s", f.Check, f.Observed)
		}
		if f.Check == "rfc7662/2.2/active-boolean" && (f.Verdict != results.Inconclusive || !strings.Contains(f.Reason, "OAUTHMARK_INTROSPECTION_CLIENT_ID")) {
			t.Errorf("%s: %s, reason %q", f.Check, f.Verdict, f.Reason)
		}
	}
}

// A client that has its credentials in the body is served as one that has them in a field.
func TestCredentialsInBody(t *testing.T) {
	t.Parallel()
	clock := newClock()
	inst := reference(t, clock, func(iss *issuer.Issuer) (http.Handler, error) {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, _, basic := r.BasicAuth(); basic {
				t.Errorf("%s has credentials in a field", r.URL.Path)
			}
			if r.ParseForm(); r.PostForm.Has("client_id") { // the issuer's clients are registered for Basic
				r.SetBasicAuth(url.QueryEscape(r.PostForm.Get("client_id")), url.QueryEscape(r.PostForm.Get("client_secret")))
				r.PostForm.Del("client_id")
				r.PostForm.Del("client_secret")
			}
			body := r.PostForm.Encode()
			r.Body, r.ContentLength, r.Form, r.PostForm = io.NopCloser(strings.NewReader(body)), int64(len(body)), nil, nil
			r.Header.Set("Content-Length", strconv.Itoa(len(body)))
			iss.ServeHTTP(w, r)
		}), nil
	})
	inst.Introspector.InBody = true
	for i := range inst.Clients {
		inst.Clients[i].InBody = true
	}
	for _, f := range judge(t, all(), inst, clock) {
		want := results.Pass
		if f.Check == "rfc6749/5.2/challenge" || f.Check == "rfc6749/5.2/invalid-client" {
			want = results.None
		}
		if f.Verdict != want {
			t.Errorf("%s: %s, reason %q, observed %q", f.Check, f.Verdict, f.Reason, f.Observed)
		}
		for _, e := range f.Evidence {
			if strings.Contains(e, inst.Introspector.Secret.Reveal()) {
				t.Errorf("%s: its evidence has the secret", f.Check)
			}
		}
	}
}
