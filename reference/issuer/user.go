package issuer

import (
	"crypto/rand"
	"encoding/json"
	"fmt"

	"github.com/oauthmark/oauthmark/reference/token"
)

// user is a resource owner, ready to be served.
type user struct {
	name, subject string
	claims        map[string]json.RawMessage
	password      check
}

func (i *Issuer) registerUsers(c Config) error {
	i.users, i.subjects = make(map[string]*user, len(c.Users)), make(map[string]*user, len(c.Users))
	for _, u := range c.Users {
		matches, err := c.SecretHash.prepare(string(u.Password), i.rand)
		if err != nil {
			return fmt.Errorf("register user %q: %w", u.Name, err)
		}
		subject := u.Subject
		if subject == "" {
			subject = u.Name
		}
		claims, err := u.encodeClaims()
		if err != nil {
			return fmt.Errorf("register user %q: %w", u.Name, err)
		}
		ready := &user{u.Name, subject, claims, matches}
		i.users[u.Name], i.subjects[subject] = ready, ready
	}
	matches, err := c.SecretHash.prepare(rand.Text(), i.rand)
	if err != nil {
		return fmt.Errorf("register users: %w", err)
	}
	i.noUser = &user{password: matches}
	return nil
}

// login returns the user of that name and password. It takes as long for an unknown name.
func (i *Issuer) login(name, password string) (*user, bool) {
	u, known := i.users[name]
	if !known {
		u = i.noUser
	}
	return u, u.password(password) && known
}

// encodeClaims returns the user's claims as JSON. Its errors show no value.
func (u *User) encodeClaims() (map[string]json.RawMessage, error) {
	encoded := make(map[string]json.RawMessage, len(u.Claims))
	for name, value := range u.Claims {
		if name == "" || token.Reserved(name) {
			return nil, fmt.Errorf("claim %q can't be one of a user", name)
		}
		b, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("claim %q has no JSON form", name)
		}
		encoded[name] = b
	}
	return encoded, nil
}
