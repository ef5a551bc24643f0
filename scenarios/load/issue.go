package load

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/servers"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
)

// issueScenario is issue: the token endpoint alone under load. By default it is client
// credentials with the usual forms, as the target keeps them; all else is had by the name
// of an item, such as issue/client_credentials/ES256/sqlite/argon2id.
func issueScenario() []scenarios.Scenario {
	s := scenarios.Scenario{Name: "issue", Title: "the token endpoint under load, by grant and form, and on the reference by store, client-secret hash and what is kept",
		With: []string{floor}, Workload: workload{name: "issue", alone: true, cells: issuance{}.cells, traffic: issuance{}.traffic}}
	for _, i := range allIssuances() {
		s.Items = append(s.Items, i.item())
	}
	return []scenarios.Scenario{s}
}

// issuance is a way to issue tokens. What is empty is as the target has it.
type issuance struct {
	grant, form string
	store       string // sqlite, postgres or redis
	hash        string // of the secrets of clients and the passwords of users
	kept        string // what is kept of each token
}

// grantWord is the word of a grant in names: the end of its URN, where it is one.
func grantWord(g issuer.GrantType) string { return string(g[strings.LastIndexByte(string(g), ':')+1:]) }

const clientCredentials = string(issuer.ClientCredentials)

// jwtBearer is the grant of RFC 7523, section 2.1, in names.
var jwtBearer = grantWord(issuer.JWTBearer)

// grantNames lists the grants in names, the one that every target has first.
func grantNames() []string {
	names := []string{clientCredentials}
	for _, g := range issuer.GrantTypes() {
		if g != issuer.ClientCredentials {
			names = append(names, grantWord(g))
		}
	}
	return names
}

// otherStores, otherHashes and otherKept are what an item may ask for beside what is usual,
// which is the empty word.
func otherStores() []string { return append([]string{""}, issuer.Stores()[1:]...) }

func otherHashes() []string {
	out := []string{""}
	for _, h := range issuer.SecretHashes()[1:] {
		out = append(out, string(h))
	}
	return out
}

// otherKept leaves out what can't be: an opaque token without its claims is nothing.
func otherKept(form string) []string {
	if form == targets.Opaque {
		return []string{"", string(store.KeepToken)}
	}
	return []string{"", string(store.KeepID), string(store.KeepClaims), string(store.KeepToken)}
}

// allIssuances lists every way that can be named.
func allIssuances() (all []issuance) {
	for _, grant := range grantNames() {
		for _, form := range targets.Forms() {
			for _, st := range otherStores() {
				for _, hash := range otherHashes() {
					for _, kept := range otherKept(form) {
						all = append(all, issuance{grant, form, st, hash, kept})
					}
				}
			}
		}
	}
	return all
}

// axes are the grant and the form, and what else differs from the usual.
func (i issuance) axes() []results.Axis {
	axes := []results.Axis{{Name: "grant", Value: i.grant}, {Name: "form", Value: i.form, Class: targets.KindOf(i.form)}}
	for _, a := range []results.Axis{{Name: "store", Value: i.store}, {Name: "secret-hash", Value: i.hash}, {Name: "kept", Value: i.kept}} {
		if a.Value != "" {
			axes = append(axes, a)
		}
	}
	return axes
}

// issuanceOf reads the axes of a step.
func issuanceOf(step results.Step) issuance {
	return issuance{step.Axis("grant").Value, step.Axis("form").Value, step.Axis("store").Value, step.Axis("secret-hash").Value, step.Axis("kept").Value}
}

// item is the name by which it is selected.
func (i issuance) item() string {
	name := "issue"
	for _, a := range i.axes() {
		name += "/" + a.Value
	}
	return name
}

// usual says that the target's own issuer does it as it is.
func (i issuance) usual() bool {
	return i.grant == clientCredentials && i.store == "" && i.hash == "" && i.kept == ""
}

// takes is about how much longer it takes than another load: servers are started, and a
// dear hash is waited for, at the usual rate.
func (i issuance) takes() (d time.Duration) {
	if !i.usual() {
		d += time.Second
	}
	if i.store != "" && i.store != issuer.StoreSQLite {
		d += 2 * time.Second
	}
	if i.hash != "" {
		d += 15 * time.Second
	}
	return d
}

// not says why a target can't issue in this way; empty where it can.
func (i issuance) not(t targets.Target) string {
	switch {
	case i.usual():
		return ""
	case !t.Reference():
		return fmt.Sprintf("it needs an issuer that is set up for it, and target %s isn't the reference issuer, of which another can be started", t.Name)
	}
	if err := servers.Lacks(i.store); err != nil {
		return fmt.Sprintf("there is no %s server: %v", i.store, err)
	}
	return ""
}

// cells are those that were named and, of the whole, client credentials with the forms
// that are asked for or usual.
func (issuance) cells(t targets.Target, o scenarios.Options) (cells []cell, why string) {
	var all []issuance
	if o.Whole {
		for _, form := range formsOf(t, o) {
			all = append(all, issuance{grant: clientCredentials, form: form})
		}
	}
	for _, i := range allIssuances() {
		if slices.Contains(o.Items, i.item()) && !slices.Contains(all, i) {
			all = append(all, i)
		}
	}
	for _, i := range all {
		cells = append(cells, cell{axes: i.axes(), needs: []targets.Capability{targets.ClientCredentials, targets.Issues(i.form)}, not: i.not(t), takes: i.takes()})
	}
	return cells, fmt.Sprintf("target %s declares no form of token that it issues", t.Name)
}

// formsOf lists the forms that are asked for or, where none is, the usual ones of those
// that the target issues: its first one where it has none of these.
func formsOf(t targets.Target, o scenarios.Options) []string {
	declared := t.Forms()
	switch {
	case slices.Contains(o.Forms, AllForms):
		return declared
	case len(o.Forms) > 0:
		return o.Forms
	}
	if usual := slices.DeleteFunc(slices.Clone(declared), func(f string) bool { return !targets.Usual(f) }); len(usual) > 0 {
		return usual
	}
	return declared[:min(1, len(declared))]
}
