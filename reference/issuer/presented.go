package issuer

import "net/http"

// presented reads a request about a token, for the endpoints of revocation and
// introspection: who asks, if the endpoint wants that proved, and about which token.
//
// token_type_hint is ignored, which RFC 7009, section 2.1, and RFC 7662, section 2.1,
// allow: each token shows what it is, and there is no lookup to speed up.
func (i *Issuer) presented(w http.ResponseWriter, r *http.Request, prove func(*Issuer, *http.Request, form) (*client, *problem)) (*client, string, *problem) {
	f, p := readForm(w, r)
	if p != nil {
		return nil, "", p
	}
	c, p := prove(i, r, f)
	if p != nil {
		return nil, "", p
	}
	tok := f.get("token")
	if tok == "" {
		return nil, "", invalidRequest("token is missing")
	}
	return c, tok, nil
}
