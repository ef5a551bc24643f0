package store

import (
	"context"
	"errors"
	"regexp"
	"strings"
)

// Remover is implemented by stores in a server that others may use, too.
type Remover interface {
	// Remove removes the store from the server. It must have a name: see [CutName]. The
	// store must be closed after it, and nothing else called.
	Remove(context.Context) error
}

var (
	// ErrNoName says that a store isn't removed, since others may share it.
	ErrNoName = errors.New("the store has no name of its own, so that others may use it")
	errName   = errors.New("the name behind # isn't a lower-case letter, and up to 39 of these, digits and _")
	named     = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
)

// CutName cuts from a server's URL what is behind #, which names a store in there: those of
// different names know nothing of each other. Without a name it is the one that all share.
func CutName(url string) (server, name string, err error) {
	server, name, found := strings.Cut(url, "#")
	if !found || !strings.Contains(server, "://") { // in another form of address it is anything
		return url, "", nil
	}
	if !named.MatchString(name) {
		return "", "", errName
	}
	return server, name, nil
}
