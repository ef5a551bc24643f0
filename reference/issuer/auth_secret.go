package issuer

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
)

// proveBasic is client_secret_basic.
func (i *Issuer) proveBasic(r *http.Request, _ form) (*client, *problem) {
	if len(r.Header["Authorization"]) > 1 {
		return nil, invalidRequest("there is more than one Authorization header")
	}
	user, password, ok := credentials(r.Header["Authorization"][0])
	if !ok {
		return nil, invalidClient("the Authorization header must have the scheme Basic")
	}
	// RFC 6749, section 2.3.1: identifier and secret are each form-urlencoded before
	// they become the user name and the password.
	id, errID := url.QueryUnescape(user)
	secret, errSecret := url.QueryUnescape(password)
	if errID != nil || errSecret != nil {
		return nil, invalidClient("client identifier and secret must be form-urlencoded")
	}
	return i.proveSecret(id, secret, ClientSecretBasic)
}

// credentials reads the credentials of the scheme Basic (RFC 7617, section 2), as net/http does
// with more copies.
func credentials(header string) (user, password string, ok bool) {
	const scheme = "Basic "
	if len(header) < len(scheme) || !strings.EqualFold(header[:len(scheme)], scheme) {
		return "", "", false
	}
	text, err := base64.StdEncoding.AppendDecode(make([]byte, 0, 128), []byte(header[len(scheme):]))
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(text), ":")
}

// provePost is client_secret_post: RFC 6749, section 2.3.1, the credentials as
// parameters of the body.
func (i *Issuer) provePost(_ *http.Request, f form) (*client, *problem) {
	id := f.get("client_id")
	if id == "" {
		return nil, invalidRequest("client_secret is there without client_id")
	}
	return i.proveSecret(id, f.get("client_secret"), ClientSecretPost)
}
