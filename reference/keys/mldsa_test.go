package keys

import (
	"encoding/json"
	"testing"
)

// The all-zero seed of RFC 9964's examples gives the examples' kid, which is the
// thumbprint of the public key, and so both the key and the thumbprint are right.
func TestMLDSAExamples(t *testing.T) {
	t.Parallel()
	for a, kid := range map[Algorithm]string{
		MLDSA44: "T4xl70S7MT6Zeq6r9V9fPJGVn76wfnXJ21-gyo0Gu6o",
		MLDSA65: "Suiu29qbfuaBaR4Ats-c6XQBePB_OpAxAwcTR_0KXVM",
		MLDSA87: "tRn1JNIkgMsABVQBlXeDHxAIcclh-2IX0UdDEzPt5XU",
	} {
		k, err := NewMLDSA(a, [SeedBytes]byte{})
		if err != nil {
			t.Fatal(err)
		}
		if k.ID != kid {
			t.Errorf("%s: id %s, want %s", a, k.ID, kid)
		}
		b, err := k.JWK()
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]string
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		if len(m) != 5 || m["kty"] != "AKP" || m["alg"] != string(a) || m["pub"] == "" || m["kid"] != kid || m["use"] != "sig" {
			t.Errorf("%s: %s", a, b)
		}
		bits := map[Algorithm]int{MLDSA44: 1312, MLDSA65: 1952, MLDSA87: 2592}[a]
		if d, _ := Describe(a); d.Bits[0] != 8*bits || len(m["pub"]) != (bits*8+5)/6 {
			t.Errorf("%s: %d characters of pub for %d bits", a, len(m["pub"]), d.Bits[0])
		}
	}
	if _, err := NewMLDSA(ES256, [SeedBytes]byte{}); err == nil {
		t.Error("a seed made an ES256 key")
	}
}
