package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/oauthmark/oauthmark/reference/fault"
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store"
)

// makeIssuer makes the reference issuer with the store that it is configured with.
func makeIssuer(ctx context.Context, config io.Reader, o serveOptions) (serving, error) {
	c, err := issuer.ParseConfig(config, func(c *issuer.Config) {
		if o.store != "" {
			c.Store = issuer.StoreURL(o.store)
		}
	})
	if err != nil {
		return serving{}, err
	}
	for _, client := range unprovable(c.Clients, o.tls) {
		fmt.Fprintf(o.warnings, "oauthmark issuer: warning: client %q can't prove who it is: %s\n", client.ID, remedyOf(client.Auth))
	}
	clock := issuer.NewClock(nil) // one for both, so that the controls shift both
	kept, err := openStore(ctx, c.Store, clock.Now)
	if err != nil {
		return serving{}, err
	}
	end := func() error { return nil }
	if kept != nil {
		end = kept.Close
		warn(o.warnings, kept)
	}
	clean, err := issuer.New(c, issuer.Options{Store: kept, Clock: clock})
	if err != nil {
		return serving{}, errors.Join(err, end())
	}
	stop := func() error { return errors.Join(clean.Close(), end()) }
	if o.control != "" {
		uncontrol, err := serveControl(o.control, clean.Control())
		if err != nil {
			return serving{}, errors.Join(err, stop())
		}
		inner := stop
		stop = func() error { return errors.Join(uncontrol(), inner()) }
	}
	made := serving{handler: clean, drain: clean.EndStreams, stop: stop}
	if o.defect == "" {
		return made, nil
	}
	if made.handler, err = fault.Wrap(o.defect, clean); err != nil {
		return serving{}, errors.Join(err, stop())
	}
	return made, nil
}

// warn says what the store's server takes from its promises.
func warn(w io.Writer, kept store.Store) {
	if warner, ok := kept.(store.Warner); ok {
		for _, warning := range warner.Warnings() {
			fmt.Fprintf(w, "oauthmark issuer: warning: %s\n", warning)
		}
	}
}

// unprovable lists the clients that are known by a certificate which the listener
// doesn't ask for, or can't verify.
func unprovable(clients []issuer.Client, files tlsFiles) []issuer.Client {
	return slices.DeleteFunc(slices.Clone(clients), func(c issuer.Client) bool {
		switch c.Auth {
		case issuer.SelfSignedTLSClientAuth:
			return files.cert != ""
		case issuer.TLSClientAuth:
			return files.clientCA != ""
		}
		return true
	})
}

func remedyOf(m issuer.AuthMethod) string {
	if m == issuer.TLSClientAuth {
		return fmt.Sprintf("%s needs --tls-cert, --tls-key and --client-ca", m)
	}
	return fmt.Sprintf("%s needs --tls-cert and --tls-key", m)
}
