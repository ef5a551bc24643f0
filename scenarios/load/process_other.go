//go:build !unix

package load

import "github.com/oauthmark/oauthmark/results"

// ownUsage can't be told on this platform.
func ownUsage() (results.Usage, bool) { return results.Usage{}, false }

func descriptors() int { return unknownDescriptors }
