package load

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/fault"
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios"
	"github.com/oauthmark/oauthmark/targets"
	"github.com/oauthmark/oauthmark/targets/between"
)

// inProcess starts the reference servers in this process, on ports of their own.
type inProcess struct {
	down *atomic.Bool // while it is set, the issuer answers 500 to all questions about tokens
}

func (inProcess) Runtime() string             { return targets.Process }
func (inProcess) Close(context.Context) error { return nil }

func (l inProcess) Launch(_ context.Context, s targets.Service) (targets.Running, error) {
	r := &served{name: s.Name, done: make(chan struct{})}
	if i := slices.Index(s.Command, "--to"); i >= 0 {
		return r, r.proxy(s.Port, s.Command[i+1])
	}
	var handler http.Handler
	if raw, ok := s.Secrets["registration"]; ok {
		c, err := issuer.ParseConfig(bytes.NewReader(raw), func(*issuer.Config) {})
		if err != nil {
			return nil, err
		}
		slow := c.SecretHash == issuer.Bcrypt // which takes its time of a processor: here it sleeps
		c.SecretHash = issuer.SHA256
		iss, err := issuer.New(c, issuer.Options{})
		if err != nil {
			return nil, err
		}
		r.end = func() { iss.EndStreams(); _ = iss.Close() }
		handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if asks := r.URL.Path == "/introspect"; asks && l.down.Load() {
				w.WriteHeader(http.StatusInternalServerError)
				return
			} else if asks && slow {
				time.Sleep(60 * time.Millisecond)
			}
			iss.ServeHTTP(w, r)
		})
	} else {
		c, err := verifier.ParseConfig(bytes.NewReader(s.Secrets["config"]))
		if err != nil {
			return nil, err
		}
		var o verifier.Options
		if s.TLS != nil {
			o.Client = &http.Client{Transport: &http.Transport{TLSClientConfig: s.TLS}}
		}
		if i := slices.Index(s.Command, "--fault"); i >= 0 {
			if err := fault.Plant(s.Command[i+1], &c, &o); err != nil {
				return nil, err
			}
		}
		v, err := verifier.New(c, o)
		if err != nil {
			return nil, err
		}
		handler, r.end = v, v.Close
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port)))
	if err != nil {
		return nil, err
	}
	r.url, r.server = "http://"+listener.Addr().String(), &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)} // who hangs up is no news
	if s.TLS == nil {
		go func() { _ = r.server.Serve(listener) }()
		return r, nil
	}
	own, err := tls.X509KeyPair(s.Secrets["certificate"], s.Secrets["key"])
	if err != nil {
		return nil, err
	}
	r.url = "https://" + listener.Addr().String()
	r.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{own}, ClientAuth: tls.RequestClientCert}
	go func() { _ = r.server.ServeTLS(listener, "", "") }()
	return r, nil
}

// proxy serves a proxy before another server.
func (r *served) proxy(port int, to string) error {
	p, err := between.New(between.Options{To: to})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = p.Serve(ctx, listener) }()
	r.url, r.server, r.end = "http://"+listener.Addr().String(), &http.Server{}, func() { stop(); <-ended }
	return nil
}

type served struct {
	name, url string
	server    *http.Server
	end       func()
	done      chan struct{}
	once      sync.Once
}

func (r *served) Name() string                                { return r.name }
func (r *served) URL() string                                 { return r.url }
func (r *served) Internal() string                            { return r.url }
func (r *served) Done() <-chan struct{}                       { return r.done }
func (r *served) Logs() string                                { return "" }
func (r *served) Provenance() results.Service                 { return results.Service{Name: r.name} }
func (r *served) Usage(context.Context) (results.Usage, bool) { return results.Usage{}, false }

func (r *served) Stop(context.Context) (err error) {
	r.once.Do(func() {
		r.end()
		err = r.server.Close()
		close(r.done)
	})
	return err
}

// startReference starts the reference servers in this process, the resource server with the
// defect, if one is named.
func startReference(t *testing.T, defect string) (targets.Target, *targets.Environment, *atomic.Bool) {
	t.Helper()
	reference, err := targets.Load("reference")
	if err != nil {
		t.Fatal(err)
	}
	reference.Capabilities = slices.DeleteFunc(reference.Capabilities, func(c targets.Capability) bool {
		_, form, ok := strings.Cut(string(c), "/")
		return ok && form != targets.Opaque && form != "ES256" // whose keys take no time to be made
	})
	down := new(atomic.Bool)
	e, err := targets.Start(t.Context(), targets.Options{Runtime: targets.Process, Rand: rand.Reader, Defect: defect,
		Process: func(context.Context) (targets.Launcher, error) { return inProcess{down}, nil }}, []targets.Target{reference})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return reference, e, down
}

// runReference runs what the name selects on reference servers of this process.
func runReference(t *testing.T, defect, name string, load results.Offered, forms ...string) []results.StepResult {
	t.Helper()
	reference, e, _ := startReference(t, defect)
	all := Scenarios()
	selected, err := scenarios.Select(all, []string{name})
	if err != nil {
		t.Fatal(err)
	}
	selected = slices.DeleteFunc(selected, func(s scenarios.Selection) bool { return s.Beside })
	profile := scenarios.Profiles()[0]
	profile.Load = load
	plan, err := scenarios.Make(selected, scenarios.Options{Targets: []targets.Target{reference}, Profile: profile, Forms: forms}, 1)
	if err != nil {
		t.Fatal(err)
	}
	out, err := scenarios.Runner{Scenarios: all, Observer: quiet{}}.Execute(t.Context(), plan, e)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(out.Steps, func(s results.StepResult) bool { return s.Superseded })
}

type quiet struct{}

func (quiet) StepStarted(int, results.Step)        {}
func (quiet) StepProgress(int, float64, string)    {}
func (quiet) StepDone(i int, r results.StepResult) {}
