package targets

import (
	"context"
	"io/fs"
	"log/slog"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// Instance is a started target: where it answers and who may ask it.
type Instance struct {
	Target    Target
	Issuer    string    // issuer identifier, the iss of its tokens
	Endpoints Endpoints // as this process reaches them
	Resource  string    // identifier of the protected resource, the aud of its tokens
	Clients   []Client
	// Introspector is the client that the resource server introspects as.
	Introspector Client
	// Verifier is the base URL of the reference verifier that trusts this
	// instance; a strategy's protected resource is at /STRATEGY/resource.
	Verifier string
	// Services are the components of the instance, for usage and provenance.
	Services   []Running
	Provenance results.TargetProvenance
}

// Endpoints are absolute URLs; an empty one doesn't exist.
type Endpoints struct {
	Token         string
	Introspection string
	JWKS          string
	Metadata      string
}

// Client is a registered OAuth client (RFC 6749, section 2).
type Client struct {
	ID       string        `json:"id"`
	Secret   Secret        `json:"secret"`
	Form     string        `json:"form,omitempty"`     // of the tokens issued to it; empty for a client that may only introspect
	Scopes   []string      `json:"scopes,omitempty"`   // that it may ask for
	Resource string        `json:"-"`                  // sent as resource (RFC 8707) when it isn't empty
	Lifetime time.Duration `json:"lifetime,omitempty"` // of its tokens, in nanoseconds; zero for the server's default
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

// Registration is what a server under test has to know before it starts. It is
// handed over as a JSON file that only the server can read. encoding/json writes
// the secrets out only for this type: see [Registration.MarshalJSON].
type Registration struct {
	Issuer       string
	Resource     string
	Clients      []Client
	Introspector Client
}

// Secret is a string that doesn't print: not with fmt, slog or encoding/json.
type Secret string

const redacted = "[redacted]"

func (Secret) String() string               { return redacted }
func (Secret) GoString() string             { return redacted }
func (Secret) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

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
