package dpop

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

// NonceHeader is the name of the header field that gives out a nonce (RFC 9449,
// section 8.1), as net/http spells it.
const NonceHeader = "Dpop-Nonce"

// NoncePeriod is how long a nonce is given out; it is accepted for as long again.
const NoncePeriod = time.Minute

// Nonces makes the nonces of proofs of the time and a key, so that none has to be
// kept. Servers have different ones, also where they share a store.
type Nonces struct{ key [32]byte }

// NewNonces draws the key.
func NewNonces(rand io.Reader) (*Nonces, error) {
	n := &Nonces{}
	if _, err := io.ReadFull(rand, n.key[:]); err != nil {
		return nil, fmt.Errorf("draw key of nonces: %w", err)
	}
	return n, nil
}

// At returns the nonce of a time.
func (n *Nonces) At(now time.Time) string {
	mac := hmac.New(sha256.New, n.key[:])
	_, _ = mac.Write(binary.BigEndian.AppendUint64(nil, uint64(now.Unix()/int64(NoncePeriod.Seconds()))))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Good reports whether the nonce is that of now, or the one before.
func (n *Nonces) Good(nonce string, now time.Time) bool {
	return hmac.Equal([]byte(nonce), []byte(n.At(now))) || hmac.Equal([]byte(nonce), []byte(n.At(now.Add(-NoncePeriod))))
}
