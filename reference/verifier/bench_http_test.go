package verifier

import (
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
	"strings"
	"testing"
)

// BenchmarkServe compares what a guarded handler costs, over a connection of its own,
// with the same handler behind nothing but the signature's check.
func BenchmarkServe(b *testing.B) {
	u := newUpstream(b)
	v, c := u.verifier(b)
	u.publish(200, testKeys().set(b, testAlgorithms...))
	for _, alg := range testAlgorithms {
		jws := sign(b, testKeys().signer(alg), goodHeader(alg), goodClaims(c.now()))
		for _, to := range []struct {
			name    string
			handler http.Handler
		}{{"local", v}, {"raw", rawHandler(alg)}} {
			b.Run(alg+"/"+to.name, func(b *testing.B) {
				server := httptest.NewServer(to.handler)
				defer server.Close()
				request := "GET /local/resource HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + jws + "\r\n\r\n"
				conn, err := net.Dial("tcp", server.Listener.Addr().String())
				if err != nil {
					b.Fatal(err)
				}
				defer conn.Close()
				answer := make([]byte, 4096)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := conn.Write([]byte(request)); err != nil {
						b.Fatal(err)
					}
					n, err := conn.Read(answer)
					if err != nil || !strings.HasPrefix(string(answer[:n]), "HTTP/1.1 200") {
						b.Fatalf("%s, %v", answer[:n], err)
					}
				}
			})
		}
	}
}

// rawHandler answers the same once the signature is right, and checks nothing else.
func rawHandler(alg string) http.Handler {
	k := testKeys()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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
}
