package corpus

import (
	"slices"

	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// Case is how a token is made.
type Case struct {
	About
	Kind      Kind           // SelfContained when empty
	Algorithm keys.Algorithm // of the good token; ES256 when empty
	// Recipe says how the token differs. Where that isn't enough, make makes it.
	Recipe forge.Recipe
	make   func(*workshop) (string, error)
}

// Cases lists what there is, in the order of the corpus.
func Cases() []Case {
	all := slices.Concat(noAlgorithm, brokenSignatures, confusedKeys, strangeKeys, keyIDs, foreignKeys, extensions, types, headerForms,
		textForms, sizes, dates, required, issuers, audiences, duplicates, otherTokens, bindings, statuses, encrypted, opaque)
	for i := range all {
		c := &all[i]
		if c.Kind == "" {
			c.Kind = SelfContained
		}
		if c.Algorithm == "" && c.Kind == SelfContained {
			c.Algorithm = keys.ES256
		}
		if c.Level == "" {
			c.Level = Must
		}
		if c.Expect == "" {
			c.Expect = Reject
		}
	}
	return all
}

// about is a case to reject.
func about(id, family, title, document, section string, reason Reason) About {
	return About{ID: id, Case: family, Title: title, Document: document, Section: section, Reason: reason}
}

// policy is one to reject though no specification says so.
func policy(id, family, title, document, section string, reason Reason) About {
	a := about(id, family, title, document, section, reason)
	a.Level = Policy
	return a
}

// accept is one that only looks wrong.
func accept(id, family, title, document, section string) About {
	a := about(id, family, title, document, section, "")
	a.Expect = Accept
	return a
}

// needs is one that only some verifiers can tell.
func needs(n Needs, a About) About {
	a.Needs = n
	return a
}

func set(name, value string) []forge.Change {
	return []forge.Change{{Do: forge.Set, Name: name, Value: value}}
}

func remove(name string) []forge.Change { return []forge.Change{{Do: forge.Remove, Name: name}} }

func instead(text string) []forge.Change { return []forge.Change{{Do: forge.Instead, Value: text}} }

func first(name, value string) []forge.Change {
	return []forge.Change{{Do: forge.Insert, Name: name, Value: value}}
}

func last(name, value string) []forge.Change {
	return []forge.Change{{Do: forge.Add, Name: name, Value: value}}
}

func both(lists ...[]forge.Change) []forge.Change { return slices.Concat(lists...) }

// header is signed by the issuer's own key after the changes, payload likewise.
func header(changes []forge.Change) forge.Recipe  { return forge.Recipe{Header: changes} }
func payload(changes []forge.Change) forge.Recipe { return forge.Recipe{Payload: changes} }

// by is signed by another key, old has the good token's signature.
func by(key string, changes []forge.Change) forge.Recipe {
	return forge.Recipe{Header: changes, Key: key}
}

func spoiled(d ...forge.Damage) forge.Recipe { return forge.Recipe{Signature: d} }
func respelt(d ...forge.Damage) forge.Recipe { return forge.Recipe{Text: d} }
