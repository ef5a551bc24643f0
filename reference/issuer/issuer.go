package issuer

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/dpop"
	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// sweepPeriod is how long an expired token's claims stay in memory at most.
const sweepPeriod = 30 * time.Second

// Options are what an issuer takes from its surroundings. The zero value is that
// of a server in its own process.
type Options struct {
	Now   func() time.Time // time.Now when nil
	Clock *Clock           // in place of Now, where a store that is given has its time from it, too
	Rand  io.Reader        // safe for concurrent use; crypto/rand.Reader when nil
	// Keys sign the tokens and verify them; when nil, they are those of the configuration,
	// and a key is generated for each other algorithm that a client is registered for.
	Keys *keys.Ring
	// Store keeps the records behind opaque tokens, refresh tokens and codes, and what
	// was revoked. When nil it is in memory, and
	// the issuer closes it; a store that is given stays open.
	Store store.Store
}

// Issuer is the reference authorization server. It may be used concurrently.
type Issuer struct {
	issuer   string
	resource string
	now      func() time.Time
	rand     io.Reader

	clients map[string]*client
	nobody  *client // stands in for a client that isn't known
	users   map[string]*user
	pages   map[string]bool // the origins of browser-based clients
	// subjects are the users by what their tokens call them.
	subjects map[string]*user
	noUser   *user // stands in for a user that isn't known

	grants          map[GrantType]judge
	trusted         map[string]TrustedIssuer
	tokenEndpoint   string
	refreshLifetime int64 // in seconds

	ring    *keys.Ring
	rsaBits int // of new keys; 0 when it isn't configured
	signer  *token.Signer
	store   store.Store
	own     store.Store // to close; nil when the store was given

	opaque, selfContained store.Persistence
	decrypters            []*token.Decrypter // of the encrypted tokens that can be read here
	sealed                []*client          // whose tokens can't

	nonces *dpop.Nonces // nil unless proofs need one

	listInterval int64  // in seconds
	listName     string // of the list in a store that ends with the issuer
	streams      *streams
	states       bool         // there is a key for statements
	lists        *statusLists // nil unless they are configured

	clock       *Clock
	oneClock    bool // of the issuer and its store
	longestLife time.Duration
	metrics     *metrics
	routes      map[string]http.HandlerFunc
	folders     map[string]http.HandlerFunc // by their paths, with the slash at the end
}

// New makes an issuer of a configuration. It must be closed.
func New(c Config, o Options) (*Issuer, error) {
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("issuer configuration: %w", err)
	}
	i := &Issuer{issuer: c.Issuer, resource: c.Resource, clock: o.Clock, rand: o.Rand, ring: o.Keys, store: o.Store}
	if i.clock == nil {
		i.clock = NewClock(o.Now)
	}
	i.now, i.oneClock = i.clock.Now, o.Store == nil || o.Clock != nil
	i.longestLife = longestLife(c)
	if i.rand == nil {
		i.rand = rand.Reader
	}
	i.tokenEndpoint = strings.TrimSuffix(c.Issuer, "/") + pathToken
	i.refreshLifetime = int64(c.RefreshLifetime)
	if i.refreshLifetime == 0 {
		i.refreshLifetime = DefaultRefreshLifetime
	}
	i.streams = newStreams()
	i.metrics = newMetrics(c.Clients)
	i.listInterval = int64(c.ListInterval)
	if i.listInterval == 0 {
		i.listInterval = DefaultListInterval
	}
	if c.DPoPNonce {
		n, err := dpop.NewNonces(i.rand)
		if err != nil {
			return nil, fmt.Errorf("issuer: %w", err)
		}
		i.nonces = n
	}
	i.trusted = make(map[string]TrustedIssuer, len(c.TrustedIssuers))
	for _, t := range c.TrustedIssuers {
		i.trusted[t.Issuer] = t
	}
	if err := i.register(c); err != nil {
		return nil, fmt.Errorf("issuer: %w", err)
	}
	if err := i.persist(c, o.Store != nil); err != nil {
		return nil, fmt.Errorf("issuer: %w", err)
	}
	if err := i.prepareEncryption(c); err != nil {
		return nil, fmt.Errorf("issuer: %w", err)
	}
	if err := i.prepareKeys(c); err != nil {
		return nil, err
	}
	i.states = len(i.signer.StatementAlgorithms()) > 0
	if c.StatusList {
		if !i.states {
			return nil, errors.New("issuer: status_list: there is no key that is published")
		}
		i.lists = newStatusLists(strings.TrimSuffix(c.Issuer, "/"))
	}
	if err := i.route(); err != nil {
		return nil, err
	}
	// Last, since from here on there is something to close.
	if i.store == nil {
		i.listName = rand.Text() + "-"
		i.own = store.NewMemory(i.now, sweepPeriod)
		i.store = i.own
	}
	return i, nil
}

// prepareKeys sees to it that there is a key for each registered algorithm. Keys that
// are given are all there is: others in the configuration would sign nothing.
func (i *Issuer) prepareKeys(c Config) error {
	used := c.algorithms()
	i.rsaBits = c.RSABits
	if i.ring == nil {
		ring, err := i.newRing(&c, used)
		if err != nil {
			return fmt.Errorf("issuer: %w", err)
		}
		i.ring = ring
	} else if len(c.HMACKeys) > 0 || c.KeysFile != "" {
		return errors.New("issuer: hmac_keys and keys_file: not together with keys that are given in Options.Keys")
	}
	for _, a := range used {
		if _, ok := i.ring.ByAlgorithm(a); !ok {
			return fmt.Errorf("issuer: a client is registered for %s, and there is no such key", a)
		}
	}
	signer, err := token.NewSigner(i.ring, i.profiles()...)
	if err != nil {
		return fmt.Errorf("issuer: %w", err)
	}
	i.signer = signer
	return nil
}

// ServeHTTP answers a request. Paths are matched exactly, but for the last segment
// where the route is a folder.
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if handle, ok := i.routes[r.URL.Path]; ok {
		handle(w, r)
		return
	}
	if handle, ok := i.folders[r.URL.Path[:strings.LastIndexByte(r.URL.Path, '/')+1]]; ok {
		handle(w, r)
		return
	}
	http.NotFound(w, r)
}

// Keys are the keys that sign the tokens.
func (i *Issuer) Keys() *keys.Ring { return i.ring }

// Close ends what the issuer started. It may be called again; requests must have ended,
// all but event streams, which it ends.
func (i *Issuer) Close() error {
	i.streams.end()
	if i.own == nil {
		return nil
	}
	if err := i.own.Close(); err != nil {
		return fmt.Errorf("close issuer: %w", err)
	}
	return nil
}
