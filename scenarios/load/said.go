package load

import (
	"errors"
	"net"
	"slices"
)

// What a server says may hold a token or a secret, wherever it stands. Only words
// that are known beforehand are repeated.
var (
	// RFC 6749, section 5.2, and RFC 8707, section 2.
	tokenErrors = []string{"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client",
		"unsupported_grant_type", "invalid_scope", "invalid_target", "server_error", "temporarily_unavailable"}
	// RFC 7518, section 3.1, and its successors.
	algorithms = []string{"opaque", "none", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512",
		"PS256", "PS384", "PS512", "EdDSA", "Ed25519", "ES256K", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"}
)

func oneOf(said string, known []string, otherwise string) string {
	if slices.Contains(known, said) {
		return said
	}
	return otherwise
}

// unanswered is the error of an exchange without what the server sent: net/http
// quotes the line that it couldn't read.
func unanswered(err error) error {
	var network net.Error
	var operation *net.OpError
	switch {
	case errors.As(err, &operation):
		return operation
	case errors.As(err, &network) && network.Timeout():
		return errors.New("no answer in time")
	}
	return errors.New("no answer in HTTP")
}
