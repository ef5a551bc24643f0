package targets

import (
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/results"
)

// Target is a server under test, as its target.yaml describes it.
type Target struct {
	Name         string                `yaml:"name"`
	Title        string                `yaml:"title"`
	Version      string                `yaml:"version"`
	Issuer       string                `yaml:"issuer"`       // path of the issuer identifier below the base URL; empty for the base URL itself; with URL, it may be a URL too
	Endpoints    Endpoints             `yaml:"endpoints"`    // paths below the base URL; with URL, they may be URLs too
	Capabilities []Capability          `yaml:"capabilities"` // what it can do; decides which checks and scenarios apply
	Process      *ProcessSpec          `yaml:"process"`      // how it runs as a process, nil when it can't
	Container    *ContainerSpec        `yaml:"container"`    // how it runs in a container, nil when it can't
	Expectations []results.Expectation `yaml:"expectations"` // known and accepted findings

	// URL is set for a server that somebody else started. It must be a loopback
	// address, or on a host of AllowHosts, for anything that puts load on it.
	URL string `yaml:"url"`
	// AllowHosts are hosts beyond this machine to which load may go, for a person says so.
	AllowHosts []string `yaml:"allow_hosts"`

	// What isn't declared here of a server at a URL, its metadata or a token tells.
	ClientAuth string          `yaml:"client_auth"` // client_secret_basic or client_secret_post
	Resource   string          `yaml:"resource"`    // sent as resource (RFC 8707) for each token; empty for none
	Audience   string          `yaml:"audience"`    // that the resource server expects in aud
	Accept     *claims.Dialect `yaml:"accept"`      // what tokens have that RFC 9068 doesn't; nothing when empty
	Leeway     time.Duration   `yaml:"leeway"`      // by how much the server's clock may be ahead; 5 s when zero

	// Files is the folder that target.yaml came from: the product's own
	// configuration, laid out beside the process that runs it.
	Files fs.FS `yaml:"-"`

	// external is what [Discover] found out about the server at URL.
	external *Instance
}

// ProcessSpec says how a target runs as a process. In Setup, Command and Env,
// ${self} is this program, ${listen} the address to listen on, ${port} its port,
// ${issuer} the issuer identifier, ${dir} the folder with the target's files and
// ${registration} the file with the clients that the server has to know: the
// reference issuer's configuration, in JSON.
type ProcessSpec struct {
	Requires []Requirement     `yaml:"requires"` // programs that must be there before anything is started
	Setup    [][]string        `yaml:"setup"`    // run once for each content of the target's folder
	Command  []string          `yaml:"command"`
	Env      map[string]string `yaml:"env"`
	Ready    string            `yaml:"ready"`   // path that answers 200 when the server is ready
	Timeout  time.Duration     `yaml:"timeout"` // until ready; 30 s when zero
}

// Requirement is a program that a target needs on this machine.
type Requirement struct {
	Program string `yaml:"program"`
	Hint    string `yaml:"hint"` // how a person gets it
}

// ContainerSpec says how a target runs in a container. Entrypoint, Command, Env and the
// Content of Files may have the placeholders of [ProcessSpec], as the container sees
// them, except ${dir}. Only the image "self" has ${self}.
//
// The server must answer HTTP on every interface of its container. Its port alone is
// published, on 127.0.0.1, and ${issuer} is an address there. The containers of one
// target reach each other by the names issuer and verifier.
type ContainerSpec struct {
	// Image is "self" for an image FROM scratch with this program alone. Otherwise it is
	// pinned, as NAME:TAG with a tag other than latest or as NAME@sha256:DIGEST, and is
	// pulled when the engine lacks it.
	Image      string            `yaml:"image"`
	Entrypoint []string          `yaml:"entrypoint"` // the image's own when empty
	Command    []string          `yaml:"command"`    // likewise; required for "self"
	Env        map[string]string `yaml:"env"`        // added to the image's own
	Files      []ContainerFile   `yaml:"files"`
	Port       int               `yaml:"port"` // that the server listens on, for one that isn't told ${listen} or ${port}; chosen for it when zero
	Ready      string            `yaml:"ready"`
	Timeout    time.Duration     `yaml:"timeout"` // until ready; 60 s when zero
}

