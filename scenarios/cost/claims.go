package cost

import (
	"bytes"
	"fmt"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/token"
)

// The parties and times of every token here. They are fixed, so that a token has
// the same size in every run.
const (
	issuerID = "https://issuer.example/tenants/main"
	audience = "https://api.example/orders"
	clientID = "order-import-7f3a"
	scope    = "orders:read orders:write invoices:read"
	tokenID  = "b2F1dGhtYXJrLWp0aS0xMg" // as long as 128 bits in base64url
	lifetime = time.Hour
)

// issuedAt is when every token here was issued; its verifier's clock stands at that
// time too.
var issuedAt = time.Unix(1_750_000_000, 0)

// expected is what a resource server holds the tokens against.
var expected = claims.Expectation{Issuer: issuerID, Resource: audience}

// plainClaims is the claims set of an access token that says no more than it has to.
//
// RFC 9068, section 2.2: iss, exp, aud, sub, client_id, iat and jti are required;
// section 2.2.3: scope, where the request had one. Where no resource owner is
// involved, sub names the client.
func plainClaims() *token.Claims {
	return &token.Claims{Issuer: issuerID, Audience: audience, Subject: clientID, ClientID: clientID, Scope: scope,
		IssuedAt: issuedAt.Unix(), Expires: issuedAt.Add(lifetime).Unix(), ID: tokenID}
}

// plainCount is the number of members of those claims.
const plainCount = 8

// size is a size of claims, named for that of the token which ES256 signs.
type size struct {
	name  string
	roles int // that the token lists, beside the plain claims
}

var sizes = []size{{"0.6k", 0}, {"2k", 59}, {"8k", 309}}

// claims returns the claims set. RFC 9068, section 2.2.3.1, has roles for what else a
// token may grant; that of a user with many is what makes tokens large.
func (s size) claims() *token.Claims {
	c := plainClaims()
	if s.roles == 0 {
		return c
	}
	list := bytes.NewBufferString(`{"roles":[`)
	for n := range s.roles {
		if n > 0 {
			list.WriteByte(',')
		}
		fmt.Fprintf(list, `"orders-role-%03d"`, n)
	}
	list.WriteString("]}")
	c.More = &token.More{Custom: list.Bytes()}
	return c
}

// countedClaims is a claims set of so many members in all, each of the more than
// plain ones about as long as a plain one.
func countedClaims(members int) *token.Claims {
	c := plainClaims()
	if members <= plainCount {
		return c
	}
	list := bytes.NewBufferString("{")
	for n := range members - plainCount {
		if n > 0 {
			list.WriteByte(',')
		}
		fmt.Fprintf(list, `"attribute_%03d":"value %03d of that name"`, n, n)
	}
	list.WriteByte('}')
	c.More = &token.More{Custom: list.Bytes()}
	return c
}
