package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
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
	srv := &http.Server{Handler: onlyHere(listener.Addr(), controls), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second}
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

// onlyHere serves requests that were meant for this listener. A page in a browser of this
// machine can have its own name resolve to a loopback address (DNS rebinding); its requests
// then come from the same origin, but with its name as their Host.
//
// RFC 9110, section 7.4: a server ought to check that the target is one that it serves, and
// answers 421 where it isn't.
func onlyHere(at net.Addr, next http.Handler) http.Handler {
	_, port, _ := net.SplitHostPort(at.String())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch origins := r.Header["Origin"]; {
		case !namesLoopback(r.Host, port):
			http.Error(w, "the Host is not this listener's", http.StatusMisdirectedRequest)
		case len(origins) > 1 || len(origins) == 1 && origins[0] != "http://"+r.Host:
			http.Error(w, "the controls are not for pages of another origin", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// namesLoopback reports whether a Host names a loopback address, and the port.
func namesLoopback(host, port string) bool {
	name, given, err := net.SplitHostPort(host)
	if err != nil {
		name, given = strings.Trim(host, "[]"), "80" // HTTP's own may be left out
	}
	ip := net.ParseIP(name)
	return given == port && (strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback())
}
