package targets

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"time"
)

const verifierReady = "/healthz"

// verifierTarget is how the reference verifier runs, described as any other
// server is. It stands beside every target.
func verifierTarget() Target {
	serve := []string{"${self}", "serve", "verifier", "--listen", "${listen}", "--config", "${config}"}
	// It ends with the harness, however that ends: a process by its standard input, a
	// container when it is no longer asked how it is.
	return Target{
		Name:      "verifier",
		Process:   &ProcessSpec{Command: append(slices.Clone(serve), "--until-eof"), Ready: verifierReady, Timeout: 30 * time.Second},
		Container: &ContainerSpec{Image: "self", Command: append(slices.Clone(serve), "--lease", "20s"), Ready: verifierReady, Timeout: 60 * time.Second},
	}
}

// verifierConfig is the reference verifier's configuration file for an instance.
// The endpoints are those that the verifier reaches.
//
// Its members are required, whatever strategies will be used. A target without
// introspection or keys lacks the capability, so that no scenario asks for them;
// the address that stands in for such an endpoint answers nothing good.
func verifierConfig(in *Instance, e Endpoints) ([]byte, error) {
	config := struct {
		Issuer        string   `json:"issuer"`
		Resource      string   `json:"resource"`
		Introspection string   `json:"introspection_endpoint"`
		JWKS          string   `json:"jwks_uri"`
		ClientID      string   `json:"client_id"`
		ClientSecret  string   `json:"client_secret"`
		Algorithms    []string `json:"algorithms"`
	}{
		Issuer: in.Issuer, Resource: in.Resource,
		Introspection: e.Introspection, JWKS: e.JWKS,
		ClientID: in.Introspector.ID, ClientSecret: in.Introspector.Secret.Reveal(),
	}
	const absent = "/.well-known/oauthmark-absent"
	u, err := url.Parse(e.Token)
	if err != nil {
		return nil, fmt.Errorf("configure the verifier: %w", err)
	}
	if config.Introspection == "" {
		config.Introspection = u.Scheme + "://" + u.Host + absent
	}
	if config.JWKS == "" {
		config.JWKS = u.Scheme + "://" + u.Host + absent
	}
	for _, form := range in.Target.Forms() {
		if form != Opaque {
			config.Algorithms = append(config.Algorithms, form)
		}
	}
	if len(config.Algorithms) == 0 { // none will be used
		config.Algorithms = forms[1:]
	}
	return json.Marshal(config)
}
