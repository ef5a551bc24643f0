package issuer

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// denied reports whether the downloaded list has the jti, or the family that leads it.
func denied(t *testing.T, i *Issuer, jti string) bool {
	t.Helper()
	d, _ := download(t, i, "")
	for _, r := range d.Revoked {
		if r.JTI == jti || r.Family != "" && strings.HasPrefix(jti, r.Family) {
			return true
		}
	}
	return false
}

// wantStatus asks all who tell of a token by its jti whether it was revoked: they agree,
// with each other and with introspection.
func wantStatus(t *testing.T, i *Issuer, when, tok, jti string, revoked bool) {
	t.Helper()
	word := map[bool]string{false: statusGood, true: statusRevoked}[revoked]
	if m := object(t, statusOf(i, jti)); m["status"] != word {
		t.Errorf("%s: status %v, want %s", when, m["status"], word)
	}
	if denied(t, i, jti) != revoked {
		t.Errorf("%s: on the denylist %t", when, !revoked)
	}
	if active(t, i, tok) == revoked {
		t.Errorf("%s: active %t", when, revoked)
	}
	if !strings.Contains(tok, ".") {
		return
	}
	var p place
	if err := json.Unmarshal([]byte(part(t, tok, 1)), &p); err != nil {
		t.Fatal(err)
	}
	if p.Status.List.Index == nil {
		return // not of this profile
	}
	if _, bits := fetchList(t, i, p.Status.List.URI); p.revoked(bits) != revoked {
		t.Errorf("%s: the status list says %t", when, !revoked)
	}
}

// When a family ends, each of its access tokens is revoked for all who ask, whichever
// way it ends, in every profile and however much is kept.
func TestCascade(t *testing.T) {
	t.Parallel()
	for _, profile := range token.Profiles() {
		for _, keep := range []store.Keep{store.KeepNothing, store.KeepID, store.KeepClaims} {
			for _, listed := range []bool{false, true} {
				name := profile + ", " + string(keep) + map[bool]string{true: ", status list"}[listed]
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					c := profileConfig(profile)
					c.Persistence.SelfContained.Keep, c.StatusList = Keep(keep), listed
					clk := newClock()
					i := newIssuer(t, c, clk)
					for _, id := range []string{"look-RS256", "look-opaque", "signed", "app"} {
						cascades(t, i, clk, id)
					}
				})
			}
		}
	}
}

func cascades(t *testing.T, i *Issuer, clk *clock, id string) {
	t.Helper()
	for name, end := range map[string]func(refresh, replaced string){
		"revocation": func(refresh, _ string) { wantRevoked(t, giveBack(i, id, refresh, "")) },
		"reuse":      func(_, replaced string) { wantCode(t, do(i, ask(id, refreshOf(replaced))), "invalid_grant") },
	} {
		first := granted(t, i, ask(id, passwordOf("alice")))
		clk.advance(1)
		second := granted(t, i, ask(id, refreshOf(text(first, "refresh_token"))))
		other := granted(t, i, ask(id, passwordOf("alice")))
		toks := [...]string{text(first, "access_token"), text(second, "access_token"), text(other, "access_token")}
		var jtis [len(toks)]string
		for n, tok := range toks {
			jtis[n] = identifierOf(t, i, tok)
			wantStatus(t, i, id+", before a "+name, tok, jtis[n], false)
		}
		end(text(second, "refresh_token"), text(first, "refresh_token"))
		for n, tok := range toks {
			wantStatus(t, i, id+", after a "+name, tok, jtis[n], n < 2)
		}
	}
}

// identifierOf is the jti that the token says, or the store, where no answer does.
func identifierOf(t *testing.T, i *Issuer, tok string) string {
	t.Helper()
	var said struct {
		JTI string `json:"jti"`
	}
	if strings.Contains(tok, ".") {
		if err := json.Unmarshal([]byte(part(t, tok, 1)), &said); err != nil {
			t.Fatal(err)
		}
		return said.JTI
	}
	kept, ok, err := i.store.Get(context.Background(), i.opaqueKey(tok))
	if err != nil || !ok {
		t.Fatalf("no record: %v", err)
	}
	return kept.Claims.ID
}

// A token that is being made while its family ends is revoked for all who ask, too.
func TestCascadeOfLateTokens(t *testing.T) {
	t.Parallel()
	for _, profile := range token.Profiles() {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			c := profileConfig(profile)
			c.StatusList = true
			i := newIssuer(t, c, newClock())
			for _, id := range []string{"look-RS256", "look-opaque", "signed", "app"} {
				m := granted(t, i, ask(id, passwordOf("alice")))
				kept, ok, err := i.store.Get(context.Background(), i.opaqueKey(text(m, "refresh_token")))
				if err != nil || !ok {
					t.Fatal(err)
				}
				wantRevoked(t, giveBack(i, id, text(m, "refresh_token"), ""))
				g := grant{client: i.clients[id], subject: "u-1", resource: testResource, scope: "read", family: kept.Family}
				tok, _, err := i.mint(context.Background(), &g)
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(tok, ".") { // of others nobody knows the jti
					wantStatus(t, i, id, tok, identifierOf(t, i, tok), true)
				} else if active(t, i, tok) {
					t.Errorf("%s: active", id)
				}
			}
		})
	}
}
