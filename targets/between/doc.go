// Package between is a TCP proxy that stands between a resource server and what it asks,
// an issuer or a store, and makes the way there long, or what is at its end unwell.
//
// In order of use: [New] makes a [Proxy]; Serve passes on what comes; Set gives all that
// passes another [Condition], a [Mode] and a delay. The same is done from outside over the
// proxy's own port: a connection that begins with a request for [Path] is for the proxy
// itself. It looks into no other request, except in the mode [Error], which answers HTTP.
//
// A delay is that of a round trip, half of it each way. It delays and doesn't throttle:
// what is on the way is queued with the time at which it is due. A new connection's first
// bytes take a round trip more, as the handshake would on such a way.
package between
