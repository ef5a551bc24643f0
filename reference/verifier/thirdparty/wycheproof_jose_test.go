package thirdparty

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/jwt"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// mislabelled are the vectors whose labels contradict the specifications, or each other.
var mislabelled = map[int]string{
	346: "valid, though the key's alg is PS256 and the header's PS384 (RFC 7517, section 4.4)",
	347: `valid, though the key's alg is "ES521", which no algorithm is called (RFC 7518, section 3.1, has ES512)`,
	350: "valid, though the key's alg is PS256 and the header's PS384 (RFC 7517, section 4.4)",
	351: `valid, though the key's alg is "ES521", which no algorithm is called (RFC 7518, section 3.1, has ES512)`,
	367: "invalid, though it is byte for byte tc357, which is valid: its padding was lost",
	370: "invalid, though it is byte for byte tc357, which is valid: its padding was lost",
	372: "valid, though a ? is no character of base64url (RFC 7515, section 2)",
	373: "valid, though a ? is no character of base64url (RFC 7515, section 2)",
}

func TestWycheproofSignatures(t *testing.T) {
	t.Parallel()
	v := readVectors[struct {
		Private, Public json.RawMessage
		Tests           []struct {
			vector
			JWS json.RawMessage
		}
	}](t, "json_web_signature_test.json")
	y := newTally(mislabelled)
	for _, group := range v.TestGroups {
		raw := group.Public
		if raw == nil {
			raw = group.Private // a shared key
		}
		for _, test := range group.Tests {
			err := checkJWS(text(test.JWS), func(string) (*jwt.Key, error) { return jwt.ParseKey(raw, keys.Algorithms()) })
			y.judge(t, test.vector, err == nil, err)
		}
	}
	y.end(t, v.NumberOfTests)
}

func TestWycheproofKeys(t *testing.T) {
	t.Parallel()
	v := readVectors[struct {
		Private, Public json.RawMessage
		Tests           []struct {
			vector
			JWS json.RawMessage
		}
	}](t, "json_web_key_test.json")
	y := newTally(nil)
	for _, group := range v.TestGroups {
		for _, test := range group.Tests {
			find := published(group.Public)
			if group.Public == nil {
				find = shared(group.Private)
			}
			err := checkJWS(text(test.JWS), find)
			y.judge(t, test.vector, err == nil, err)
		}
	}
	y.end(t, v.NumberOfTests)
}

// checkJWS checks a signature by the key that the header names. The vectors' typ says
// nothing, so whatever it is, it is the one that is wanted.
func checkJWS(token string, find func(kid string) (*jwt.Key, error)) error {
	var header struct {
		Type string `json:"typ"`
		ID   string `json:"kid"`
	}
	segment, _, _ := strings.Cut(token, ".")
	data, err := base64.RawURLEncoding.DecodeString(segment)
	if err == nil {
		err = json.Unmarshal(data, &header)
	}
	if err != nil {
		return err
	}
	key, err := find(header.ID)
	if err != nil {
		return err
	}
	_, err = jwt.CheckJWS(token, strings.TrimPrefix(header.Type, "application/"), key)
	return err
}

// text is a JWS in compact form; one in JSON stays as it is, to be refused.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return string(raw)
	}
	return s
}

// published is a set as an issuer publishes it.
func published(set json.RawMessage) func(string) (*jwt.Key, error) {
	return func(kid string) (*jwt.Key, error) {
		found, err := jwt.ParseKeySet(set, keys.Algorithms())
		if err != nil {
			return nil, err
		}
		if key, ok := found[kid]; ok {
			return key, nil
		}
		return nil, errors.New("no such key")
	}
}

// shared is a set of shared keys, which no issuer publishes: all are of that type, and
// no two have one kid.
func shared(set json.RawMessage) func(string) (*jwt.Key, error) {
	return func(kid string) (*jwt.Key, error) {
		var all struct{ Keys []json.RawMessage }
		if err := json.Unmarshal(set, &all); err != nil {
			return nil, err
		}
		found := map[string]*jwt.Key{}
		for _, raw := range all.Keys {
			key, err := jwt.ParseKey(raw, keys.Algorithms())
			if err != nil {
				return nil, err
			}
			if _, ok := key.Public.([]byte); !ok || found[key.ID] != nil {
				return nil, errors.New("keys of several types, or two with one kid")
			}
			found[key.ID] = key
		}
		if key, ok := found[kid]; ok {
			return key, nil
		}
		return nil, errors.New("no such key")
	}
}
