package corpus

import "github.com/oauthmark/oauthmark/reference/forge"

// dates are about the numbers of exp, nbf and iat. The time is 1800000000.
var dates = []Case{
	{About: about("exp-infinite", "N50", "exp is 1e400", jwtDoc, "4.1.4", ReasonForm), Recipe: payload(set("exp", `1e400`))},
	{About: policy("exp-huge", "N50", "exp is 2 to the 63rd", jwtDoc, "4.1.4", ReasonForm), Recipe: payload(set("exp", `9223372036854775808`))},
	{About: policy("exp-large", "N50", "exp is 1e30", jwtDoc, "4.1.4", ReasonForm), Recipe: payload(set("exp", `1e30`))},
	{About: about("exp-wraps", "N50", "exp is -2 to the 63rd", jwtDoc, "4.1.4", ReasonExpired), Recipe: payload(set("exp", `-9223372036854775808`))},
	{About: about("exp-negative", "N50", "exp is -1", jwtDoc, "4.1.4", ReasonExpired), Recipe: payload(set("exp", `-1`))},
	{About: about("exp-zero", "N50", "exp is 0", jwtDoc, "4.1.4", ReasonExpired), Recipe: payload(set("exp", `0`))},
	{About: about("exp-fraction", "N50", "exp is a fraction, ten minutes ago", jwtDoc, "2", ReasonExpired), Recipe: payload(set("exp", `1799999400.5`))},
	{About: accept("exp-fraction/live", "N50", "exp is a fraction, in an hour", jwtDoc, "2"), Recipe: payload(set("exp", `1800003600.5`))},
	{About: about("exp-text", "N50", "exp is a string", jwtDoc, "4.1.4", ReasonForm), Recipe: payload(set("exp", `"1800003600"`))},
	{About: about("exp-true", "N50", "exp is true", jwtDoc, "4.1.4", ReasonForm), Recipe: payload(set("exp", `true`))},
	{About: about("exp-null", "N50", "exp is null", jwtDoc, "4.1.4", ReasonForm), Recipe: payload(set("exp", `null`))},
	{About: about("exp-array", "N50", "exp is an array", jwtDoc, "4.1.4", ReasonForm), Recipe: payload(set("exp", `[1800003600]`))},
	{About: about("exp-nan", "N50", "exp is NaN, which isn't JSON", jwtDoc, "7.2", ReasonForm), Recipe: payload(set("exp", `NaN`))},
	{About: about("exp-hexadecimal", "N50", "exp is hexadecimal, which isn't JSON", jwtDoc, "7.2", ReasonForm), Recipe: payload(set("exp", `0x7FFFFFFF`))},
	{About: about("exp-other-name", "N50", "exp is called EXP", jwtDoc, "4", ReasonIncomplete), Recipe: payload(both(remove("exp"), set("EXP", `1800003600`)))},
	{About: about("nbf-text", "N50", "nbf is a string", jwtDoc, "4.1.5", ReasonForm), Recipe: payload(set("nbf", `"0"`))},
	{About: about("iat-text", "N50", "iat is a string", jwtDoc, "4.1.6", ReasonForm), Recipe: payload(set("iat", `"1799999940"`))},
	{About: policy("expired/now", "N51", "it expires at this second, which RFC 7519 allows some leeway for", jwtDoc, "4.1.4", ReasonExpired), Recipe: payload(set("exp", `1800000000`))},
	{About: policy("expired/second", "N51", "it expired a second ago, which RFC 7519 allows some leeway for", jwtDoc, "4.1.4", ReasonExpired), Recipe: payload(set("exp", `1799999999`))},
	{About: about("expired/leeway", "N51", "it expired five minutes and a second ago", jwtDoc, "4.1.4", ReasonExpired), Recipe: payload(set("exp", `1799999699`))},
	{About: about("expired/year", "N51", "it expired a year ago", jwtDoc, "4.1.4", ReasonExpired), Recipe: payload(set("exp", `1768464000`))},
	{About: policy("nbf-second", "N52", "it is valid in a second, which RFC 7519 allows some leeway for", jwtDoc, "4.1.5", ReasonNotYetValid), Recipe: payload(set("nbf", `1800000001`))},
	{About: about("nbf-hour", "N52", "it is valid in an hour", jwtDoc, "4.1.5", ReasonNotYetValid), Recipe: payload(set("nbf", `1800003599`))},
	{About: accept("nbf-now", "N52", "it is valid from this second on", jwtDoc, "4.1.5"), Recipe: payload(set("nbf", `1800000000`))},
	{About: accept("iat-future", "N53", "it was issued in an hour, by a clock that is ahead", jwtDoc, "4.1.6"), Recipe: payload(set("iat", `1800003599`))},
}

