package cost

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/verifier"
)

// introspectOperations are introspect/opaque-43: the reference verifier asks the reference
// issuer about a token, over HTTP on loopback, one question after the other. Both
// work in this process, so that its time is theirs, with the way there and back.
func introspectOperations() []operation {
	return []operation{{name: "introspect/opaque-43", prepare: introspecting}}
}

const askerID = "cost-resource-server"

func introspecting(m *material) (does, limit work, err error) {
	i, err := issuer.New(issuer.Config{Issuer: issuerID, Resource: audience,
		Clients:      []issuer.Client{{ID: clientID, Secret: rightSecret, Form: "opaque", Scopes: strings.Fields(scope)}},
		Introspector: issuer.Introspector{ID: askerID, Secret: rightSecret},
	}, issuer.Options{Now: m.now})
	if err != nil {
		return nil, nil, fmt.Errorf("make issuer: %w", err)
	}
	m.closers = append(m.closers, i.Close)
	place, err := m.listen(i)
	if err != nil {
		return nil, nil, err
	}
	place += "/tenants/main" // the path of issuerID
	tok, err := m.issued(place + "/token")
	if err != nil {
		return nil, nil, err
	}
	v, err := verifier.New(verifier.Config{
		Issuer: issuerID, Resource: audience, Algorithms: verifier.Algorithms(), Cache: verifier.DefaultCache(),
		IntrospectionEndpoint: place + "/introspect", JWKSURI: place + "/jwks", ClientID: askerID, ClientSecret: rightSecret,
	}, verifier.Options{Now: m.now})
	if err != nil {
		return nil, nil, fmt.Errorf("make verifier: %w", err)
	}
	m.closers = append(m.closers, func() error { v.Close(); return nil })
	strategy, ok := v.Strategy(verifier.Introspect)
	if !ok {
		return nil, nil, errors.New("make verifier: it doesn't introspect")
	}
	limit, err = m.asking(place+"/introspect", tok)
	if err != nil {
		return nil, nil, err
	}
	var out claims.Claims
	return &pass{what: "introspect token", size: len(tok),
		once: func() (err error) { out, err = strategy.Judge(m.ctx, tok); return err },
		check: func() error {
			if out.ClientID != clientID {
				return errors.New("the answer isn't about the token")
			}
			var invalid *claims.InvalidToken
			if _, err := strategy.Judge(m.ctx, tok[1:]+"A"); !errors.As(err, &invalid) {
				return errors.New("another token isn't refused")
			}
			return nil
		}}, limit, nil
}

// exchange sends a form as a client, and returns what came back.
func (m *material) exchange(client *http.Client, endpoint, id, form string) ([]byte, error) {
	r, err := http.NewRequestWithContext(m.ctx, http.MethodPost, endpoint, strings.NewReader(form))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(rightSecret))
	response, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}

// issued asks the issuer for a token.
func (m *material) issued(endpoint string) (string, error) {
	body, err := m.exchange(http.DefaultClient, endpoint, clientID, "grant_type=client_credentials")
	var answer struct {
		Token string `json:"access_token"`
	}
	if err != nil || json.Unmarshal(body, &answer) != nil || answer.Token == "" {
		return "", errors.Join(errors.New("issue token: the issuer gave none"), err)
	}
	return answer.Token, nil
}

// asking is the exchange alone: as many bytes there and back, and nothing done with them.
func (m *material) asking(endpoint, tok string) (work, error) {
	form := url.Values{"token": {tok}}.Encode()
	answer, err := m.exchange(http.DefaultClient, endpoint, askerID, form)
	if err != nil {
		return nil, err
	}
	place, err := m.listen(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	}))
	if err != nil {
		return nil, err
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	m.closers = append(m.closers, func() error { client.CloseIdleConnections(); return nil })
	var out []byte
	return &pass{what: "exchange bytes", size: len(tok),
		once: func() (err error) { out, err = m.exchange(client, place, askerID, form); return err },
		check: func() error {
			if !bytes.Equal(out, answer) {
				return errors.New("other bytes came back")
			}
			return nil
		}}, nil
}

// listen serves on a loopback port until the step ends, and returns the URL.
func (m *material) listen(h http.Handler) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", notRun{reason: "there is no loopback port to listen on"}
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: startTimeout, BaseContext: func(net.Listener) context.Context { return m.ctx }}
	go func() { _ = server.Serve(listener) }()
	m.closers = append(m.closers, server.Close)
	return "http://" + listener.Addr().String(), nil
}
