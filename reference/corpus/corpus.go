package corpus

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// Corpus is the whole of the file.
type Corpus struct {
	Schema     int              `json:"schema"` // version of the form
	Issuer     string           `json:"issuer"`
	Resource   string           `json:"resource"`   // the identifier that aud has to contain
	Time       int64            `json:"time"`       // at which all is judged, in seconds since 1970
	Algorithms []keys.Algorithm `json:"algorithms"` // that the verifier allows
	JWKS       json.RawMessage  `json:"jwks"`       // what the issuer publishes, bad keys among the good
	Good       []Good           `json:"good"`
	Tokens     []Token          `json:"tokens"`
	Plays      []Play           `json:"plays"`
}

// Good is a token to accept; each of the others is derived from one of them.
type Good struct {
	Algorithm keys.Algorithm `json:"alg"`
	Token     string         `json:"token"`
}

// About says what a token is a case of.
type About struct {
	ID       string `json:"id"`
	Case     string `json:"case"` // the family: N01 to N74 for self-contained tokens, O01 to O12 for opaque ones
	Title    string `json:"title"`
	Document string `json:"document"` // the specification with the requirement
	Section  string `json:"section"`
	Level    Level  `json:"level"`
	Expect   Expect `json:"expect"`
	Reason   Reason `json:"reason,omitempty"` // to reject it
	Needs    Needs  `json:"needs,omitempty"`  // without it, the verifier can't tell
}

// Token is one to present.
type Token struct {
	About
	Kind      Kind           `json:"kind"`
	Algorithm keys.Algorithm `json:"alg,omitempty"` // of the good token that it's derived from
	// Signed says that the signature is valid by the published key of Algorithm, so that
	// something else has to be the reason.
	Signed bool    `json:"signed"`
	Value  string  `json:"token"`
	Pieces []Piece `json:"pieces,omitempty"` // in place of Value, for long ones
}

// Piece is a part of a long token: the text, repeated.
type Piece struct {
	Text  string `json:"text"`
	Times int    `json:"times"`
}

// Text is the token as it is presented.
func (t *Token) Text() string {
	if len(t.Pieces) == 0 {
		return t.Value
	}
	var b strings.Builder
	for _, p := range t.Pieces {
		b.WriteString(strings.Repeat(p.Text, p.Times))
	}
	return b.String()
}

//go:embed corpus.json
var committed []byte

// Load reads the committed corpus.
func Load() (*Corpus, error) {
	var c Corpus
	d := json.NewDecoder(bytes.NewReader(committed))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return nil, fmt.Errorf("load corpus: %w", err)
	}
	return &c, nil
}

// GoodOf returns the good token of an algorithm; "" when there is none.
func (c *Corpus) GoodOf(a keys.Algorithm) string {
	for _, g := range c.Good {
		if g.Algorithm == a {
			return g.Token
		}
	}
	return ""
}
