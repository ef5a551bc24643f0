package issuer

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/oauthmark/oauthmark/reference/keys"
)

// keysFile is the file of the keys that sign.
type keysFile struct {
	file       *keys.File
	resting    []keys.Entry     // that neither sign nor are published
	configured []keys.Algorithm // whose keys are in the configuration instead
}

// ringOfFile returns the keys of the configured file, and writes those into it that it
// lacks: all of them where there is no file yet. What the ring becomes is written
// there too.
func (i *Issuer) ringOfFile(c *Config, used []keys.Algorithm) (*keys.Ring, error) {
	file, all, err := keys.ReadFile(c.KeysFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("keys_file: %w", err)
	}
	f := &keysFile{file: file, configured: slices.Collect(maps.Keys(c.HMACKeys))}
	var kept []keys.Entry
	now := i.now()
	for _, e := range all {
		switch d, _ := keys.Describe(e.Key.Algorithm); {
		case !e.Valid(now):
		case slices.Contains(f.configured, d.Name):
			return nil, fmt.Errorf("keys_file: it has a key for %s, and so does hmac_keys: remove one of them", d.Name)
		case d.Family == keys.MLDSA && !slices.Contains(used, d.Name):
			// RFC 7517, section 5: keys of a type that isn't understood SHOULD be passed over.
			// Some libraries refuse the whole set for one, so it is published only where it
			// is of use.
			f.resting = append(f.resting, e)
		default:
			kept = append(kept, e)
		}
	}
	missing := false
	for _, a := range used {
		if slices.ContainsFunc(kept, func(e keys.Entry) bool { return e.Key.Algorithm == a && e.Until.IsZero() }) {
			continue
		}
		key, err := c.newKey(a, i.rand)
		if err != nil {
			return nil, err
		}
		missing = missing || !slices.Contains(f.configured, a)
		kept = append(kept, keys.Entry{Key: key})
	}
	switch {
	case file == nil:
		f.file, err = keys.CreateFile(c.KeysFile, f.of(kept))
		if errors.Is(err, fs.ErrExist) { // another process was faster, and has keys in it
			return i.ringOfFile(c, used)
		}
	case missing:
		err = f.save(kept)
	default:
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("keys_file: %w", err)
	}
	return keys.NewRingOf(kept, f.save)
}

func (f *keysFile) save(entries []keys.Entry) error { return f.file.Save(f.of(entries)) }

// of returns what the file is to hold: a key that the configuration has isn't copied.
func (f *keysFile) of(entries []keys.Entry) []keys.Entry {
	kept := slices.DeleteFunc(slices.Clone(entries), func(e keys.Entry) bool { return slices.Contains(f.configured, e.Key.Algorithm) })
	return append(kept, f.resting...)
}
