//go:build !linux

package process

import (
	"context"

	"github.com/oauthmark/oauthmark/results"
)

// Usage can't be told here.
func (r *running) Usage(context.Context) (results.Usage, bool) { return results.Usage{}, false }
