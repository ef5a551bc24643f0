package targets

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/forge"
)

// learnFrom notes how a server writes its JWTs, where that isn't declared, so that the
// reference verifier refuses none for a word: it stands for a resource server that was
// set up for this server. What is right or wrong about the words, checks say.
func (i *Instance) learnFrom(token string, c Client) {
	header, said := object(token, forge.Header), object(token, forge.Payload)
	if i.echoes(header) || i.echoes(said) {
		return // what is learnt is shown
	}
	if iss, _ := said["iss"].(string); i.IssuerLearned && iss != "" {
		i.Issuer = iss
	}
	if i.Audience == "" {
		i.Audience, i.AudienceLearned = audienceOf(said["aud"], c.Resource), true
	}
	if i.Target.Accept == nil {
		accept := dialectOf(header, said)
		i.Target.Accept = &accept
	}
}

// askIssuer learns the issuer of an opaque token by introspection, where the answer has it:
// the verifier compares it. What the answer lacks stays unknown, and nothing is compared.
func (i *Instance) askIssuer(ctx context.Context, client *http.Client, token string) {
	req, err := i.Introspector.Post(ctx, i.Endpoints[IntrospectionEndpoint], url.Values{"token": {token}})
	if err != nil {
		return
	}
	_, body, err := exchange(client, req)
	var said map[string]any
	if err != nil || json.Unmarshal(body, &said) != nil || i.echoes(said) {
		return
	}
	if iss, _ := said["iss"].(string); iss != "" {
		i.Issuer = iss
	}
}

// echoes reports whether a text of the object has a secret in it.
func (i *Instance) echoes(members map[string]any) bool {
	raw, err := json.Marshal(members)
	return err != nil || i.Secrets.Echoes(string(raw))
}

// object decodes a part of a token; nil where it isn't one.
func object(token string, part forge.Part) (members map[string]any) {
	raw, err := forge.Read(token, part)
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		_ = d.Decode(&members)
	}
	return members
}

// audienceOf is whom a token is for: the resource that was asked for, if it is among
// them, or the first of them that a challenge can name.
func audienceOf(aud any, sent string) string {
	var list []string
	switch aud := aud.(type) {
	case string:
		list = []string{aud}
	case []any:
		for _, v := range aud {
			if s, ok := v.(string); ok {
				list = append(list, s)
			}
		}
	}
	if slices.Contains(list, sent) {
		return sent
	}
	for _, s := range list {
		if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
			return s
		}
	}
	return ""
}

// The claims that servers use in place of those of RFC 9068, the most usual first.
var (
	clientClaims = []string{"azp", "cid", "appid"}
	idClaims     = []string{"uti"}
	scopeClaims  = []string{"scp", "scopes"}
)

// dialectOf is the dialect of a token.
func dialectOf(header, said map[string]any) (d claims.Dialect) {
	text := func(name string) bool { s, _ := said[name].(string); return s != "" }
	typ, _ := header["typ"].(string)
	if strings.TrimPrefix(strings.ToLower(typ), "application/") != "at+jwt" {
		d.Type = []string{typ}
	}
	standIns := func(claim string, others []string) (found []string) {
		if text(claim) {
			return nil
		}
		if found = slices.DeleteFunc(slices.Clone(others), func(name string) bool { return !text(name) }); len(found) == 0 {
			d.Absent = append(d.Absent, claim)
		}
		return found
	}
	d.ClientID = standIns("client_id", clientClaims)
	d.ID = standIns("jti", idClaims)
	if _, listed := said["scope"].([]any); listed {
		d.Scope = []string{"scope"}
	} else if !text("scope") {
		d.Scope = slices.DeleteFunc(slices.Clone(scopeClaims), func(name string) bool { return said[name] == nil })
	}
	for _, name := range []string{"iss", "sub"} {
		if !text(name) {
			d.Absent = append(d.Absent, name)
		}
	}
	if said["iat"] == nil {
		d.Absent = append(d.Absent, "iat")
	}
	if audienceOf(said["aud"], "") == "" {
		d.Absent = append(d.Absent, "aud")
	}
	return d
}
