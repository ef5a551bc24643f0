package issuer

import (
	"crypto/rand"
	"fmt"
)

// user is a resource owner, ready to be served.
type user struct {
	name, subject string
	password      check
}

func (i *Issuer) registerUsers(c Config) error {
	i.users = make(map[string]*user, len(c.Users))
	for _, u := range c.Users {
		matches, err := c.SecretHash.prepare(string(u.Password), i.rand)
		if err != nil {
			return fmt.Errorf("register user %q: %w", u.Name, err)
		}
		subject := u.Subject
		if subject == "" {
			subject = u.Name
		}
		i.users[u.Name] = &user{u.Name, subject, matches}
	}
	matches, err := c.SecretHash.prepare(rand.Text(), i.rand)
	if err != nil {
		return fmt.Errorf("register users: %w", err)
	}
	i.noUser = &user{password: matches}
	return nil
}

// login returns the user of that name and password. A name that isn't known costs
// what a known one does.
func (i *Issuer) login(name, password string) (*user, bool) {
	u, known := i.users[name]
	if !known {
		u = i.noUser
	}
	return u, u.password(password) && known
}
