package issuer

import "net/http"

// presented reads a request about a token, which the endpoints for revocation and
// introspection take in the same form: who asks, as far as the endpoint wants that
// proved, and which token it is about.
//
// token_type_hint doesn't matter to either. RFC 7009, section 2.1, and RFC 7662,
// section 2.1, let a server ignore it, the more so one that can tell what a token is:
// each token shows that here, and there is no lookup to speed up.
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
