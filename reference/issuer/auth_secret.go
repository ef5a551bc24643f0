package issuer

import (
	"net/http"
	"net/url"
)

// proveBasic is client_secret_basic.
func (i *Issuer) proveBasic(r *http.Request, _ form) (*client, *problem) {
	if len(r.Header["Authorization"]) > 1 {
		return nil, invalidRequest("there is more than one Authorization header")
	}
	user, password, ok := r.BasicAuth()
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

// provePost is client_secret_post: RFC 6749, section 2.3.1, the credentials as
// parameters of the body.
func (i *Issuer) provePost(_ *http.Request, f form) (*client, *problem) {
	id := f.get("client_id")
	if id == "" {
		return nil, invalidRequest("client_secret is there without client_id")
	}
	return i.proveSecret(id, f.get("client_secret"), ClientSecretPost)
}