// required are about claims that are missing or say nothing.
var required = []Case{
	{About: about("iss-missing", "N54", "iss is missing", at, "2.2", ReasonIncomplete), Recipe: payload(remove("iss"))},
	{About: about("exp-missing", "N54", "exp is missing", at, "2.2", ReasonIncomplete), Recipe: payload(remove("exp"))},
	{About: about("aud-missing", "N54", "aud is missing", at, "2.2", ReasonIncomplete), Recipe: payload(remove("aud"))},
	{About: about("sub-missing", "N54", "sub is missing", at, "2.2", ReasonIncomplete), Recipe: payload(remove("sub"))},
	{About: about("client-id-missing", "N54", "client_id is missing", at, "2.2", ReasonIncomplete), Recipe: payload(remove("client_id"))},
	{About: about("iat-missing", "N54", "iat is missing", at, "2.2", ReasonIncomplete), Recipe: payload(remove("iat"))},
	{About: about("jti-missing", "N54", "jti is missing", at, "2.2", ReasonIncomplete), Recipe: payload(remove("jti"))},
	{About: needs(NeedsScope, about("scope-missing", "N58", "scope is missing", "RFC 6750", "3.1", ReasonScope)), Recipe: payload(remove("scope"))},
	{About: needs(NeedsScope, about("scope-substring", "N58", "scope has the right one only within another", "RFC 6749", "3.3", ReasonScope)), Recipe: payload(set("scope", `"readonly unread"`))},
	{About: about("scope-array", "N58", "scope is an array", "RFC 8693", "4.2", ReasonForm), Recipe: payload(set("scope", `["read","write"]`))},
	{About: accept("scope-more", "N58", "scope has more than anybody asks for", "RFC 6749", "3.3"), Recipe: payload(set("scope", `"read write delete admin"`))},
	{About: about("sub-empty", "N64", "sub is empty", at, "2.2", ReasonIncomplete), Recipe: payload(set("sub", `""`))},
	{About: about("sub-null", "N64", "sub is null", jwtDoc, "4.1.2", ReasonForm), Recipe: payload(set("sub", `null`))},
	{About: about("sub-number", "N64", "sub is a number", jwtDoc, "4.1.2", ReasonForm), Recipe: payload(set("sub", `1`))},
	{About: accept("jti-used", "N65", "it was used before: access tokens are for many requests", at, "2.2"), Recipe: payload(set("jti", `"used"`))},
}

// issuers are about iss, audiences about aud; both are compared character by character.
var issuers = []Case{
	{About: about("iss-other", "N55", "iss is another issuer", at, "4", ReasonIssuer), Recipe: payload(set("iss", `"https://other.example"`))},
	{About: about("iss-slash", "N55", "iss has a slash at the end", at, "4", ReasonIssuer), Recipe: payload(set("iss", `"https://issuer.example/"`))},
	{About: about("iss-case", "N55", "iss has a capital", at, "4", ReasonIssuer), Recipe: payload(set("iss", `"https://Issuer.example"`))},
	{About: about("iss-http", "N55", "iss is of http", at, "4", ReasonIssuer), Recipe: payload(set("iss", `"http://issuer.example"`))},
	{About: about("iss-longer", "N55", "iss begins with ours", at, "4", ReasonIssuer), Recipe: payload(set("iss", `"https://issuer.example.attacker.example"`))},
	{About: about("iss-port", "N55", "iss has the port that https has anyway", at, "4", ReasonIssuer), Recipe: payload(set("iss", `"https://issuer.example:443"`))},
	{About: about("iss-array", "N55", "iss is an array with ours", jwtDoc, "4.1.1", ReasonForm), Recipe: payload(set("iss", `["https://issuer.example"]`))},
	{About: about("iss-null", "N55", "iss is null", jwtDoc, "4.1.1", ReasonForm), Recipe: payload(set("iss", `null`))},
	{About: about("iss-empty", "N55", "iss is empty", at, "4", ReasonIssuer), Recipe: payload(set("iss", `""`))},
}

