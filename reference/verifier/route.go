package verifier

import "github.com/oauthmark/oauthmark/reference/dpop"

// Route says what a protected resource demands of a token. The zero value demands a good
// one that isn't bound by DPoP.
type Route struct {
	Path   string   `json:"path"`            // below the strategy's; starts with a slash
	Scopes []string `json:"scopes,omitzero"` // all of which the token must have
	Risky  bool     `json:"risky,omitzero"`  // judged with more care by a [Judicious] strategy
	Guard  *Guard   `json:"-"`               // that of the resource server
}

// Guard is what all routes of a resource server have in common; [Verifier.Guard] has
// one.
type Guard struct {
	Realm    string // of challenges (RFC 9110, section 11.5)
	Metadata string // the URL of the metadata, which challenges tell (RFC 9728, section 5.1); empty for none
	// URL is how clients reach the server, without a slash at its end. Proofs name it and
	// the request's path. The Host field isn't used, since a proof that was made for another
	// server would come with that server's name.
	URL    string
	Proofs *dpop.Checker // nil where tokens that are bound to a key can't be used
	// MaxToken is the number of characters of the longest token; jwt.MaxToken when 0.
	MaxToken int
}

// defaultRoutes are those of a configuration without any.
var defaultRoutes = []Route{{Path: "/resource"}}
