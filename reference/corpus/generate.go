package corpus

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/reference/keys"
)

const (
	schemaVersion = 1
	// Issuer, Resource and Time are those of every corpus.
	Issuer   = "https://issuer.example"
	Resource = "https://api.example"
	Time     = 1_800_000_000 // 15 January 2027, 08:00 UTC
	// Attacker is where tokens of the committed corpus lead to; nothing is there.
	Attacker = "https://attacker.example"
)

// attackerMark, and the two below, stand in recipes for what isn't known yet.
const (
	attackerMark = "{attacker}"
	attackerJWK  = "{attacker-jwk}"
	attackerX5C  = "{attacker-x5c}"
)

// allowed are the algorithms of the corpus.
var allowed = []keys.Algorithm{keys.RS256, keys.PS256, keys.ES256, keys.EdDSA}

// Generate makes a corpus with new keys, whose tokens lead to the attacker's URL, such
// as a listener's that has to stay silent. The ring signs what the corpus calls good.
func Generate(attacker string) (*Corpus, *keys.Ring, error) {
	w, err := newWorkshop(attacker)
	if err != nil {
		return nil, nil, fmt.Errorf("generate corpus: %w", err)
	}
	c := &Corpus{Schema: schemaVersion, Issuer: Issuer, Resource: Resource, Time: Time, Algorithms: allowed, JWKS: w.jwks, Plays: Plays()}
	for _, a := range allowed {
		good, err := w.sound[a].Make(forge.Recipe{})
		if err != nil {
			return nil, nil, fmt.Errorf("generate corpus: good token of %s: %w", a, err)
		}
		c.Good = append(c.Good, Good{a, good})
	}
	published, err := c.published()
	if err != nil {
		return nil, nil, err
	}
	for _, one := range Cases() {
		text, err := w.token(one)
		if err != nil {
			return nil, nil, fmt.Errorf("generate corpus: %s: %w", one.ID, err)
		}
		t := Token{About: one.About, Kind: one.Kind, Algorithm: one.Algorithm, Signed: published.signed(one.Algorithm, text)}
		t.Value, t.Pieces = fold(text)
		c.Tokens = append(c.Tokens, t)
	}
	return c, w.ring, nil
}

// Encode writes a corpus as the committed file is.
func Encode(c *Corpus) ([]byte, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(c); err != nil {
		return nil, fmt.Errorf("encode corpus: %w", err)
	}
	return []byte(b.String()), nil
}

// token makes the token of a case. Signatures differ, and not each can be damaged as the
// recipe says, so it is tried again.
func (w *workshop) token(c Case) (text string, err error) {
	w.current = c.Algorithm
	for range 100 {
		if c.make != nil {
			text, err = c.make(w)
		} else {
			text, err = w.sound[c.Algorithm].Make(w.filled(c.Recipe))
		}
		if !errors.Is(err, forge.ErrNoEffect) {
			return text, err
		}
	}
	return "", err
}

// filled puts what the marks stand for into a recipe.
func (w *workshop) filled(r forge.Recipe) forge.Recipe {
	r.Header = append([]forge.Change(nil), r.Header...)
	for i := range r.Header {
		r.Header[i].Value = w.marks.Replace(r.Header[i].Value)
	}
	return r
}

// fold writes a long token in pieces. The repeated one has four characters, which are
// three bytes of what is encoded.
func fold(text string) (string, []Piece) {
	if len(text) < 8000 {
		return text, nil
	}
	var pieces []Piece
	plain := 0
	for at := 0; at+4 <= len(text); {
		unit, times := text[at:at+4], 1
		for strings.HasPrefix(text[at+4*times:], unit) {
			times++
		}
		if times < 50 {
			at++
			continue
		}
		if plain < at {
			pieces = append(pieces, Piece{text[plain:at], 1})
		}
		pieces = append(pieces, Piece{unit, times})
		at += 4 * times
		plain = at
	}
	if len(pieces) == 0 {
		return text, nil
	}
	if plain < len(text) {
		pieces = append(pieces, Piece{text[plain:], 1})
	}
	return "", pieces
}
