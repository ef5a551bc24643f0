package verifier

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkServe compares the rate of a guarded handler, over a connection of its own,
// with that of the same handler behind nothing but the signature's check. Batches of
// both alternate, so that what else the machine does falls on both alike.
func BenchmarkServe(b *testing.B) {
	u := newUpstream(b)
	v, c := u.verifier(b)
	u.publish(200, testKeys().set(b, testAlgorithms...))
	for _, alg := range testAlgorithms {
		b.Run(alg, func(b *testing.B) {
			jws := sign(b, testKeys().signer(alg), goodHeader(alg), goodClaims(c.now()))
			raw, local := dial(b, rawHandler(alg), jws), dial(b, v, jws)
			const batch = 50
			var took [2][]float64 // seconds of each batch
			for b.Loop() {
				for n, exchange := range []func(int){raw, local} {
					started := time.Now()
					exchange(batch)
					took[n] = append(took[n], time.Since(started).Seconds())
				}
			}
			var median [2]float64
			for n := range took {
				slices.Sort(took[n])
				median[n] = took[n][len(took[n])/2]
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median[0]/batch*1e6, "raw-us")
			b.ReportMetric(median[1]/batch*1e6, "local-us")
			b.ReportMetric(median[0]/median[1], "rate-ratio")
		})
	}
}

// dial serves the handler, and returns what sends it so many requests in a row.
func dial(b *testing.B, handler http.Handler, token string) (exchange func(n int)) {
	b.Helper()
	server := httptest.NewServer(handler)
	b.Cleanup(server.Close)
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	request := []byte("GET /local/resource HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + token + "\r\n\r\n")
	answer := make([]byte, 4096)
	return func(n int) {
		for range n {
			if _, err := conn.Write(request); err != nil {
				b.Fatal(err)
			}
			n, err := conn.Read(answer)
			if err != nil || !bytes.HasPrefix(answer[:n], []byte("HTTP/1.1 200")) {
				b.Fatalf("%s, %v", answer[:n], err)
			}
		}
	}
}

// rawHandler answers the same once the signature is right, and checks nothing else.
func rawHandler(alg string) http.Handler {
	k := testKeys()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /local/resource", func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		dot := strings.LastIndexByte(token, '.')
		signature, err := base64.RawURLEncoding.DecodeString(token[dot+1:])
		sum := sha256.Sum256([]byte(token[:dot]))
		ok := false
		switch {
		case err != nil:
		case alg == "RS256":
			ok = rsa.VerifyPKCS1v15(&k.rsa.PublicKey, crypto.SHA256, sum[:], signature) == nil
		case alg == "ES256":
			ok = ecdsa.Verify(&k.ec.PublicKey, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
		default:
			ok = ed25519.Verify(k.ed.Public().(ed25519.PublicKey), []byte(token[:dot]), signature)
		}
		if !ok {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		write(w, []byte(`{"client_id":"app","scope":"read write","sub":"app"}`))
	})
	return mux
}
