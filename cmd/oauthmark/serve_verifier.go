package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/oauthmark/oauthmark/reference/fault"
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/verifier"
)

// makeVerifier makes the reference resource server, with the issuer's token table
// where that is given.
func makeVerifier(ctx context.Context, config io.Reader, o serveOptions) (serving, error) {
	c, err := verifier.ParseConfig(config)
	if err != nil {
		return serving{}, err
	}
	var options verifier.Options
	end := func() error { return nil }
	if err := o.readStore(); err != nil {
		return serving{}, err
	}
	if o.store != "" {
		if options.Table, end, err = openTable(ctx, o); err != nil {
			return serving{}, err
		}
	} else if o.persistence != "" {
		return serving{}, errors.New("--persistence is of no use without --store")
	}
	if o.defect != "" {
		if err := fault.Plant(o.defect, &c, &options); err != nil {
			return serving{}, errors.Join(fmt.Errorf("--fault: %w", err), end())
		}
	}
	v, err := verifier.New(c, options)
	if err != nil {
		return serving{}, errors.Join(err, end())
	}
	return serving{handler: v, token: c.MaxToken, stop: func() error { v.Close(); return end() }}, nil
}

// maxStoreFile is far more than a store's URL takes, in bytes.
const maxStoreFile = 4 << 10

// readStore takes the store from its file.
func (o *serveOptions) readStore() error {
	if o.storeFile == "" {
		return nil
	}
	if o.store != "" {
		return errors.New("--store-file: the store is given by --store, too")
	}
	f, err := os.Open(o.storeFile)
	if err != nil {
		return fmt.Errorf("--store-file: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxStoreFile))
	if err != nil {
		return fmt.Errorf("--store-file: %w", err)
	}
	if o.store = strings.TrimSpace(string(text)); o.store == "" {
		return errors.New("--store-file: the file is empty")
	}
	return nil
}

// openTable opens the issuer's table, and says how to close it.
func openTable(ctx context.Context, o serveOptions) (*verifier.Table, func() error, error) {
	var form io.Reader = strings.NewReader("")
	if o.persistence != "" {
		f, err := os.Open(o.persistence)
		if err != nil {
			return nil, nil, fmt.Errorf("--persistence: %w", err)
		}
		defer f.Close()
		form = f
	}
	opaque, selfContained, err := issuer.ParsePersistence(form, rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("--persistence: %w", err)
	}
	kept, err := openStore(ctx, issuer.StoreURL(o.store), time.Now)
	if err != nil {
		return nil, nil, err
	}
	if kept == nil {
		return nil, nil, errors.New("--store: the memory of another process can't be read")
	}
	return &verifier.Table{Tokens: kept, Opaque: opaque, SelfContained: selfContained}, kept.Close, nil
}