// ContainerFile is a file that is copied into a container before it starts. Root owns
// it there.
type ContainerFile struct {
	Path    string `yaml:"path"`    // in the container
	From    string `yaml:"from"`    // a file of the target's folder, copied as it is
	Content string `yaml:"content"` // of a file that isn't in the folder; either From or Content is set
	Mode    Mode   `yaml:"mode"`    // 0644 when zero
}

// Capability is something that a target declares it can do. The form of a token is
// "opaque" or the algorithm that signs it.
type Capability string

const (
	ClientCredentials Capability = "client_credentials" // RFC 6749, section 4.4
	Introspection     Capability = "introspection"      // RFC 7662
	Revocation        Capability = "revocation"         // RFC 7009
	JWKS              Capability = "jwks"               // RFC 7517 key set at the declared endpoint
	Metadata          Capability = "metadata"           // RFC 8414
	Events            Capability = "events"             // tells of revocations, as the reference issuer does
	Denylist          Capability = "denylist"           // lists revocations, as the reference issuer does
	Status            Capability = "status"             // answers questions by jti, as the reference issuer does
	Refresh           Capability = "refresh"            // RFC 6749, section 6, for clients that are registered with it and the grant password
	ShortLifetime     Capability = "short-lifetime"     // a client may be registered with a lifetime of seconds
	RFC9068           Capability = "rfc9068"            // its JWTs are meant to follow that profile
)

// Issues is the capability to issue tokens of the form.
func Issues(form string) Capability { return Capability("issue/" + form) }

// Introspects is the capability to answer introspection for tokens of the form.
func Introspects(form string) Capability { return Capability("introspect/" + form) }

// Lacks returns the first of the capabilities that the target doesn't declare, or "".
func (t Target) Lacks(needs []Capability) Capability {
	for _, need := range needs {
		if !slices.Contains(t.Capabilities, need) {
			return need
		}
	}
	return ""
}

// Forms lists the forms of token that the target issues, in declared order.
func (t Target) Forms() []string { return t.formsOf(Issues) }

func (t Target) formsOf(capability func(form string) Capability) []string {
	var forms []string
	for _, c := range t.Capabilities {
		if form, ok := strings.CutPrefix(string(c), string(capability(""))); ok {
			forms = append(forms, form)
		}
	}
	return forms
}

// Narrowed returns the target as it is set up for a run: of the forms that it declares,
// it keeps the usual ones and those that the run is about. When no self-contained form
// is among them, it keeps its first one. A key for each algorithm would take seconds to
// make, and checks of all forms would be made of each.
func (t Target) Narrowed(about []string) Target {
	kept := append(slices.Clone(usual), about...)
	isKept := func(form string) bool { return slices.Contains(kept, form) }
	for _, capability := range []func(string) Capability{Issues, Introspects} {
		jwts := slices.DeleteFunc(t.formsOf(capability), func(form string) bool { return form == Opaque })
		if len(jwts) > 0 && !slices.ContainsFunc(jwts, isKept) {
			kept = append(kept, jwts[0])
		}
	}
	t.Capabilities = slices.DeleteFunc(slices.Clone(t.Capabilities), func(c Capability) bool {
		_, form, _ := strings.Cut(string(c), "/")
		return (c == Issues(form) || c == Introspects(form)) && !isKept(form)
	})
	return t
}

// Opaque is the form of tokens that are mere identifiers; every other form names
// the JWS algorithm of a self-contained token.
const Opaque = "opaque"

// SelfContained is the class of the forms whose tokens say all there is.
const SelfContained = "self-contained"

// KindOf is the token kind of a form, opaque or self-contained.
func KindOf(form string) string {
	if form == Opaque {
		return Opaque
	}
	return SelfContained
}
