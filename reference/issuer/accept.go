package issuer

import "github.com/oauthmark/oauthmark/reference/field"

// The media types of answers at the introspection endpoint.
const (
	mediaJSON   = "application/json"
	mediaJWT    = "application/jwt"                  // RFC 7519, section 10.3.1
	mediaSigned = "application/" + typeIntrospection // RFC 9701, section 4
)

// offer is a media type, by its own name or by a range that it is in.
type offer struct {
	media string
	named bool
}

// offers are in the order that decides between those of equal weight. A gateway's JWT has
// to be named.
var offers = []offer{{mediaSigned, true}, {mediaJSON, true}, {mediaJWT, true}, {mediaJSON, false}, {mediaSigned, false}}

// preferred returns the offer that the weights of Accept put first, JSON where there is
// none: RFC 9110, section 12.5.1, allows to answer as if there were no such field.
func preferred(lines []string, available func(media string) bool) string {
	if len(lines) == 0 || len(lines) == 1 && lines[0] == mediaJSON {
		return mediaJSON
	}
	best, most := mediaJSON, 0.0
	weights := field.Weights(lines)
	for _, o := range offers {
		q, named := weights[o.media]
		if !named {
			q = field.Weight(weights, "application/*", "*/*")
		}
		if named == o.named && q > most && available(o.media) {
			best, most = o.media, q
		}
	}
	return best
}
