package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// serveControl serves the harness's controls on a listener of their own. They ask
// nobody who they are, so they listen on a loopback address or not at all.
func serveControl(address string, controls http.Handler) (stop func() error, err error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, usagef("--control %s: %w, for example --control 127.0.0.1:8082", address, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, usagef("--control %s: the controls ask nobody who they are: use a loopback address, for example --control 127.0.0.1:8082", address)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, usagef("--control %s: %w", address, err)
	}
	srv := &http.Server{Handler: controls, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(listener) }()
	return func() error {
		err := srv.Close()
		if ended := <-served; !errors.Is(ended, http.ErrServerClosed) {
			err = errors.Join(err, fmt.Errorf("serve the controls: %w", ended))
		}
		return err
	}, nil
}
