package verifier

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/jwt"
)

// Options are what a [Verifier] takes from its surroundings. The zero value serves
// a server; tests bring their own.
type Options struct {
	Client      *http.Client     // for requests to the issuer; its redirect policy isn't used; nil for one with a pool of its own
	Now         func() time.Time // time.Now when nil
	Rand        io.Reader        // crypto/rand.Reader when nil
	Timeout     time.Duration    // of one request to the issuer; 10 s when 0
	KeyInterval time.Duration    // between two fetches of the key set for unknown kids; 10 s when 0
	Table       *Table           // the issuer's, which stays open, for shared-db; none when nil
	Seams       Seams            // for package fault; the zero value for everybody else
}

// Seams are where package fault puts a defect that neither the configuration nor the
// client can bring. The zero value has none.
type Seams struct {
	// Alone has each miss of a cache ask the issuer for itself.
	Alone bool
	// Renew gives an accepted answer a new end at each use.
	Renew func(now time.Time) (end time.Time)
}

// Verifier is a resource server. It is safe for concurrent use.
type Verifier struct {
	strategies []named
	client     *http.Client
	published  *keySet
	count      *Counters
	guard      *Guard
	mux        *http.ServeMux
}

type named struct {
	Strategy
	name string
}

// New returns a verifier, or an error that lists all that is wrong with the
// configuration. It reads the keys that tokens are encrypted to, and makes no request.
func New(config Config, options Options) (*Verifier, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Rand == nil {
		options.Rand = rand.Reader
	}
	if options.Timeout == 0 {
		options.Timeout = defaultTimeout
	}
	if options.KeyInterval == 0 {
		options.KeyInterval = 10 * time.Second
	}
	guard, err := config.guard(options)
	if err != nil {
		return nil, fmt.Errorf("verifier: %w", err)
	}
	decrypt, err := config.decrypters()
	if err != nil {
		return nil, fmt.Errorf("verifier: %w", err)
	}
	v := &Verifier{count: &Counters{}, client: upstreamClient(options.Client), guard: guard}
	expect := claims.Expectation{Issuer: config.Issuer, Resource: config.Resource, Leeway: time.Duration(config.Leeway),
		Ahead: time.Duration(config.Ahead), Accept: config.Accept}
	algorithms := config.algorithms()
	upstream := upstreamCaller{v.client, config.credential(), options.Timeout}
	v.published = newKeySet(upstream, config, options, &v.count.JWKSFetches)
	signed, err := jwt.New(jwt.Rules{Expect: expect, Algorithms: algorithms, Keys: v.published, Decrypt: decrypt, MaxToken: config.MaxToken})
	if err != nil {
		return nil, err
	}
	p := &parts{config: config, options: options, expect: expect, upstream: upstream, keys: v.published, signed: signed, count: v.count,
		issuer: &introspector{upstream, config.IntrospectionEndpoint, config.Accept, &v.count.Introspections}}
	for _, row := range strategyTable {
		s, err := row.make(p)
		if err != nil {
			v.Close()
			return nil, fmt.Errorf("strategy %s: %w", row.Name, err)
		}
		if s != nil {
			v.strategies = append(v.strategies, named{s, row.Name})
		}
	}
	v.mux = v.routes(config)
	return v, nil
}

// Strategy returns the strategy of that name, one of [Strategies].
func (v *Verifier) Strategy(name string) (Strategy, bool) {
	for _, s := range v.strategies {
		if s.name == name {
			return s.Strategy, true
		}
	}
	return nil, false
}

// Guard returns what the routes have in common, for those of a program's own.
func (v *Verifier) Guard() *Guard { return v.guard }

// Counters returns what the verifier has done so far.
func (v *Verifier) Counters() Counters { return v.count.read() }

// Close ends what the strategies do on their own, and drops idle connections to the
// issuer. Requests under way still finish.
func (v *Verifier) Close() {
	for _, s := range v.strategies {
		if c, ok := s.Strategy.(io.Closer); ok {
			_ = c.Close() // there is nothing to save
		}
	}
	v.client.CloseIdleConnections()
}

// upstreamClient returns a client for the issuer that follows no redirects, which would
// carry the token, or the trust in the keys, to an address that nobody configured.
func upstreamClient(given *http.Client) *http.Client {
	client := http.Client{Transport: &http.Transport{
		// Introspection is the hot path: without idle connections for all that ask at
		// once, most requests would dial.
		Proxy:               http.ProxyFromEnvironment, // never for this machine
		MaxIdleConns:        0,
		MaxIdleConnsPerHost: 1024,
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true,
	}}
	if given != nil {
		client = *given
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}
