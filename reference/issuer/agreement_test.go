package issuer

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// agreementForm is how the tokens of the test's client look.
type agreementForm struct {
	name    string
	form    token.Form
	encrypt Encryption
	open    *token.Decrypter // of the resource server
	sealed  bool             // the issuer itself has no key
}

func agreementForms(t *testing.T) []agreementForm {
	t.Helper()
	forms := []agreementForm{{name: "opaque", form: token.OpaqueForm}, {name: "JWS", form: token.Form(keys.EdDSA)}}
	for _, alg := range []string{"A256GCMKW", "ECDH-ES+A256KW"} {
		whole, public := recipientKeys(t, alg)
		open, err := token.NewDecrypter(alg, token.ContentEncryptions()[0], whole)
		if err != nil {
			t.Fatal(err)
		}
		f := agreementForm{"JWE with a shared key", token.Form(keys.EdDSA), Encryption{Alg: alg, JWK: whole}, open, false}
		if public != nil {
			f.name, f.encrypt.JWK, f.sealed = "JWE to the resource server", public, true
		}
		forms = append(forms, f)
	}
	return forms
}

// agreement is an issuer whose endpoints are compared.
type agreement struct {
	*Issuer
	agreementForm
	mute bool // nobody can tell it anything about an encrypted token
}

// said returns the claims of a token, as the resource server knows them: by reading it or
// by asking for it.
func (a agreement) said(t *testing.T, tok string) place {
	t.Helper()
	if a.form == token.OpaqueForm {
		return place{JTI: jtiOf(t, a.Issuer, tok)}
	}
	if a.open != nil {
		signed, err := a.open.Decrypt(tok)
		if err != nil {
			t.Fatal(err)
		}
		tok = signed
	}
	var p place
	if err := json.Unmarshal([]byte(part(t, tok, 1)), &p); err != nil || p.JTI == "" {
		t.Fatalf("jti %q: %v", p.JTI, err)
	}
	return p
}

// want compares what the endpoints say about a token.
func (a agreement) want(t *testing.T, about, tok string, p place, live, ended bool) {
	t.Helper()
	switch w := introspect(a.Issuer, tok); {
	case a.mute && w.Code != 400:
		t.Errorf("%s: introspection of a token that can't be read: status %d", about, w.Code)
	case !a.mute && (w.Code != 200 || object(t, w)["active"] != live):
		t.Errorf("%s: introspection says %s, want active %t", about, w.Body, live)
	}
	if m := object(t, statusOf(a.Issuer, p.JTI)); (m["status"] == statusRevoked) != ended {
		t.Errorf("%s: status says %v, want revoked %t", about, m["status"], ended)
	}
	list, _ := download(t, a.Issuer, "")
	listed := slices.ContainsFunc(list.Revoked, func(r revoked) bool {
		return r.JTI == p.JTI || r.Family != "" && strings.HasPrefix(p.JTI, r.Family)
	})
	if listed != ended {
		t.Errorf("%s: denylist has it: %t, want %t", about, listed, ended)
	}
	if p.Status.List.Index != nil {
		if _, bits := fetchList(t, a.Issuer, p.Status.List.URI); p.revoked(bits) != ended {
			t.Errorf("%s: status list says revoked %t, want %t", about, !ended, ended)
		}
	}
}

// Whatever is kept of which tokens, and whatever ends one: those who introspect, those
// who ask for a jti, and those who download lists are told the same.
func TestAgreement(t *testing.T) {
	t.Parallel()
	for _, form := range agreementForms(t) {
		for _, keep := range store.Keeps() {
			for _, listed := range []bool{false, true} {
				if form.form == token.OpaqueForm && (keep == store.KeepNothing || keep == store.KeepID || listed) {
					continue // there are no such opaque tokens
				}
				t.Run(fmt.Sprintf("%s, %s, status list %t", form.name, keep, listed), func(t *testing.T) {
					t.Parallel()
					agrees(t, form, keep, listed)
				})
			}
		}
	}
}

func agrees(t *testing.T, form agreementForm, keep store.Keep, listed bool) {
	c := partyConfig()
	c.StatusList = listed
	c.Clients = append(c.Clients, Client{ID: "holder", Secret: "s-holder", Form: form.form, Encrypt: form.encrypt,
		Scopes: []string{"read"}, Grants: GrantTypes(), RedirectURIs: []string{testRedirect}})
	if form.form == token.OpaqueForm {
		c.Persistence.Opaque.Keep = Keep(keep)
	} else {
		c.Persistence.SelfContained.Keep = Keep(keep)
	}
	clk := newClock()
	a := agreement{newIssuer(t, c, clk), form, form.sealed && (keep == store.KeepNothing || keep == store.KeepID)}
	type held struct {
		access, refresh string
		said            place
	}
	hold := func(grant url.Values) held {
		m := granted(t, a.Issuer, ask("holder", grant))
		return held{text(m, "access_token"), text(m, "refresh_token"), a.said(t, text(m, "access_token"))}
	}
	first := hold(passwordOf("alice"))
	second := hold(refreshOf(first.refresh))
	other := hold(passwordOf("alice"))
	for _, h := range []held{first, second, other} {
		a.want(t, "at first", h.access, h.said, true, false)
	}
	// One access token: it alone, and at once.
	if !a.mute {
		wantRevoked(t, giveBack(a.Issuer, "holder", first.access, ""))
		a.want(t, "revoked", first.access, first.said, false, true)
	} else {
		wantProblem(t, giveBack(a.Issuer, "holder", first.access, ""), 400, "unsupported_token_type")
	}
	a.want(t, "of the same family", second.access, second.said, true, false)
	// The refresh token: what came of the authorization.
	wantRevoked(t, giveBack(a.Issuer, "holder", second.refresh, ""))
	a.want(t, "of the family, already revoked", first.access, first.said, false, true)
	a.want(t, "of the family", second.access, second.said, false, true)
	wantCode(t, do(a.Issuer, ask("holder", refreshOf(second.refresh))), "invalid_grant")
	a.want(t, "of another family", other.access, other.said, true, false)
	// Expiry is no revocation.
	clk.advance(DefaultLifetime)
	a.want(t, "expired", other.access, other.said, false, false)
	granted(t, a.Issuer, ask("holder", refreshOf(other.refresh)))
}
