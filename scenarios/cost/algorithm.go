package cost

import (
	"fmt"
	"slices"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// algorithm is a JWS algorithm with the size of its key.
type algorithm struct {
	name keys.Algorithm
	bits int // of an RSA key; 0 for the one size of any other
}

// String is the algorithm's word in the name of an operation: RS256, RS256-3072.
func (a algorithm) String() string {
	if a.larger() {
		return fmt.Sprintf("%s-%d", a.name, a.bits)
	}
	return string(a.name)
}

// larger reports whether the key is larger than what most issuers use, which is the
// least that RFC 7518, section 3.3, takes.
func (a algorithm) larger() bool {
	d, _ := keys.Describe(a.name)
	return a.bits != 0 && a.bits != d.Bits[0]
}

// algorithms lists what the issuer can sign with, in each size of its keys.
func algorithms() []algorithm {
	var all []algorithm
	for _, name := range keys.Algorithms() {
		d, _ := keys.Describe(name)
		if d.KeyType != "RSA" {
			all = append(all, algorithm{name: name})
			continue
		}
		for _, bits := range d.Bits {
			all = append(all, algorithm{name, bits})
		}
	}
	return all
}

// common are the algorithms of the short suite: one of each family that most issuers
// have.
var common = []keys.Algorithm{keys.ES256, keys.EdDSA, keys.RS256}

func (a algorithm) common() bool { return !a.larger() && slices.Contains(common, a.name) }
