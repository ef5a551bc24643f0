package targets

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// usual are the forms of token that every run is about: the kinds, and an algorithm of
// each family that has been in use for long.
var usual = []string{Opaque, "RS256", "ES256", "EdDSA"}

// forms are the forms of token that a target may declare: what the reference verifier
// can judge by keys that are published.
var forms = append(slices.Clone(usual),
	"RS384", "RS512", "PS256", "PS384", "PS512", "ES384", "ES512", "Ed25519", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87")

// Forms lists the forms of token that a target may declare, the usual ones first.
func Forms() []string { return slices.Clone(forms) }

// Usual reports whether the default suite is about tokens of the form.
func Usual(form string) bool { return slices.Contains(usual, form) }

// capabilities lists all that a target may declare.
func capabilities() []string {
	all := []string{
		string(ClientCredentials), string(Introspection), string(JWKS), string(Metadata), string(ShortLifetime),
	}
	for _, form := range forms {
		all = append(all, string(Issues(form)), string(Introspects(form)))
	}
	return all
}

var targetName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)

// validate reports the first thing that a decoded target lacks or contradicts,
// with the line that it is about.
func validate(file string, root *yaml.Node, t Target) error {
	bad := func(key, format string, args ...any) error {
		return &FileError{File: file, Line: lineOf(root, key), Text: fmt.Sprintf(format, args...)}
	}
	if !targetName.MatchString(t.Name) {
		return bad("name", "name is %q, want lower-case letters, digits and dashes, at most 40", t.Name)
	}
	for _, c := range t.Capabilities {
		if known := capabilities(); !slices.Contains(known, string(c)) {
			return bad("capabilities", "unknown capability %q, did you mean %q?", c, nearest(string(c), known))
		}
	}
	switch {
	case t.URL != "" && (t.Process != nil || t.Container != nil):
		return bad("url", "url is for a server that is running already: it has neither process nor container")
	case t.URL != "":
		if _, err := baseURL(t.URL); err != nil {
			return bad("url", "%v", err)
		}
		return validatePaths(bad, t)
	case t.Process == nil && t.Container == nil:
		return bad("", "the target has no process, container or url: nothing says how it is started")
	case len(t.Forms()) == 0:
		return bad("capabilities", "no capability issue/FORM: nothing says which tokens it issues")
	}
	for _, need := range []struct {
		when       bool
		key, value string
	}{
		{true, "endpoints.token", t.Endpoints.Token},
		{t.can(Introspection), "endpoints.introspection", t.Endpoints.Introspection},
		{t.can(JWKS), "endpoints.jwks", t.Endpoints.JWKS},
		{t.can(Metadata), "endpoints.metadata", t.Endpoints.Metadata},
	} {
		if need.when && need.value == "" {
			return bad("endpoints", "%s is missing", need.key)
		}
	}
	if p := t.Process; p != nil {
		if len(p.Command) == 0 {
			return bad("process", "process.command is missing")
		}
		if err := validateRuntime(bad, "process", blank(placeholders), p.Command, p.Env, p.Ready); err != nil {
			return err
		}
		for i, r := range p.Requires {
			if r.Program == "" {
				return bad("process.requires", "process.requires[%d].program is missing", i)
			}
		}
		for i, argv := range p.Setup {
			if len(argv) == 0 {
				return bad("process.setup", "process.setup[%d] is empty", i)
			}
		}
	}
	if c := t.Container; c != nil {
		if err := validateContainer(bad, c); err != nil {
			return err
		}
	}
	return validatePaths(bad, t)
}

type complain func(key, format string, args ...any) error

func validateRuntime(bad complain, kind string, values map[string]string, command []string, env map[string]string, ready string) error {
	if !strings.HasPrefix(ready, "/") {
		return bad(kind, "%s.ready is %q, want a path such as /healthz", kind, ready)
	}
	if _, err := ExpandAll(command, values); err != nil {
		return bad(kind+".command", "%s.command: %v", kind, err)
	}
	if _, err := ExpandEnv(env, values); err != nil {
		return bad(kind+".env", "%s.env: %v", kind, err)
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

func validatePaths(bad complain, t Target) error {
	e := t.Endpoints
	for _, p := range [][2]string{
		{"issuer", t.Issuer},
		{"endpoints.token", e.Token},
		{"endpoints.introspection", e.Introspection},
		{"endpoints.jwks", e.JWKS},
		{"endpoints.metadata", e.Metadata},
	} {
		if _, err := url.Parse(p[1]); err != nil || (p[1] != "" && !strings.HasPrefix(p[1], "/")) {
			return bad(p[0], "%s is %q, want a path that starts with /", p[0], p[1])
		}
	}
	return nil
}

func (t Target) can(c Capability) bool { return slices.Contains(t.Capabilities, c) }

// lineOf returns the line of the key, or of the nearest of its parents that is
// there; keys are joined by dots.
func lineOf(root *yaml.Node, key string) int {
	line, n := root.Line, root
	for _, part := range strings.Split(key, ".") {
		found := false
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == part {
				line, n, found = n.Content[i].Line, n.Content[i+1], true
				break
			}
		}
		if !found {
			break
		}
	}
	return line
}
