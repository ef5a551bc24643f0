package issuer

import (
	"crypto/rand"
	"strings"
	"testing"
)

func TestSecretHashes(t *testing.T) {
	t.Parallel()
	for _, h := range append(SecretHashes(), "") {
		t.Run(string(h), func(t *testing.T) {
			t.Parallel()
			longest, ok := h.longest()
			if !ok {
				t.Fatal("not known")
			}
			secret := "s p~" + strings.Repeat("x", 68)
			matches, err := h.prepare(secret, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			if !matches(secret) {
				t.Error("the secret is refused")
			}
			for name, other := range map[string]string{
				"nothing": "", "shorter": secret[1:], "repeated": secret + "\x00" + secret, "longer": secret + "x",
			} {
				if matches(other) {
					t.Errorf("%s is accepted", name)
				}
			}
			if longest > 0 && len(secret) != longest {
				t.Errorf("the longest secret has %d bytes, and %d were tried", longest, len(secret))
			}
			if h == "" {
				return
			}
			// It is the issuer's, for clients, users and whoever isn't known.
			c := Config{Issuer: testIssuer, Resource: testResource, SecretHash: h,
				Clients: []Client{{ID: "a", Secret: "right", Form: "opaque", Scopes: []string{"read"}}}}
			i := newIssuer(t, c, newClock())
			if w := do(i, request{path: "/token", id: "a", secret: "right", body: plainGrant}); w.Code != 200 {
				t.Errorf("status %d with the right secret", w.Code)
			}
			wantProblem(t, do(i, request{path: "/token", id: "a", secret: "wrong", body: plainGrant}), 401, "invalid_client")
			wantProblem(t, do(i, request{path: "/token", id: "b", secret: "right", body: plainGrant}), 401, "invalid_client")
		})
	}
	if _, err := SecretHash("md5").prepare("x", rand.Reader); err == nil {
		t.Error("md5: no error")
	}
	if _, err := PBKDF2.prepare("x", strings.NewReader("short")); err == nil {
		t.Error("no salt: no error")
	}
}
