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

	"github.com/oauthmark/oauthmark/reference/heap"
)

// server is how one of the reference servers is made from its configuration file.
type server struct {
	name, short, example string
	listen               string // by default; each its own, so that both run on one machine
	issues               bool   // whether it has a store
	make                 func(ctx context.Context, config io.Reader, o serveOptions) (serving, error)
}

// serving is a server that was made.
type serving struct {
	handler http.Handler
	drain   func()       // ends the answers that don't end by themselves; may be nil
	token   int          // characters of the longest access token that is looked at
	stop    func() error // after it was served
}

// serveOptions are what flags say beside the configuration.
type serveOptions struct {
	defect, store, storeFile, persistence, control string
	tls                                            tlsFiles
	warnings                                       io.Writer
}

var servers = []server{
	{"issuer", "the reference authorization server", issuerExample, "127.0.0.1:8080", true, makeIssuer},
	{"verifier", "the reference resource server", verifierExample, "127.0.0.1:8081", false, makeVerifier},
}

const issuerExample = `  cat > issuer.yaml <<'END'
  issuer: http://127.0.0.1:8080
  resource: https://api.example.com
  clients:
    - {id: web, secret: change-me, form: opaque, scopes: [read]}
    - {id: app, secret: change-me, form: ES256, scopes: [read]}
    - {id: site, auth: none, form: opaque, scopes: [read], grants: [authorization_code, refresh_token],
       redirect_uris: ["https://site.example.com/"]}
  introspector: {id: api, secret: change-me}   # is told everything of every token
  introspectors: [{id: log, secret: change-me, sees: [scope, client_id], clients: [web]}]
  users: [{name: alice, password: change-me}]
  headless_consent: true
  secret_hash: argon2id
  store: sqlite:tokens.db
  persistence: {self_contained: {keep: claims}}
  keys_file: keys.json
  END
  oauthmark serve issuer --listen 127.0.0.1:8080 --config issuer.yaml   # HTTPS with --tls-cert and --tls-key
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
  url: http://127.0.0.1:8081
  routes: [{path: /resource}, {path: /transfer, scopes: [write], risky: true}]
  events_uri: http://127.0.0.1:8080/events
  denylist_uri: http://127.0.0.1:8080/denylist
  status_uri: http://127.0.0.1:8080/status
  END
  oauthmark serve verifier --listen 127.0.0.1:8081 --config verifier.yaml   # mTLS with --tls-cert and --tls-key
  curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8081/introspect/resource   # or another of 'oauthmark list strategies'`

func serveCommand(std stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve issuer|verifier|proxy",
		Short: "run one of the reference servers, or the proxy between them, by hand",
		Args: func(_ *cobra.Command, args []string) error {
			return usagef("serve: say which server: 'oauthmark serve issuer' or 'oauthmark serve verifier'; 'oauthmark serve proxy' stands between them")
		},
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	for _, s := range servers {
		cmd.AddCommand(s.command(std))
	}
	cmd.AddCommand(proxyCommand(std))
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
			secure, err := o.tls.load("serve " + s.name)
			if err != nil {
				return err
			}
			f, err := os.Open(config)
			if err != nil {
				return usagef("serve %s: --config: %w", s.name, err)
			}
			made, err := s.make(cmd.Context(), f, o)
			f.Close()
			if err != nil {
				return usagef("serve %s: --config %s: %w", s.name, config, err)
			}
			defer func() { failed = errors.Join(failed, made.stop()) }()
			ctx := cmd.Context()
			if untilEOF {
				ctx = endsWith(ctx, std.in)
			}
			if lease > 0 {
				ctx, made.handler = leased(ctx, lease, made.handler)
			}
			return s.serve(ctx, listen, made, secure, std)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", s.listen, "`ADDRESS` to listen on")
	cmd.Flags().StringVar(&config, "config", "", "YAML `FILE` with the server's configuration")
	cmd.Flags().StringVar(&o.tls.cert, "tls-cert", "", "PEM `FILE` with the certificate to serve HTTPS with, followed by those that lead to a root")
	cmd.Flags().StringVar(&o.tls.key, "tls-key", "", "PEM `FILE` with its private key")
	cmd.Flags().StringVar(&o.tls.clientCA, "client-ca", "", "PEM `FILE` with the roots of clients' certificates; without it only self-signed ones are of use")
	if !s.issues {
		cmd.Flags().StringVar(&o.store, "store", "", "`STORE` of the issuer, for the strategy shared-db: sqlite:PATH, or the URL of a PostgreSQL or Redis server")
		cmd.Flags().StringVar(&o.storeFile, "store-file", "", "`FILE` with the STORE alone, for a URL with a password: other users of the machine see commands")
		cmd.Flags().StringVar(&o.persistence, "persistence", "", "YAML `FILE` that says what its tokens look like in there, as persistence does in the issuer's configuration")
	}
	if s.issues {
		cmd.Flags().StringVar(&o.store, "store", "", "`STORE` of tokens, in place of the configured one: memory, sqlite:PATH, or the URL of a PostgreSQL or Redis server")
		cmd.Flags().StringVar(&o.control, "control", "", "loopback `ADDRESS` of the harness's controls: rotate a key, read the counters, shift the clock")
	}
	cmd.Flags().StringVar(&o.defect, "fault", "", "misbehave on purpose: a `NAME` of 'oauthmark list faults'")
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
func (s server) serve(ctx context.Context, listen string, made serving, secure *transport, std stdio) error {
	defer heap.Hold()()
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return usagef("serve %s: --listen %s: %w", s.name, listen, err)
	}
	srv := &http.Server{
		Handler:           made.handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    max(64<<10, made.token+16<<10),
	}
	if made.drain != nil {
		srv.RegisterOnShutdown(made.drain)
	}
	scheme, accept := "http", srv.Serve
	if secure != nil {
		srv.TLSConfig, srv.Handler, srv.ConnContext = secure.config, secure.verified(made.handler), secure.connected
		scheme, accept = "https", func(l net.Listener) error { return srv.ServeTLS(l, "", "") }
	}
	fmt.Fprintf(std.err, "oauthmark %s listening on %s://%s\n", s.name, scheme, listener.Addr())
	served := make(chan error, 1)
	go func() { served <- accept(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve %s: %w", s.name, err)
	case <-ctx.Done():
	}
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	err = srv.Shutdown(within)
	if errors.Is(err, context.DeadlineExceeded) {
		// Who still reads by then is cut off, before the store is closed below the answer.
		err = srv.Close()
	}
	if err != nil {
		return fmt.Errorf("serve %s: %w", s.name, err)
	}
	return nil
}

// shutdownGrace is how long answers that are under way may take when the server ends.
const shutdownGrace = 3 * time.Second
