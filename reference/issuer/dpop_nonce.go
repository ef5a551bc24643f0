package issuer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

// noncePeriod is how long a nonce is given out, in seconds; it is accepted for as long
// again.
const noncePeriod = 60

// errNonce asks for a proof with the nonce of the same answer (RFC 9449, section 8).
var errNonce = badRequest("use_dpop_nonce", "the DPoP proof needs the nonce of this answer")

// nonces makes the nonces of DPoP proofs of the time and a key, so that none has to be
// kept. Issuers that share a store have different ones.
type nonces struct{ key [32]byte }

func newNonces(rand io.Reader) (*nonces, error) {
	n := &nonces{}
	if _, err := io.ReadFull(rand, n.key[:]); err != nil {
		return nil, fmt.Errorf("draw key of nonces: %w", err)
	}
	return n, nil
}

// at returns the nonce of a time.
func (n *nonces) at(now time.Time) string {
	mac := hmac.New(sha256.New, n.key[:])
	_, _ = mac.Write(binary.BigEndian.AppendUint64(nil, uint64(now.Unix()/noncePeriod)))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// good reports whether the nonce is that of now, or the one before.
func (n *nonces) good(nonce string, now time.Time) bool {
	before := now.Add(-noncePeriod * time.Second)
	return hmac.Equal([]byte(nonce), []byte(n.at(now))) || hmac.Equal([]byte(nonce), []byte(n.at(before)))
}
