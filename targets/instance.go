package targets

import (
	"context"
	"crypto/tls"
	"io/fs"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets/redact"
)

// Instance is a started target: where it answers and who may ask it.
type Instance struct {
	Target    Target
	Issuer    string    // issuer identifier, the iss of its tokens
	Endpoints Endpoints // URLs as this process reaches them
	Audience  string    // that the resource server expects in aud; empty when it takes tokens for anybody
	// Issuer and Audience may be known from a token alone, by which none can be judged.
	IssuerLearned, AudienceLearned bool

	Clients []Client
	// Secrets are what must never be written: of the clients, and every token that is
	// known. Whoever gets a token adds it.
	Secrets *redact.Registry
	// Introspector is the client that the resource server introspects as.
	Introspector Client
	// Cache bounds what the reference verifier remembers.
	Cache verifier.Cache
	// Verifier is the base URL of the reference verifier that trusts this
	// instance; a strategy's protected resource is at /STRATEGY/resource.
	Verifier string
	// Between stands between the resource server and the issuer, where a step arranged that.
	Between *Proxy
	// Control is the base URL of the reference issuer's controls, where a step arranged it
	// with them.
	Control string
	// Services are the components of the instance, for usage and provenance.
	Services   []Running
	Provenance results.TargetProvenance
	// TLS is how the servers are reached, where an arrangement has them listen with it; nil
	// otherwise. Nobody changes it: who shows a certificate has a clone.
	TLS *tls.Config

	base    string // the URL of a server that somebody else started
	arrange func(context.Context, Arrangement) (*Instance, func(context.Context) error, error)
	proxy   func(context.Context, string) (*Proxy, func(context.Context) error, error)
}

// ClientsFor lists the clients whose tokens have the form and, when short is set,
// live for seconds only.
func (i *Instance) ClientsFor(form string, short bool) []Client {
	var out []Client
	for _, c := range i.Clients {
		if c.Form == form && (c.Lifetime > 0) == short {
			out = append(out, c)
		}
	}
	return out
}

// Launcher starts services in one kind of runtime.
type Launcher interface {
	// Runtime is "container" or "process".
	Runtime() string
	// Launch starts the service and returns when it is ready. When it fails it has
	// stopped what it started, and the error holds the service's last log lines.
	Launch(ctx context.Context, s Service) (Running, error)
	// Close removes what services share, such as a network. It is called after
	// every service has been stopped.
	Close(ctx context.Context) error
}

// Service is one server to start, free of any product's name.
type Service struct {
	Name    string // issuer or verifier; also its host name among containers
	Port    int    // on 127.0.0.1, chosen by the caller
	Ready   string // path that answers 200 when it is ready
	Timeout time.Duration
	Command []string          // with the placeholders of [ProcessSpec]
	Env     map[string]string // likewise
	Image   string            // containers only
	Spec    ContainerSpec     // containers only: its entrypoint, files and port
	Files   fs.FS             // containers only: the target's folder
	Dir     string            // processes only: working directory
	Secrets map[string][]byte // placeholder name (registration, config) to file content; removed with the service
	Values  map[string]string // further placeholders
	TLS     *tls.Config       // processes only: trusts the certificate that it listens with; nil without TLS
}

// Running is a started service.
type Running interface {
	Name() string
	URL() string      // as this process reaches it
	Internal() string // as the launcher's other services reach it
	// Done is closed when the service has ended, for whatever reason.
	Done() <-chan struct{}
	// Logs returns the last lines that it printed.
	Logs() string
	// Stop ends the service and removes its traces; it may be called again.
	Stop(ctx context.Context) error
	Provenance() results.Service
	// Usage returns the CPU time used since the start and the peak of resident
	// memory; ok is false where the platform can't tell.
	Usage(ctx context.Context) (u results.Usage, ok bool)
}
