package verifier_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/oauthmark/oauthmark/reference/corpus"
	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/verifier"
)

// Whatever happens to a token of a running issuer, each strategy refuses what is left of
// it, between two good ones.
func TestCorpusPlays(t *testing.T) {
	t.Parallel()
	forEachStrategy(t, func(t *testing.T, w *hostileWorld, name string, j judges) {
		for _, play := range corpus.Plays() {
			good, _ := w.grant(t, j.client, nil)["access_token"].(string)
			path := "/" + name + "/resource"
			w.want(t, path, corpus.About{ID: "good, before " + play.ID, Expect: corpus.Accept}, good)
			text := w.play(t, play)
			// A token of a JWT's looks is live, and asked about, where the signature is: a
			// strategy that isn't for it refuses it anyway.
			w.want(t, path, play.About, text)
			w.want(t, path, corpus.About{ID: "good, after " + play.ID, Expect: corpus.Accept}, good)
		}
	})
}

// play obtains a token and does to it what the play says.
func (w *hostileWorld) play(t *testing.T, p corpus.Play) string {
	t.Helper()
	var text string
	client := "opaque"
	switch p.Start {
	case corpus.StartOpaque:
		if p.Then == corpus.Expire {
			client = "brief"
		}
		text, _ = w.grant(t, client, nil)["access_token"].(string)
	case corpus.StartSelfContained:
		text, _ = w.grant(t, "ES256", nil)["access_token"].(string)
	case corpus.StartOther:
		text = otherTenant(t)
	case corpus.StartCode:
		text = w.code(t)
	case corpus.StartRefresh:
		text, _ = w.grant(t, "user", w.codeForm(w.code(t)))["refresh_token"].(string)
	case corpus.StartID:
		text = w.identifier(t)
	default:
		t.Fatalf("nobody knows how to obtain %s", p.Start)
	}
	if text == "" {
		t.Fatalf("%s: nothing was obtained", p.ID)
	}
	switch p.Then {
	case corpus.Revoke:
		w.post(t, "/revoke", client, url.Values{"token": {text}})
	case corpus.Expire:
		w.seconds.Add(61)
	case corpus.FlipSign:
		flipped, err := forge.FlipSignature(text)
		if err != nil {
			t.Fatal(err)
		}
		text = flipped
	}
	changed, err := forge.Respell(text, p.Change...)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

const verifierCode = "a-code-verifier-of-at-least-forty-three-characters"

// code has a user's authorization code issued.
func (w *hostileWorld) code(t *testing.T) string {
	t.Helper()
	q := url.Values{"response_type": {"code"}, "client_id": {"user"}, "redirect_uri": {"https://app.example/cb"}, "scope": {"read"},
		"login_hint": {"alice"}, "code_challenge": {challengeOf(verifierCode)}, "code_challenge_method": {"S256"}}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Get(w.issuer.URL + "/authorize?" + q.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	to, err := url.Parse(response.Header.Get("Location"))
	if err != nil || to.Query().Get("code") == "" {
		t.Fatalf("no code: status %d, error %q", response.StatusCode, to.Query().Get("error"))
	}
	return to.Query().Get("code")
}

func (w *hostileWorld) codeForm(code string) url.Values {
	return url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {"https://app.example/cb"}, "code_verifier": {verifierCode}}
}

// identifier is the jti of a live token, as introspection tells it.
func (w *hostileWorld) identifier(t *testing.T) string {
	t.Helper()
	text, _ := w.grant(t, "opaque", nil)["access_token"].(string)
	var said struct {
		ID string `json:"jti"`
	}
	if err := json.Unmarshal(w.post(t, "/introspect", "rs", url.Values{"token": {text}}), &said); err != nil {
		t.Fatal(err)
	}
	return said.ID
}

// otherTenant is a token of another issuer that has the same clients.
func otherTenant(t *testing.T) string {
	t.Helper()
	i, err := issuer.New(issuer.Config{Issuer: "https://other.example", Resource: corpus.Resource,
		Clients: []issuer.Client{{ID: "opaque", Secret: "s-opaque", Form: "opaque", Scopes: []string{"read"}}}}, issuer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	w := &hostileWorld{issuer: httptest.NewServer(i)}
	defer w.issuer.Close()
	text, _ := w.grant(t, "opaque", nil)["access_token"].(string)
	return text
}

// The strategies that verify for themselves have no need of an issuer to refuse what
// isn't theirs: none of the plays reaches it.
func TestCorpusPlaysLocally(t *testing.T) {
	t.Parallel()
	w := newHostileWorld(t)
	s, _ := w.verifier.Strategy(verifier.Local)
	for _, play := range corpus.Plays() {
		if _, err := s.Judge(t.Context(), w.play(t, play)); err == nil {
			t.Errorf("%s is accepted", play.ID)
		}
	}
	if n := w.verifier.Counters().Introspections; n != 0 {
		t.Errorf("%d questions", n)
	}
}
