package corpus

import (
	"strings"

	"github.com/oauthmark/oauthmark/reference/forge"
)

// textForms are other spellings of a good token: each must have one alone, or a list of
// tokens by their text, such as a cache or a denylist, can be passed by.
var textForms = []Case{
	{About: about("padding/ES256", "N41", "padded as base64 is elsewhere", jws, "2", ReasonForm), Recipe: respelt("pad")},
	{About: about("padding/RS256", "N41", "padded as base64 is elsewhere", jws, "2", ReasonForm), Algorithm: "RS256", Recipe: respelt("pad")},
	{About: about("standard-base64", "N42", "with + and / for - and _", jws, "2", ReasonForm), Algorithm: "RS256", Recipe: respelt("standard-alphabet")},
	{About: about("line-break-inside", "N43", "a line break inside", jws, "2", ReasonForm), Recipe: respelt("line-break-inside")},
	{About: about("line-break-after", "N43", "a line end after it", jws, "2", ReasonForm), Recipe: respelt("line-break-after")},
	{About: about("space-in-signature", "N43", "a space within the signature", jws, "2", ReasonForm), make: splice(func(s string) string { return s[:len(s)-9] + " " + s[len(s)-9:] })},
	{About: about("space-after-dot", "N43", "a space after the first dot", jws, "2", ReasonForm), make: splice(func(s string) string { return strings.Replace(s, ".", ". ", 1) })},
	{About: about("tab-in-header", "N43", "a tab within the header", jws, "2", ReasonForm), make: splice(func(s string) string { return s[:4] + "\t" + s[4:] })},
	{About: about("stray-bits/ES256", "N44", "unused bits of the last character are set", "RFC 4648", "3.5", ReasonForm), Recipe: respelt("unused-bits")},
	{About: about("stray-bits/RS256", "N44", "unused bits of the last character are set", "RFC 4648", "3.5", ReasonForm), Algorithm: "RS256", Recipe: respelt("unused-bits")},
	{About: about("stray-bits/EdDSA", "N44", "unused bits of the last character are set", "RFC 4648", "3.5", ReasonForm), Algorithm: "EdDSA", Recipe: respelt("unused-bits")},
	{About: about("four-parts", "N45", "there is a fourth part", jws, "7.1", ReasonForm), Recipe: respelt("fourth-part")},
	{About: about("two-parts", "N45", "there is no third part", jws, "7.1", ReasonForm), Recipe: respelt("two-parts")},
	{About: about("dot-after", "N45", "a dot more at the end", jws, "7.1", ReasonForm), Recipe: respelt("dot-after")},
	{About: about("dot-before", "N45", "a dot more at the beginning", jws, "7.1", ReasonForm), make: splice(func(s string) string { return "." + s })},
	{About: about("two-dots", "N45", "two dots alone", jws, "7.1", ReasonForm), make: splice(func(string) string { return ".." })},
	{About: about("no-payload", "N45", "the payload is left out", jws, "5.2", ReasonSignature), make: splice(func(s string) string {
		p := strings.Split(s, ".")
		return p[0] + ".." + p[2]
	})},
	{About: about("one-character-short", "N45", "the last character is missing", jws, "5.2", ReasonForm), Recipe: respelt("short")},
	{About: about("one-character-long", "N45", "a character more", jws, "5.2", ReasonForm), Recipe: respelt("long")},
	{About: about("json-flattened", "N46", "as flattened JSON", jwtDoc, "3", ReasonForm), Recipe: respelt("json-flattened")},
	{About: about("json-general", "N46", "as JSON with a list of signatures", jwtDoc, "3", ReasonForm), Recipe: respelt("json-general")},
	{About: about("json-with-dots", "N46", "as flattened JSON whose text has another payload between two dots", jwtDoc, "3", ReasonForm), make: dotted},
	{About: about("percent-dots", "N47", "with %2E for the dots", "RFC 6750", "2.1", ReasonForm), Recipe: respelt("percent-dots")},
	{About: about("percent-letter", "N47", "with the first character as %65", "RFC 6750", "2.1", ReasonForm), make: splice(func(s string) string { return "%65" + s[1:] })},
	{About: about("swapped-case", "N47", "small letters and capitals swapped", jws, "2", ReasonForm), Recipe: respelt("swap-case")},
}

// sizes are more than a server has to look at. All are signed as they are.
var sizes = []Case{
	{About: policy("long-16k", "N48", "a claim makes it longer than 16 kB", "RFC 6585", "5", ReasonSize), Recipe: payload(set("x", `"`+repeated("AAA", 4_200)+`"`))},
	{About: policy("long-64k", "N48", "a claim makes it longer than 64 kB", "RFC 6585", "5", ReasonSize), Recipe: payload(set("x", `"`+repeated("AAA", 17_000)+`"`))},
	{About: policy("long-1m", "N48", "a claim makes it longer than 1 MB", "RFC 6585", "5", ReasonSize), Recipe: payload(set("x", `"`+repeated("AAA", 270_000)+`"`))},
	{About: policy("deep-claim", "N49", "a claim is nested 10,000 deep", "RFC 8259", "9", ReasonSize), Recipe: payload(set("x", repeated("[", 9_999)+repeated("]", 9_999)))},
	{About: policy("deep-claim/short", "N49", "a claim is nested 1,000 deep, in a token that isn't long", "RFC 8259", "9", ReasonSize), Recipe: payload(set("x", repeated("[", 999)+repeated("]", 999)))},
	{About: policy("deep-claim/unfinished", "N49", "a claim is nested 3,000 deep and never closed", "RFC 8259", "9", ReasonSize), Recipe: payload([]forge.Change{{Do: forge.Suffix, Value: repeated(`{"x":`, 600)}})},
	{About: policy("deep-header", "N49", "a header parameter is nested 1,000 deep", "RFC 8259", "9", ReasonSize), Recipe: header(set("x", repeated("[", 999)+repeated("]", 999)))},
}
