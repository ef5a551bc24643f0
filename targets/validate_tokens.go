package targets

import (
	"net/url"

	"github.com/oauthmark/oauthmark/reference/config"
)

// The ways in which a client has a secret (RFC 7591, section 2).
const (
	secretBasic = "client_secret_basic"
	secretPost  = "client_secret_post"
)

// validateTokens is about the issuer, and what its tokens are like.
func (t Target) validateTokens(doc *config.Document) error {
	if t.Issuer != "" && !isPath(t.Issuer) {
		if _, err := baseURL(t.Issuer); err != nil || t.URL == "" {
			return doc.Errorf("issuer", wantPath, shown(t.Issuer))
		}
	}
	if a := t.ClientAuth; a != "" && a != secretBasic && a != secretPost {
		return doc.Errorf("client_auth", "unknown method %q%s", a, meant(a, []string{secretBasic, secretPost}))
	}
	// RFC 8707, section 2: an absolute URI without a fragment.
	if u, err := url.Parse(t.Resource); t.Resource != "" && (err != nil || u.Scheme == "" || u.Fragment != "") {
		return doc.Errorf("resource", "is %q, want an absolute URI, which is sent as resource; what a token's aud is to have is audience", t.Resource)
	}
	if t.Accept != nil {
		if err := t.Accept.Check(); err != nil {
			return doc.Errorf("accept", "%w", err)
		}
	}
	return nil
}
