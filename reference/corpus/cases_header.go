package corpus

import "github.com/oauthmark/oauthmark/reference/forge"

// extensions are about crit and b64. The key is the right one, and signs them.
var extensions = []Case{
	{About: about("crit-unknown", "N31", "crit names an extension that nobody knows", jws, "4.1.11", ReasonCritical), Recipe: header(both(set("crit", `["urn:example:x"]`), set("urn:example:x", `true`)))},
	{About: about("crit-claim", "N31", "crit names exp, which is in the header too", jws, "4.1.11", ReasonCritical), Recipe: header(both(set("crit", `["exp"]`), set("exp", `1800003600`)))},
	{About: about("crit-absent", "N31", "crit names a parameter that isn't there", jws, "4.1.11", ReasonCritical), Recipe: header(set("crit", `["urn:example:x"]`))},
	{About: about("crit-empty", "N32", "crit is an empty array", jws, "4.1.11", ReasonCritical), Recipe: header(set("crit", `[]`))},
	{About: about("crit-twice", "N32", "crit names b64 twice", jws, "4.1.11", ReasonCritical), Recipe: header(both(set("crit", `["b64","b64"]`), set("b64", `true`)))},
	{About: about("crit-alg", "N32", "crit names alg, which is no extension", jws, "4.1.11", ReasonCritical), Recipe: header(set("crit", `["alg"]`))},
	{About: about("crit-text", "N32", "crit is a string", jws, "4.1.11", ReasonCritical), Recipe: header(set("crit", `"urn:example:x"`))},
	{About: about("crit-null", "N32", "crit is null", jws, "4.1.11", ReasonCritical), Recipe: header(set("crit", `null`))},
	{About: about("crit-numbers", "N32", "crit is an array of numbers", jws, "4.1.11", ReasonCritical), Recipe: header(set("crit", `[1]`))},
	{About: about("b64-false", "N33", "b64 is false and in crit, the payload encoded all the same", "RFC 7797", "7", ReasonCritical), Recipe: header(both(set("b64", `false`), set("crit", `["b64"]`)))},
	{About: about("b64-false/not-critical", "N33", "b64 is false, and there is no crit", "RFC 7797", "6", ReasonCritical), Recipe: header(set("b64", `false`))},
	{About: about("b64-false/unencoded", "N33", "the payload isn't encoded, as b64 and crit say", "RFC 7797", "7", ReasonForm), make: unencoded},
}

// types are about what kind of JWT it is.
var types = []Case{
	{About: about("typ-jwt", "N34", "typ is JWT", at, "4", ReasonType), Recipe: header(set("typ", `"JWT"`))},
	{About: about("typ-missing", "N35", "typ is missing", at, "4", ReasonType), Recipe: header(remove("typ"))},
	{About: about("typ-empty", "N35", "typ is empty", at, "4", ReasonType), Recipe: header(set("typ", `""`))},
	{About: about("typ-null", "N35", "typ is null", at, "4", ReasonType), Recipe: header(set("typ", `null`))},
	{About: about("typ-array", "N35", "typ is an array with the right name", jws, "4.1.9", ReasonForm), Recipe: header(set("typ", `["at+jwt"]`))},
	{About: accept("typ-mixed-case", "N36", "typ is at+JWT", jws, "4.1.9"), Recipe: header(set("typ", `"at+JWT"`))},
	{About: accept("typ-capitals", "N36", "typ is AT+JWT", jws, "4.1.9"), Recipe: header(set("typ", `"AT+JWT"`))},
	{About: accept("typ-media-type", "N36", "typ is application/at+jwt", at, "4"), Recipe: header(set("typ", `"application/at+jwt"`))},
	{About: accept("typ-media-type/capitals", "N36", "typ is APPLICATION/AT+JWT", jws, "4.1.9"), Recipe: header(set("typ", `"APPLICATION/AT+JWT"`))},
	{About: about("typ-introspection", "N37", "typ is token-introspection+jwt", "RFC 9701", "8.1", ReasonType), Recipe: header(set("typ", `"token-introspection+jwt"`))},
	{About: about("typ-dpop", "N37", "typ is dpop+jwt", bcp, "3.11", ReasonType), Recipe: header(set("typ", `"dpop+jwt"`))},
	{About: about("typ-logout", "N37", "typ is logout+jwt", bcp, "3.11", ReasonType), Recipe: header(set("typ", `"logout+jwt"`))},
	{About: about("typ-status-list", "N37", "typ is statuslist+jwt", bcp, "3.11", ReasonType), Recipe: header(set("typ", `"statuslist+jwt"`))},
	{About: about("typ-refresh", "N37", "typ is rt+jwt", bcp, "3.11", ReasonType), Recipe: header(set("typ", `"rt+jwt"`))},
	{About: about("typ-prefix-twice", "N37", "typ is application/application/at+jwt", at, "4", ReasonType), Recipe: header(set("typ", `"application/application/at+jwt"`))},
	{About: about("typ-parameter", "N37", "typ is at+jwt with a parameter", at, "4", ReasonType), Recipe: header(set("typ", `"at+jwt;x=1"`))},
	{About: about("typ-space", "N37", "typ is at+jwt, and a space", at, "4", ReasonType), Recipe: header(set("typ", `"at+jwt "`))},
	{About: about("typ-other-tree", "N37", "typ is text/at+jwt", at, "4", ReasonType), Recipe: header(set("typ", `"text/at+jwt"`))},
}

