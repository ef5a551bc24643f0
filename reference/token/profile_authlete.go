package token

// authlete is how Authlete since 2.1 shows its tokens: scope is a string, there is a
// sub where there is a user, an aud where a resource was asked for, and extra
// properties are strings; a record is kept beside each self-contained token.
//
// Authlete's jti is the opaque token itself. Here it is not: whoever reads
// a self-contained token, in a log for instance, would hold a second one that no
// signature protects.
var authlete = Profile{
	name:              "authlete",
	audiences:         true,
	textual:           true,
	asked:             true,
	keeps:             true,
	application:       layout{scope, clientID, exp, iat, iss, jti, cnf, audAsked, custom, userinfo},
	user:              layout{scope, clientID, exp, iat, sub, iss, jti, cnf, audAsked, custom, userinfo},
	applicationAnswer: layout{active, tokenType, scope, clientID, exp, iat, iss, jti, cnf, audAsked, custom, hidden},
	answer:            layout{active, tokenType, scope, clientID, exp, iat, sub, username, iss, jti, cnf, audAsked, custom, hidden},
}