var audiences = []Case{
	{About: about("aud-other", "N56", "aud is another resource", at, "4", ReasonAudience), Recipe: payload(set("aud", `"https://other.example"`))},
	{About: about("aud-others", "N56", "aud is an array of others", at, "4", ReasonAudience), Recipe: payload(set("aud", `["https://other.example","https://another.example"]`))},
	{About: about("aud-empty", "N56", "aud is an empty array", at, "4", ReasonAudience), Recipe: payload(set("aud", `[]`))},
	{About: accept("aud-array", "N56", "aud is an array of one", jwtDoc, "4.1.3"), Recipe: payload(set("aud", `["https://api.example"]`))},
	{About: accept("aud-among", "N56", "aud is an array of several, one of them the right one", jwtDoc, "4.1.3"), Recipe: payload(set("aud", `["https://other.example","https://api.example"]`))},
	{About: about("aud-shorter", "N56", "aud is a part of the right one", at, "4", ReasonAudience), Recipe: payload(set("aud", `"https://api"`))},
	{About: about("aud-longer", "N56", "aud begins with the right one", at, "4", ReasonAudience), Recipe: payload(set("aud", `"https://api.example.attacker.example"`))},
	{About: about("aud-list-in-text", "N56", "aud is a string with the right one among others", at, "4", ReasonAudience), Recipe: payload(set("aud", `"https://other.example https://api.example"`))},
	{About: about("aud-slash", "N56", "aud has a slash at the end", at, "4", ReasonAudience), Recipe: payload(set("aud", `"https://api.example/"`))},
	{About: about("aud-client", "N56", "aud is the client", at, "4", ReasonAudience), Recipe: payload(set("aud", `"app"`))},
	{About: about("aud-null", "N56", "aud is null", jwtDoc, "4.1.3", ReasonForm), Recipe: payload(set("aud", `null`))},
	{About: about("aud-number", "N56", "aud is a number", jwtDoc, "4.1.3", ReasonForm), Recipe: payload(set("aud", `1`))},
	{About: about("aud-object", "N56", "aud is an object with the right one as a name", jwtDoc, "4.1.3", ReasonForm), Recipe: payload(set("aud", `{"https://api.example":true}`))},
	{About: about("aud-mixed", "N56", "aud is an array of the right one and a number", jwtDoc, "4.1.3", ReasonForm), Recipe: payload(set("aud", `["https://api.example",1]`))},
	{About: about("aud-deep", "N56", "aud is an array in an array", jwtDoc, "4.1.3", ReasonForm), Recipe: payload(set("aud", `[["https://api.example"]]`))},
}

// duplicates are payloads that two parsers read differently. RFC 7519, section 4, lets
// one that takes the last name live, so those whose last is good are policy.
var duplicates = []Case{
	{About: about("iss-twice/good-first", "N57", "iss is there twice, first as ours", jwtDoc, "4", ReasonForm), Recipe: payload(last("iss", `"https://other.example"`))},
	{About: policy("iss-twice/good-last", "N57", "iss is there twice, last as ours", jwtDoc, "4", ReasonForm), Recipe: payload(first("iss", `"https://other.example"`))},
	{About: about("exp-twice/good-first", "N57", "exp is there twice, first as good", jwtDoc, "4", ReasonForm), Recipe: payload(last("exp", `1`))},
	{About: policy("exp-twice/good-last", "N57", "exp is there twice, last as good", jwtDoc, "4", ReasonForm), Recipe: payload(first("exp", `1`))},
	{About: about("aud-twice/good-first", "N57", "aud is there twice, first as ours", jwtDoc, "4", ReasonForm), Recipe: payload(last("aud", `"https://other.example"`))},
	{About: policy("sub-twice", "N57", "sub is there twice", jwtDoc, "4", ReasonForm), Recipe: payload(last("sub", `"admin"`))},
	{About: policy("sub-twice/escaped", "N57", "sub is there twice, once written with an escape", jwtDoc, "4", ReasonForm), Recipe: payload([]forge.Change{
		{Do: forge.Instead, Value: `{"iss":"https://issuer.example","sub":"user","aud":"https://api.example","client_id":"app","scope":"read write","iat":1799999940,"exp":1800003600,"jti":"e","s\u0075b":"admin"}`}})},
	{About: policy("member-twice", "N57", "a member of a claim's object is there twice", jwtDoc, "4", ReasonForm), Recipe: payload(set("x", `{"y":1,"y":2}`))},
	{About: about("payload-array", "N57", "the payload is an array with the right object", jwtDoc, "7.2", ReasonForm), Recipe: payload([]forge.Change{{Do: forge.Prefix, Value: "["}, {Do: forge.Suffix, Value: "]"}})},
	{About: about("payload-trailing", "N57", "another object follows the payload's", jwtDoc, "7.2", ReasonForm), Recipe: payload([]forge.Change{{Do: forge.Suffix, Value: `{"scope":"admin"}`}})},
	{About: about("payload-bad-utf-8", "N57", "a claim has a byte that isn't UTF-8", bcp, "3.7", ReasonForm), Recipe: payload(set("sub", "\"user\xff\""))},
	{About: policy("payload-half-pair", "N57", "a claim has half of a surrogate pair", "RFC 8259", "8.2", ReasonForm), Recipe: payload(set("sub", `"user\ud800"`))},
}
