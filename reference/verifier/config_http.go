package verifier

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/dpop"
	"github.com/oauthmark/oauthmark/reference/jwt"
	"github.com/oauthmark/oauthmark/reference/token"
)

// maxLeeway is the most that the issuer's clock may differ: RFC 9068, section 4, has
// usually no more than a few minutes.
const maxLeeway = 5 * time.Minute

// maxMaxToken leaves room in the header of a request, which a server limits too.
const maxMaxToken = 512 << 10

func (c Config) maxToken() int { return cmp.Or(c.MaxToken, jwt.MaxToken) }

// maxProofs is how many DPoP proofs are remembered within 67 s: 15,000 a second, in up to
// 40 MB.
const maxProofs = 1 << 20

// Decryption is a key to which tokens are encrypted.
type Decryption struct {
	Alg     string `json:"alg"`      // JWE alg, such as ECDH-ES
	Enc     string `json:"enc"`      // JWE enc, such as A256GCM
	JWKFile string `json:"jwk_file"` // with the private key, or the shared one, as a JWK
}

// maxKeyFile is the number of bytes of the longest file of a key that is read.
const maxKeyFile = 64 << 10

// open reads the key. Its errors tell nothing of it.
func (d Decryption) open() (*token.Decrypter, error) {
	f, err := os.Open(d.JWKFile)
	if err != nil {
		return nil, fmt.Errorf("decrypt: jwk_file: %w", err)
	}
	defer f.Close()
	if err := checkPrivate(f); err != nil {
		return nil, fmt.Errorf("decrypt: jwk_file %s: %w", d.JWKFile, err)
	}
	jwk, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return nil, fmt.Errorf("decrypt: jwk_file: %w", err)
	}
	opened, err := token.NewDecrypter(d.Alg, d.Enc, jwk)
	if err != nil {
		return nil, fmt.Errorf("decrypt: jwk_file %s: %w", d.JWKFile, err)
	}
	return opened, nil
}

// checkPrivate wants a file that nobody else can read, except on Windows.
func checkPrivate(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		return fmt.Errorf("others than its owner have access, mode %#o: chmod 600 it", mode)
	}
	return nil
}

func (c Config) decrypters() ([]jwt.Decrypter, error) {
	var all []jwt.Decrypter
	for _, d := range c.Decrypt {
		opened, err := d.open()
		if err != nil {
			return nil, err
		}
		all = append(all, opened)
	}
	return all, nil
}

// guard returns what the routes have in common.
func (c Config) guard(options Options) (*Guard, error) {
	g := &Guard{Realm: c.Resource, URL: c.url(), MaxToken: c.maxToken()}
	if at := metadataURL(c.Resource); at != nil {
		g.Metadata = at.String()
	}
	if g.URL == "" { // nobody could say what a proof should be for
		return g, nil
	}
	seen, err := dpop.NewReplays(maxProofs, options.Now)
	if err != nil {
		return nil, err
	}
	g.Proofs = &dpop.Checker{Now: options.Now, Seen: seen}
	if c.DPoPNonce {
		if g.Proofs.Nonces, err = dpop.NewNonces(options.Rand); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// url is the one by which clients reach the server, "" when nobody has said it.
func (c Config) url() string {
	if c.URL == "" && checkURL(c.Resource) == nil && !strings.Contains(c.Resource, "?") {
		return strings.TrimSuffix(c.Resource, "/")
	}
	return strings.TrimSuffix(c.URL, "/")
}

func (c Config) routes() []Route {
	if len(c.Routes) == 0 {
		return defaultRoutes
	}
	return c.Routes
}

// checkHTTP complains of the members that are about requests.
func (c Config) checkHTTP(complain func(format string, args ...any)) {
	if l := time.Duration(c.Leeway); l < 0 || l > maxLeeway {
		complain("leeway is %s, not between 0s and %s", l, maxLeeway)
	}
	if a := time.Duration(c.Ahead); a < 0 || a > maxLeeway {
		complain("ahead is %s, not between 0s and %s", a, maxLeeway)
	}
	if c.MaxToken < 0 || c.MaxToken > maxMaxToken {
		complain("max_token is %d, not between 0 and %d", c.MaxToken, maxMaxToken)
	}
	if err := c.Accept.Check(); err != nil {
		complain("accept.%s", err)
	}
	if c.URL != "" {
		if err := checkURL(c.URL); err != nil {
			complain("url %s", err)
		} else if u, _ := url.Parse(c.URL); u.RawQuery != "" || u.ForceQuery {
			complain("url has a query")
		}
	}
	if c.DPoPNonce && c.url() == "" {
		complain("dpop_nonce needs url, since resource is not a URL")
	}
	for i, route := range c.Routes {
		if err := checkPath(route.Path); err != nil {
			complain("routes[%d].path %s", i, err)
		} else if slices.ContainsFunc(c.Routes[:i], func(other Route) bool { return other.Path == route.Path }) {
			complain("routes has %s twice", route.Path)
		}
		for _, scope := range route.Scopes {
			if !isScopeToken(scope) {
				complain("routes[%d].scopes has %q, which is not a scope", i, scope)
			}
		}
	}
	for i, d := range c.Decrypt {
		if d.Alg == "" || d.Enc == "" || d.JWKFile == "" {
			complain("decrypt[%d] needs alg, enc and jwk_file", i)
		}
	}
}

// checkPath returns what is wrong with the path of a route.
func checkPath(p string) error {
	for i := range len(p) {
		if c := p[i]; c != '/' && !b64[c] {
			return fmt.Errorf("has the character %q", c)
		}
	}
	if p == "/" || path.Clean(p) != p || !strings.HasPrefix(p, "/") {
		return fmt.Errorf("is not one such as /resource")
	}
	return nil
}

// RFC 6749, section 3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
func isScopeToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' })
}
