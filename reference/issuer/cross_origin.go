package issuer

import (
	"net/http"
	"net/url"
	"strings"
)

// crossOrigin is what pages of other origins may do at an endpoint (the Fetch standard,
// section 3.3). Credentials mode is never allowed: nothing here lives in cookies. An
// endpoint without one is closed to browsers: introspection and what resource servers ask,
// since they aren't pages, and authorization, to which a browser goes instead of fetching
// it (RFC 9700, section 2.6).
type crossOrigin struct {
	// anyone says that the answer is public. Else the origins are those of the redirection
	// URIs of public clients: where no browser-based client is registered, none has
	// business here.
	anyone           bool
	methods, headers string
}

var (
	publicDocument = &crossOrigin{anyone: true, methods: "GET, HEAD"}
	// A public client proves itself by nothing but DPoP; a page with a secret in
	// Authorization isn't welcome.
	publicClients = &crossOrigin{methods: "POST", headers: "Content-Type, DPoP"}
	bearers       = &crossOrigin{methods: "GET, POST", headers: "Authorization, DPoP"}
)

// exposed are the headers that a page has to read (RFC 9449, section 8; RFC 6750, section 3).
const exposed = "DPoP-Nonce, Retry-After, WWW-Authenticate"

// across serves pages of other origins as far as they may be served.
func (i *Issuer) across(c *crossOrigin, serve http.HandlerFunc) http.HandlerFunc {
	if c == nil {
		return serve
	}
	return func(w http.ResponseWriter, r *http.Request) {
		h, origin := w.Header(), ""
		if sent := r.Header["Origin"]; len(sent) > 0 {
			origin = sent[0]
		}
		switch {
		case c.anyone:
			h.Set("Access-Control-Allow-Origin", "*")
		case origin == "":
			serve(w, r)
			return
		default:
			h.Add("Vary", "Origin")
			if !i.pages[anyPort(origin)] {
				serve(w, r)
				return
			}
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Expose-Headers", exposed)
		}
		if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
			serve(w, r)
			return
		}
		h.Set("Access-Control-Allow-Methods", c.methods)
		if c.headers != "" {
			h.Set("Access-Control-Allow-Headers", c.headers)
		}
		h.Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
	}
}

// pagesOf returns the origins of the public clients' redirection URIs, as anyPort has them.
func pagesOf(clients []Client) map[string]bool {
	pages := map[string]bool{}
	for _, c := range clients {
		if c.method() != PublicClient {
			continue
		}
		for _, uri := range c.RedirectURIs {
			u, err := url.Parse(uri)
			if err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
				// As a browser writes it: in lower case, without the scheme's own port.
				port := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]
				pages[anyPort(u.Scheme+"://"+strings.TrimSuffix(strings.ToLower(u.Host), port))] = true
			}
		}
	}
	return pages
}
