package load

import (
	"crypto/rand"
	"net/url"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/targets"
)

// ownIssuer says what a strategy needs of its issuer that no target declares; empty for
// nothing.
func (st strategy) ownIssuer() string {
	switch {
	case st.Form != "":
		return "issues tokens of the forms " + st.Form + "ALGORITHM"
	case st.Claim != "":
		return "puts the claim " + st.Claim + " into its tokens"
	case st.Name == verifier.SharedDB:
		return "lets others read its token table"
	}
	return ""
}

// arrangement is what the strategy needs beside, or in place of, the servers of the run: an
// issuer of tokens of the forms, and the place of its store. Clients that it doesn't need
// are left out, for a key of each algorithm takes time to make.
func (st strategy) arrangement(forms []string, place string) targets.Arrangement {
	var a targets.Arrangement
	if st.ownIssuer() != "" {
		a.Issuer = func(c *issuer.Config) {
			c.Clients = clientsOf(c.Clients, st.Form, forms)
			c.StatusList = st.Claim == "status"
			if st.Form == token.PhantomPrefix { // the JWT behind a token is read again
				c.Persistence.Opaque = issuer.Kept{Keep: issuer.Keep(store.KeepToken), AtRest: issuer.AtRest{Kind: issuer.Encrypted}}
			}
			if st.Name == verifier.SharedDB {
				c.Store = issuer.StoreURL(place)
			}
		}
	}
	a.Verifier = func(c *verifier.Config) {
		if st.Claim == "status" { // the list is where the keys are
			c.StatusListOrigin = originOf(c.JWKSURI)
		}
		if st.Name == verifier.SharedCache {
			c.SharedCache = verifier.Secret(place)
		}
	}
	if st.Name == verifier.SharedDB {
		a.Table = place
	}
	return a
}

// clientsOf are the clients of the forms, each form in the issuer's words, and one more for
// each whose tokens live for seconds. Given its own result, it changes nothing.
func clientsOf(all []issuer.Client, prefix string, forms []string) (out []issuer.Client) {
	for _, form := range forms {
		as := token.Form(prefix + form)
		brief := false
		for _, c := range all {
			if c.Form == as || c.Form == token.Form(form) {
				c.Form = as
				brief = brief || c.Lifetime > 0
				out = append(out, c)
			}
		}
		if !brief {
			out = append(out, issuer.Client{ID: strings.ToLower(string(as)) + "-brief", Secret: issuer.Secret(rand.Text()), Form: as, Scopes: []string{"read"},
				Lifetime: int(briefFor / time.Second)})
		}
	}
	return out
}

// briefFor is the lifetime of tokens that are to expire: long enough to get a token, and short enough to wait for its end.
const briefFor = 2 * time.Second

// originOf is a URL without its path.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address // which the verifier refuses
	}
	return u.Scheme + "://" + u.Host
}
