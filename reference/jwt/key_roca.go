package jwt

import "math/big"

// fingerprintPrimes are those that the moduli of a broken generator betray themselves
// by (CVE-2017-15361, "ROCA"): modulo each, they are powers of 65537. A modulus that
// isn't from there passes all of them once in about 2^27.
var fingerprintPrimes = []int64{
	11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157,
}

// factorable reports whether an RSA modulus was made by a generator whose keys can be
// factored.
func factorable(n *big.Int) bool {
	var rest big.Int
	for _, p := range fingerprintPrimes {
		if !powerOfF4(rest.Mod(n, big.NewInt(p)).Int64(), p) {
			return false
		}
	}
	return true
}

// powerOfF4 reports whether r is a power of 65537 modulo p.
func powerOfF4(r, p int64) bool {
	g, x := int64(65537)%p, int64(1)
	for range p {
		if x == r {
			return true
		}
		x = x * g % p
	}
	return false
}