// headerForms are headers that two parsers read differently, or none should.
var headerForms = []Case{
	{About: about("alg-twice/none-first", "N38", "alg is there twice, first as none", jws, "4", ReasonForm), Recipe: header(first("alg", `"none"`))},
	{About: about("alg-twice/none-last", "N38", "alg is there twice, last as none", jws, "4", ReasonForm), Recipe: header(last("alg", `"none"`))},
	{About: about("alg-twice/alike", "N38", "alg is there twice, and says the same", jws, "4", ReasonForm), Recipe: header(last("alg", `"ES256"`))},
	{About: about("alg-twice/escaped", "N38", "alg is there twice, once written with an escape", jws, "4", ReasonForm),
		Recipe: header(instead(`{"alg":"ES256","typ":"at+jwt","kid":"ES256","a\u006cg":"none"}`))},
	{About: about("kid-twice", "N38", "kid is there twice", jws, "4", ReasonForm), Recipe: header(first("kid", `"other"`))},
	{About: about("typ-twice", "N38", "typ is there twice", jws, "4", ReasonForm), Recipe: header(first("typ", `"JWT"`))},
	{About: about("unknown-twice", "N38", "a parameter that nobody knows is there twice", jws, "4", ReasonForm), Recipe: header(both(last("x", `1`), last("x", `2`)))},
	{About: about("header-not-json", "N39", "the header isn't JSON", jws, "5.2", ReasonForm), Recipe: header(instead(`alg=ES256`))},
	{About: about("header-empty", "N39", "the header is empty", jws, "5.2", ReasonForm), Recipe: header(instead(``))},
	{About: about("header-null", "N39", "the header is null", jws, "5.2", ReasonForm), Recipe: header(instead(`null`))},
	{About: about("header-array", "N39", "the header is an array with the right object", jws, "5.2", ReasonForm), Recipe: header(instead(`[{"alg":"ES256","typ":"at+jwt","kid":"ES256"}]`))},
	{About: about("header-text", "N39", "the header is a string with the right object", jws, "5.2", ReasonForm), Recipe: header(instead(`"{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"ES256\"}"`))},
	{About: about("header-mark", "N39", "the header begins with a byte order mark", "RFC 8259", "8.1", ReasonForm), Recipe: header([]forge.Change{{Do: forge.Prefix, Value: "\ufeff"}})},
	{About: about("header-utf-16", "N39", "the header is in UTF-16", bcp, "3.7", ReasonForm), Recipe: header(instead(utf16Text(`{"alg":"ES256","typ":"at+jwt","kid":"ES256"}`)))},
	{About: about("header-bad-utf-8", "N39", "the header has a byte that isn't UTF-8", bcp, "3.7", ReasonForm), Recipe: header(set("x", "\"\xff\""))},
	{About: about("header-trailing", "N39", "another object follows the header's", jws, "5.2", ReasonForm), Recipe: header([]forge.Change{{Do: forge.Suffix, Value: `{"alg":"none"}`}})},
	{About: about("header-comment", "N39", "the header has a comment", jws, "5.2", ReasonForm), Recipe: header([]forge.Change{{Do: forge.Suffix, Value: `/* none */`}})},
	{About: about("header-unfinished", "N39", "the header's object isn't closed", jws, "5.2", ReasonForm), Recipe: header(instead(`{"alg":"ES256","typ":"at+jwt","kid":"ES256"`))},
	{About: about("nested", "N40", "the payload is a good token, and cty is JWT", jwtDoc, "5.2", ReasonForm), make: nested},
}
