package corpus

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/forge"
)

// Lint returns all that is wrong with a corpus: an id that isn't unique, a token that
// isn't what its title says as far as that can be decoded, a case that is missing. It
// takes no private key.
func Lint(c *Corpus) []error {
	l := &linter{corpus: c}
	var err error
	if l.keys, err = c.published(); err != nil {
		return []error{err}
	}
	if c.Schema != schemaVersion || c.Issuer != Issuer || c.Resource != Resource || c.Time != Time || !slices.Equal(c.Algorithms, allowed) {
		l.complain("corpus", "schema %d, issuer %s, resource %s, time %d or the algorithms aren't those of the cases", c.Schema, c.Issuer, c.Resource, c.Time)
	}
	texts := map[string]string{}
	for _, g := range c.Good {
		if !l.keys.signed(g.Algorithm, g.Token) {
			l.complain("good token", "the one of %s isn't signed by the published key", g.Algorithm)
		}
		texts[g.Token] = "good token"
	}
	cases := Cases()
	if len(c.Tokens) != len(cases) || len(c.Good) != len(allowed) {
		l.complain("corpus", "%d tokens and %d good ones, for %d cases", len(c.Tokens), len(c.Good), len(cases))
		return l.found
	}
	for i := range c.Tokens {
		t := &c.Tokens[i]
		text := t.Text()
		if same, ok := texts[text]; ok {
			l.complain(t.ID, "the token is that of %s", same)
		}
		texts[text] = t.ID
		l.token(t, text, cases[i])
	}
	l.ids()
	return l.found
}

type linter struct {
	corpus *Corpus
	keys   published
	found  []error
}

func (l *linter) complain(id, format string, args ...any) {
	l.found = append(l.found, fmt.Errorf("%s: %s", id, fmt.Sprintf(format, args...)))
}

// ids looks for ids that are there twice, and for cases that aren't there.
func (l *linter) ids() {
	seen, present := map[string]bool{}, map[string]bool{}
	note := func(a About) {
		if seen[a.ID] || a.ID == "" || a.Title == "" || a.Document == "" || a.Section == "" {
			l.complain(a.ID, "the id is there twice, or it lacks something")
		}
		seen[a.ID], present[a.Case] = true, true
		if (a.Reason == "") != (a.Expect == Accept) || a.Expect == Reject && !slices.Contains(Reasons(), a.Reason) || !slices.Contains(Levels(), a.Level) {
			l.complain(a.ID, "to %s it, the reason is %q and the level %q", a.Expect, a.Reason, a.Level)
		}
	}
	for _, t := range l.corpus.Tokens {
		note(t.About)
	}
	for _, p := range l.corpus.Plays {
		note(p.About)
	}
	for _, want := range families() {
		if !present[want] {
			l.complain("corpus", "nothing is a case of %s", want)
		}
	}
}

// families are the families of cases. From N67 to N69 there are none.
func families() (all []string) {
	for n := 1; n <= 74; n++ {
		if n <= 66 || n >= 70 {
			all = append(all, fmt.Sprintf("N%02d", n))
		}
	}
	for n := 1; n <= 12; n++ {
		all = append(all, fmt.Sprintf("O%02d", n))
	}
	return all
}

// token compares a token with its case.
func (l *linter) token(t *Token, text string, c Case) {
	if t.About != c.About || t.Kind != c.Kind || t.Algorithm != c.Algorithm {
		l.complain(t.ID, "it isn't about what its case is")
		return
	}
	if t.Kind == Opaque {
		return
	}
	signed := l.keys.signed(t.Algorithm, text)
	if signed != t.Signed {
		l.complain(t.ID, "it is signed: %t", signed)
	}
	if (trusted[t.Reason] || t.Expect == Accept) && !signed {
		l.complain(t.ID, "the signature is wrong too, so a verifier doesn't get to see %s", t.Title)
	}
	if t.Reason == ReasonSignature && signed {
		l.complain(t.ID, "the signature is right")
	}
	parts := strings.Split(text, ".")
	if t.Reason == ReasonEncryption && len(parts) != 5 {
		l.complain(t.ID, "%d parts, and an encrypted token has 5", len(parts))
	}
	if c.make == nil {
		l.recipe(t, parts, c)
	}
}

// recipe compares a token's parts with what the recipe makes of the good token's.
func (l *linter) recipe(t *Token, parts []string, c Case) {
	if len(c.Recipe.Text) > 0 {
		// Another spelling is none: no part may be left as it was.
		strict := len(parts) == 3
		for _, p := range parts {
			_, ok := decode(p)
			strict = strict && ok
		}
		if strict && t.Signed {
			l.complain(t.ID, "it is spelled as it should be")
		}
		return
	}
	good := l.corpus.GoodOf(t.Algorithm)
	changes := map[forge.Part][]forge.Change{forge.Header: c.Recipe.Header, forge.Payload: c.Recipe.Payload}
	for _, part := range []forge.Part{forge.Header, forge.Payload} {
		raw, err := forge.Read(good, part)
		if err != nil {
			l.complain(t.ID, "the good token: %v", err)
			return
		}
		got, ok := decode(parts[part])
		if len(parts) != 3 || !ok {
			l.complain(t.ID, "part %d of %d can't be decoded", part, len(parts))
			return
		}
		// Where a recipe has marks, what they stand for is known to the generator alone.
		if slices.ContainsFunc(changes[part], func(c forge.Change) bool { return strings.Contains(c.Value, "{attacker") }) {
			continue
		}
		want, err := forge.Alter(raw, changes[part]...)
		if err != nil || !bytes.Equal(got, want) {
			l.complain(t.ID, "part %d isn't what the case makes of it: %v", part, err)
		}
	}
	if own := c.Recipe.Key == forge.OwnKey && len(c.Recipe.Signature) == 0; own != t.Signed {
		l.complain(t.ID, "signed as the recipe says: %t, and by the good key: %t", own, t.Signed)
	}
}
