package issuer

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/token"
)

// scopeOpenID makes a request one of OpenID Connect.
const scopeOpenID = "openid"

// What a claims parameter may hold at most.
const (
	maxClaimsParameter = 4 << 10 // bytes
	maxUserClaims      = 64      // names
	maxClaimName       = 128     // bytes of a name
)

// scopeClaims is the table of OpenID Connect Core 1.0, section 5.4: the claims of the
// user that a scope stands for.
var scopeClaims = map[string][]string{
	"profile": {
		"name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
		"website", "gender", "birthdate", "zoneinfo", "locale", "updated_at",
	},
	"email":   {"email", "email_verified"},
	"address": {"address"},
	"phone":   {"phone_number", "phone_number_verified"},
}

// userClaims lists the claims of the user that the userinfo endpoint tells for a token:
// those of its scope and those that were named, each once, in the order of their
// names. There are none without the scope openid.
func userClaims(scope string, named []string) []string {
	granted := strings.Split(scope, " ")
	if !slices.Contains(granted, scopeOpenID) {
		return nil
	}
	all := slices.Clone(named)
	for _, s := range granted {
		all = append(all, scopeClaims[s]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// claimsOfUser lists the same for a token that was found.
func claimsOfUser(c *token.Claims) []string {
	var named []string
	if c.More != nil {
		named = c.More.UserClaims
	}
	return userClaims(c.Scope, named)
}

var errClaimsParameter = errors.New("claims parameter is malformed or too large")

// parseClaimsParameter reads the request parameter claims (OpenID Connect Core 1.0,
// section 5.5) and returns the names of those from the userinfo endpoint. Each member must
// be an object, and each claim null or an object, whose contents are ignored. Claims of an
// ID token are ignored, since there is none. Unknown members MUST be ignored.
func parseClaimsParameter(text string) ([]string, error) {
	if len(text) > maxClaimsParameter {
		return nil, errClaimsParameter
	}
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &members) != nil || members == nil {
		return nil, errClaimsParameter
	}
	var wanted []string
	for _, place := range []string{"userinfo", "id_token"} {
		names, err := claimNames(members[place])
		if err != nil {
			return nil, err
		}
		if place == "userinfo" {
			wanted = names
		}
	}
	return wanted, nil
}

// claimNames returns the names of the members, sorted.
func claimNames(object json.RawMessage) ([]string, error) {
	if object == nil {
		return nil, nil
	}
	var claims map[string]json.RawMessage
	if json.Unmarshal(object, &claims) != nil || claims == nil || len(claims) > maxUserClaims {
		return nil, errClaimsParameter
	}
	var names []string
	for name, wish := range claims {
		wish = bytes.TrimSpace(wish)
		if name == "" || len(name) > maxClaimName || (string(wish) != "null" && wish[0] != '{') {
			return nil, errClaimsParameter
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}
