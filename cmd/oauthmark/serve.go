package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/oauthmark/oauthmark/reference/verifier"
)

// server is how one of the reference servers is made from its configuration file, and
// what ends it after it was served.
type server struct {
	name, short, example string
	issues               bool // whether it has a store, and can be served with a seeded defect
	make                 func(ctx context.Context, config io.Reader, o serveOptions) (http.Handler, func() error, error)
}

// serveOptions are what flags say beside the configuration.
type serveOptions struct {
	defect, store, control string
	warnings               io.Writer
}

var servers = []server{
	{"issuer", "the reference authorization server", issuerExample, true, makeIssuer},
	{"verifier", "the reference resource server", verifierExample, false, func(_ context.Context, config io.Reader, _ serveOptions) (http.Handler, func() error, error) {
		c, err := verifier.ParseConfig(config)
		if err != nil {
			return nil, nil, err
		}
		v, err := verifier.New(c, verifier.Options{})
		if err != nil {
			return nil, nil, err
		}
		return v, func() error { v.Close(); return nil }, nil
	}},
}

const issuerExample = `  cat > issuer.yaml <<'END'
  issuer: http://127.0.0.1:8080
  resource: https://api.example.com
  clients:
    - {id: web, secret: change-me, form: opaque, scopes: [read]}
    - {id: app, secret: change-me, form: ES256, scopes: [read]}
    - {id: site, auth: none, form: opaque, scopes: [read], grants: [authorization_code, refresh_token],
       redirect_uris: ["https://site.example.com/"]}
  introspector: {id: api, secret: change-me}
  users: [{name: alice, password: change-me}]
  headless_consent: true
  secret_hash: argon2id
  store: sqlite:tokens.db
  persistence: {self_contained: {keep: claims}}
  END
  oauthmark serve issuer --listen 127.0.0.1:8080 --config issuer.yaml
  curl -u web:change-me -d grant_type=client_credentials http://127.0.0.1:8080/token
  curl -s -o /dev/null -w '%{redirect_url}' -G -d response_type=code -d client_id=site -d login_hint=alice \
    -d redirect_uri=https://site.example.com/ -d code_challenge_method=S256 \
    -d code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM http://127.0.0.1:8080/authorize
  curl -d grant_type=authorization_code -d client_id=site -d code="$CODE" -d redirect_uri=https://site.example.com/ \
    -d code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk http://127.0.0.1:8080/token`

const verifierExample = `  cat > verifier.yaml <<'END'
  issuer: http://127.0.0.1:8080
  resource: https://api.example.com
  introspection_endpoint: http://127.0.0.1:8080/introspect
  jwks_uri: http://127.0.0.1:8080/jwks
  client_id: api
  client_secret: change-me
  algorithms: [ES256]
  END
  oauthmark serve verifier --listen 127.0.0.1:8081 --config verifier.yaml
  curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8081/introspect/resource`

func serveCommand(std stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve issuer|verifier",
		Short: "run one of the reference servers by hand",
		Args: func(_ *cobra.Command, args []string) error {
			return usagef("serve: say which server: 'oauthmark serve issuer' or 'oauthmark serve verifier'")
		},
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	for _, s := range servers {
		cmd.AddCommand(s.command(std))
	}
	return cmd
}

func (s server) command(std stdio) *cobra.Command {
	var listen, config string
	o := serveOptions{warnings: std.err}
	var untilEOF bool
	var lease time.Duration
	cmd := &cobra.Command{
		Use:     s.name,
		Short:   "run " + s.short,
		Example: s.example,
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) (failed error) {
			if config == "" {
				return usagef("serve %s: --config FILE is missing: 'oauthmark serve %s --help' shows an example", s.name, s.name)
			}
			f, err := os.Open(config)
			if err != nil {
				return usagef("serve %s: --config: %w", s.name, err)
			}
			handler, stop, err := s.make(cmd.Context(), f, o)
			f.Close()
			if err != nil {
				return usagef("serve %s: --config %s: %w", s.name, config, err)
			}
			defer func() { failed = errors.Join(failed, stop()) }()
			ctx := cmd.Context()
			if untilEOF {
				ctx = endsWith(ctx, std.in)
			}
			if lease > 0 {
				ctx, handler = leased(ctx, lease, handler)
			}
			return s.serve(ctx, listen, handler, std)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8080", "`ADDRESS` to listen on")
	cmd.Flags().StringVar(&config, "config", "", "YAML `FILE` with the server's configuration")
	if s.issues {
		cmd.Flags().StringVar(&o.store, "store", "", "`STORE` of tokens, in place of the configured one: memory, sqlite:PATH, or the URL of a PostgreSQL or Redis server")
		cmd.Flags().StringVar(&o.control, "control", "", "loopback `ADDRESS` of the harness's controls: rotate a key, read the counters, shift the clock")
		cmd.Flags().StringVar(&o.defect, "fault", "", "misbehave on purpose: a `NAME` of 'oauthmark list faults'")
	}
	cmd.Flags().BoolVar(&untilEOF, "until-eof", false, "end when standard input ends, as it does when the parent process dies")
	cmd.Flags().DurationVar(&lease, "lease", 0, "end when /healthz was not asked for so long, as when the parent that can't be seen has died")
	return cmd
}

// leased returns a context that ends when the handler's /healthz was not asked for
// as long as the lease.
func leased(ctx context.Context, lease time.Duration, next http.Handler) (context.Context, http.Handler) {
	ctx, cancel := context.WithCancel(ctx)
	timer := time.AfterFunc(lease, cancel)
	return ctx, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" {
			timer.Reset(lease)
		}
		next.ServeHTTP(w, r)
	})
}

// endsWith returns a context that ends when the input does.
func endsWith(ctx context.Context, in io.Reader) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, in)
		cancel()
	}()
	return ctx
}

// serve answers until the context ends, which is how a server is meant to end.
func (s server) serve(ctx context.Context, listen string, handler http.Handler, std stdio) error {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return usagef("serve %s: --listen %s: %w", s.name, listen, err)
	}
	fmt.Fprintf(std.err, "oauthmark %s listening on http://%s\n", s.name, listener.Addr())
	srv := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve %s: %w", s.name, err)
	case <-ctx.Done():
	}
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if err := srv.Shutdown(within); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("serve %s: %w", s.name, err)
	}
	return nil
}
