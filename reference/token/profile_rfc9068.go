package token

// rfc9068 is the profile of the specification.
//
// RFC 9068, section 2.2: iss, exp, aud, sub, client_id, iat and jti are REQUIRED.
// azp repeats client_id for resource servers that know the client by that name. The
// answer has the same members, since RFC 7662, section 2.2, defines them alike.
var rfc9068 = Profile{
	name:              "rfc9068",
	application:       layout{iss, aud, sub, clientID, scope, iat, exp, jti, username, cnf, custom, userinfo, azp},
	user:              layout{iss, aud, sub, clientID, scope, iat, exp, jti, username, cnf, custom, userinfo, azp},
	applicationAnswer: layout{active, tokenType, iss, aud, sub, clientID, scope, iat, exp, jti, username, cnf, custom, hidden},
	answer:            layout{active, tokenType, iss, aud, sub, clientID, scope, iat, exp, jti, username, cnf, custom, hidden},
}
