package issuer

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// errNoKey is for an encrypted token that may be good for all that the issuer knows.
var errNoKey = errors.New("the issuer has no key to decrypt the token with")

// errEncrypted is for a token that the issuer can't read, and so can't call inactive. RFC
// 7662 has no error for this. RFC 7009, section 2.2.1, has one for a type of token that
// can't be revoked, which fits both endpoints.
var errEncrypted = &problem{http.StatusBadRequest, "unsupported_token_type", "the token is encrypted to its resource server, and the issuer has no key to decrypt it"}

// failure returns the answer to an error of looking for a token.
func failure(err error) *problem {
	if errors.Is(err, errNoKey) {
		return errEncrypted
	}
	return unavailable
}

// read returns the claims of a self-contained token that this issuer signed. A token that
// it can't decrypt is known by its record.
func (i *Issuer) read(ctx context.Context, tok string) (token.Claims, bool, error) {
	signed := tok
	if strings.Count(tok, ".") == 4 { // RFC 7516, section 3.1: five parts
		opened, ok := i.decrypt(tok)
		if !ok {
			return i.readSealed(ctx, tok)
		}
		signed = opened
	}
	// Anyone can encrypt to a public key: it is the signature that counts.
	c, err := i.signer.Verify(signed, i.now())
	return c, err == nil, nil
}

func (i *Issuer) decrypt(tok string) (string, bool) {
	for _, d := range i.decrypters {
		if signed, err := d.Decrypt(tok); err == nil {
			return signed, true
		}
	}
	return "", false
}

// readSealed finds the claims of a token that can't be read here.
func (i *Issuer) readSealed(ctx context.Context, tok string) (token.Claims, bool, error) {
	if len(i.sealed) == 0 || len(tok) > token.MaxEncrypted {
		return token.Claims{}, false, nil
	}
	unrecorded, looked := false, false
	for _, c := range i.sealed {
		p := i.hybrid(c)
		if p.Keep == store.KeepNothing || p.Keep == store.KeepID {
			unrecorded = true
			continue
		}
		if looked { // the records of all such clients are found in the same way
			continue
		}
		looked = true
		claims, ok, err := i.recorded(ctx, p, hybridValue(c, "", tok), token.Claims{})
		if err != nil || ok {
			return claims, ok, err
		}
	}
	if unrecorded {
		return token.Claims{}, false, errNoKey
	}
	return token.Claims{}, false, nil
}
