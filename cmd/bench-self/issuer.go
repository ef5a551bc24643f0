//go:build unix

package main

import "time"

const (
	// Short blocks, many of them: what disturbs a shared machine for a moment spoils a
	// few pairs, which the median passes over.
	issuerBlocks = 40 // of each side
	issuerBlock  = 60 * time.Millisecond
	unbounded    = 1 << 62 // requests of a block that ends by time
)

// issuerBounds are those of the reference issuer over HTTP, in a process of its own.
// A bare side is a net/http handler that reads the request and writes the same bytes.
func issuerBounds() []bound {
	out := []bound{
		{name: "issuer/introspect/opaque", what: "introspections per second, over a bare handler's", limit: 0.80,
			measure: besideBare("opaque", true, answers)},
		{name: "issuer/issue/opaque", what: "tokens per second with a SHA-256 secret, over a bare handler's", limit: 0.75,
			measure: besideBare("opaque", false, answers)},
	}
	for _, algorithm := range []string{"ES256", "EdDSA"} {
		out = append(out, bound{name: "issuer/issue/" + algorithm, atMost: true, limit: 1.2,
			what:    "CPU per token, over a bare handler's with the raw signature",
			measure: besideBare(algorithm, false, serverCPU)})
	}
	return append(out,
		bound{name: "issuer/oidc-provider/introspect", what: "introspections per second, over node oidc-provider's", limit: 5,
			measure: besideNode(true)},
		bound{name: "issuer/oidc-provider/issue", what: "opaque tokens per second, over node oidc-provider's", limit: 5,
			measure: besideNode(false)},
	)
}
