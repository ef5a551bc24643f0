package targets

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/reference/verifier"
)

// usual are the forms of token that every run is about: the kinds, and an algorithm of
// each family that has been in use for long.
var usual = []string{Opaque, "RS256", "ES256", "EdDSA"}

// forms are the forms of token that a target may declare: what the reference verifier
// can judge by keys that are published. The usual ones come first.
var forms = append(slices.Clone(usual), slices.DeleteFunc(verifier.Algorithms(), Usual)...)

// Forms lists the forms of token that a target may declare, the usual ones first.
func Forms() []string { return slices.Clone(forms) }

// Usual reports whether the default suite is about tokens of the form.
func Usual(form string) bool { return slices.Contains(usual, form) }

// capabilities lists all that a target may declare.
func capabilities() []string {
	all := []string{string(Refresh), string(ShortLifetime), string(RFC9068)}
	for _, row := range endpoints {
		if row.capability != "" {
			all = append(all, string(row.capability))
		}
	}
	for _, form := range forms {
		all = append(all, string(Issues(form)), string(Introspects(form)))
	}
	return all
}

var targetName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)

// validate reports the first thing that a target lacks or contradicts.
func (t Target) validate(doc *config.Document) error {
	if !targetName.MatchString(t.Name) {
		return doc.Errorf("name", "is %q, want lower-case letters, digits and dashes, at most 40", t.Name)
	}
	for i, c := range t.Capabilities {
		if known := capabilities(); !slices.Contains(known, string(c)) {
			return doc.Errorf(fmt.Sprintf("capabilities[%d]", i), "unknown capability %q%s", c, meant(string(c), known))
		}
	}
	if err := t.validateTokens(doc); err != nil {
		return err
	}
	if err := t.Endpoints.validate(doc, t.URL != ""); err != nil {
		return err
	}
	for i, host := range t.AllowHosts {
		key := fmt.Sprintf("allow_hosts[%d]", i)
		if t.URL == "" {
			return doc.Errorf(key, "is for a server that is running already, which has a url")
		}
		if err := CheckHost(host); err != nil {
			return doc.Errorf(key, "%w", err)
		}
	}
	switch {
	case t.URL != "" && (t.Process != nil || t.Container != nil):
		return doc.Errorf("url", "is for a server that is running already: it has neither process nor container")
	case t.URL != "":
		if _, err := baseURL(t.URL); err != nil {
			return doc.Errorf("url", "%w", err)
		}
		return nil
	case t.Process == nil && t.Container == nil:
		return doc.Errorf("", "the target has no process, container or url: nothing says how it is started")
	case len(t.Forms()) == 0:
		return doc.Errorf("capabilities", "none is issue/FORM: nothing says which tokens it issues")
	}
	for _, row := range endpoints {
		if t.Endpoints[row.name] == "" && (row.name == TokenEndpoint || slices.Contains(t.Capabilities, row.capability)) {
			return doc.Errorf("endpoints."+string(row.name), "is missing")
		}
	}
	if p := t.Process; p != nil {
		if len(p.Command) == 0 {
			return doc.Errorf("process.command", "is missing")
		}
		if err := validateRuntime(doc, "process", blank(placeholders), p.Command, p.Env, p.Ready); err != nil {
			return err
		}
		for i, r := range p.Requires {
			if r.Program == "" {
				return doc.Errorf(fmt.Sprintf("process.requires[%d].program", i), "is missing")
			}
		}
		for i, argv := range p.Setup {
			if len(argv) == 0 {
				return doc.Errorf(fmt.Sprintf("process.setup[%d]", i), "is empty")
			}
		}
	}
	if c := t.Container; c != nil {
		if err := validateContainer(doc, c); err != nil {
			return err
		}
	}
	return nil
}

func validateRuntime(doc *config.Document, kind string, values map[string]string, command []string, env map[string]string, ready string) error {
	if !strings.HasPrefix(ready, "/") {
		return doc.Errorf(kind+".ready", "is %q, want a path such as /healthz", ready)
	}
	if _, err := ExpandAll(command, values); err != nil {
		return doc.Errorf(kind+".command", "%w", err)
	}
	if _, err := ExpandEnv(env, values); err != nil {
		return doc.Errorf(kind+".env", "%w", err)
	}
	return nil
}

// blank has an empty value for each placeholder, to find the unknown ones.
func blank(names []string) map[string]string {
	values := map[string]string{}
	for _, name := range names {
		values[name] = ""
	}
	return values
}
