package targets

import (
	"crypto/tls"
	"errors"
	"slices"
	"strings"
	"testing"
)

// Servers of a step listen with certificates of the step's own, which the step trusts and
// they trust, and which nobody else does.
func TestArrangeSecure(t *testing.T) {
	t.Parallel()
	f := &fake{runtime: Process}
	_, in := startOne(t, f, both("a"))
	got, end, err := in.Arrange(t.Context(), Arrangement{Secure: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = end(t.Context()) }()
	if !strings.HasPrefix(got.Issuer, "https://127.0.0.1:") || got.TLS == nil || in.TLS != nil {
		t.Errorf("issuer %s, TLS %v", got.Issuer, got.TLS)
	}
	for _, svc := range f.services[2:] {
		tail := svc.Command[len(svc.Command)-4:]
		if !slices.Equal(tail, []string{"--tls-cert", "${certificate}", "--tls-key", "${key}"}) || svc.Env["SSL_CERT_FILE"] != "${authority}" || svc.TLS == nil {
			t.Errorf("%s: command %v, environment %v", svc.Name, svc.Command, svc.Env)
		}
		pair, err := tls.X509KeyPair(svc.Secrets["certificate"], svc.Secrets["key"])
		if err != nil {
			t.Fatal(err)
		}
		if err := handshake(pair, got.TLS); err != nil {
			t.Errorf("%s: %v", svc.Name, err)
		}
		if handshake(pair, &tls.Config{}) == nil {
			t.Errorf("%s: somebody else trusts its certificate", svc.Name)
		}
	}
	for _, svc := range f.services[:2] {
		if svc.TLS != nil || svc.Env["SSL_CERT_FILE"] != "" {
			t.Errorf("the run's %s has TLS", svc.Name)
		}
	}
}

// handshake is one over loopback, by the name that this process uses.
func handshake(pair tls.Certificate, client *tls.Config) error {
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		return err
	}
	defer l.Close()
	go func() {
		if c, err := l.Accept(); err == nil {
			_ = c.(*tls.Conn).Handshake()
			_ = c.Close()
		}
	}()
	c, err := tls.Dial("tcp", l.Addr().String(), client)
	if err == nil {
		_ = c.Close()
	}
	return err
}

func TestNoTLSInContainers(t *testing.T) {
	t.Parallel()
	f := &fake{runtime: Container}
	e, err := Start(t.Context(), Options{Runtime: Container, Container: f.open, Rand: seeded()}, []Target{both("a")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Stop(t.Context()) })
	if _, _, err := e.Instance("a").Arrange(t.Context(), Arrangement{Secure: true}); !errors.Is(err, ErrSecure) {
		t.Errorf("error %v", err)
	}
}

// A defect goes to every resource server, and to no issuer.
func TestDefectIsForVerifiers(t *testing.T) {
	t.Parallel()
	f := &fake{runtime: Process}
	e, err := Start(t.Context(), Options{Runtime: Process, Process: f.open, Rand: seeded(), Defect: "slides-ttl"}, []Target{both("a")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Stop(t.Context()) })
	_, end, err := e.Instance("a").Arrange(t.Context(), Arrangement{Secure: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = end(t.Context()) }()
	for _, svc := range f.services {
		planted := slices.Contains(svc.Command, "slides-ttl")
		if planted != strings.HasPrefix(svc.Name, "verifier") {
			t.Errorf("%s: command %v", svc.Name, svc.Command)
		}
	}
}
