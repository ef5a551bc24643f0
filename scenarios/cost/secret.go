package cost

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"

	"github.com/oauthmark/oauthmark/reference/issuer"
)

// secretOperations are secret/HASH: a client proves itself by its secret to the
// reference issuer, in a revocation request about a token that nobody knows. The
// request is handled without a connection, and the handling is part of the figure:
// beside a slow hash it is nothing, beside sha256 it is nearly all, as the ratio says.
func secretOperations() []operation {
	var all []operation
	for _, hash := range issuer.SecretHashes() {
		all = append(all, operation{name: "secret/" + string(hash), prepare: proving(hash), extra: true})
	}
	return all
}

const (
	revocationPath = "/tenants/main/revoke" // below the path of issuerID
	rightSecret    = "what a client of the cost scenario knows"
	wrongSecret    = "what a client of the cost scenario guesses"
)

func proving(hash issuer.SecretHash) func(*material) (does, limit work, err error) {
	return func(m *material) (work, work, error) {
		i, err := issuer.New(issuer.Config{Issuer: issuerID, Resource: audience, SecretHash: hash,
			Clients: []issuer.Client{{ID: clientID, Secret: rightSecret, Form: "opaque", Scopes: strings.Fields(scope)}},
		}, issuer.Options{Now: m.now})
		if err != nil {
			return nil, nil, fmt.Errorf("make issuer: %w", err)
		}
		m.closers = append(m.closers, i.Close)
		limit, err := rawSecret(hash)
		if err != nil {
			return nil, nil, err
		}
		right, wrong := newRequest(rightSecret), newRequest(wrongSecret)
		status := 0
		return &pass{what: "authenticate client", size: len(rightSecret),
			once: func() error {
				status = right.send(i)
				if status != http.StatusOK {
					return fmt.Errorf("a good secret is answered by %d", status)
				}
				return nil
			},
			check: func() error {
				if status != http.StatusOK || wrong.send(i) != http.StatusUnauthorized {
					return errors.New("a wrong secret isn't refused")
				}
				return nil
			}}, limit, nil
	}
}

// repeated is a request that is sent again and again, at next to no cost of its own.
type repeated struct {
	request *http.Request
	body    *strings.Reader
	text    string
	answer  *dropped
}

func newRequest(secret string) *repeated {
	text := "token=" + tokenID
	body := strings.NewReader(text)
	r := &http.Request{Method: http.MethodPost, URL: &url.URL{Path: revocationPath}, Host: "issuer.example", Proto: "HTTP/1.1",
		ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: io.NopCloser(body), ContentLength: int64(len(text))}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	// RFC 6749, section 2.3.1: both are form-urlencoded first.
	r.SetBasicAuth(url.QueryEscape(clientID), url.QueryEscape(secret))
	return &repeated{r, body, text, &dropped{header: http.Header{}}}
}

func (r *repeated) send(h http.Handler) (status int) {
	r.body.Reset(r.text)
	r.answer.status = http.StatusOK
	clear(r.answer.header)
	h.ServeHTTP(r.answer, r.request)
	return r.answer.status
}

// dropped is an answer of which only the status is kept.
type dropped struct {
	header http.Header
	status int
}

func (d *dropped) Header() http.Header         { return d.header }
func (d *dropped) Write(p []byte) (int, error) { return len(p), nil }
func (d *dropped) WriteHeader(status int)      { d.status = status }

// rawSecret is the hash alone with the comparison, by the issuer's parameters: the
// least that the OWASP Password Storage Cheat Sheet recommends.
func rawSecret(hash issuer.SecretHash) (work, error) {
	salt := []byte("sixteen of salt.")
	var derive func(secret string) ([]byte, error)
	switch hash {
	case issuer.SHA256:
		derive = func(s string) ([]byte, error) { d := sha256.Sum256([]byte(s)); return d[:], nil }
	case issuer.PBKDF2:
		derive = func(s string) ([]byte, error) { return pbkdf2.Key(sha256.New, s, salt, 600_000, 32) }
	case issuer.Argon2id:
		derive = func(s string) ([]byte, error) { return argon2.IDKey([]byte(s), salt, 2, 19<<10, 1, 32), nil }
	case issuer.Bcrypt:
		kept, err := bcrypt.GenerateFromPassword([]byte(rightSecret), 10)
		return comparing(func(s string) bool { return bcrypt.CompareHashAndPassword(kept, []byte(s)) == nil }), err
	default:
		return nil, fmt.Errorf("secret hash %s: no primitive is known", hash)
	}
	kept, err := derive(rightSecret)
	return comparing(func(s string) bool {
		got, err := derive(s)
		return err == nil && subtle.ConstantTimeCompare(got, kept) == 1
	}), err
}

func comparing(same func(secret string) bool) *pass {
	return &pass{what: "hash secret", size: len(rightSecret),
		once: func() error {
			if !same(rightSecret) {
				return errors.New("a good secret is refused")
			}
			return nil
		},
		check: func() error {
			if same(wrongSecret) {
				return errors.New("a wrong secret isn't refused")
			}
			return nil
		}}
}
