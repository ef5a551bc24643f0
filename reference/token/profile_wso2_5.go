package token

// wso2At5 is how WSO2 Identity Server 5.5 shows its tokens, by its documentation's
// page on self-contained access tokens and the two tokens printed there: a header of
// alg alone, an aud that is an array with the client in it, members in the order of
// those tokens, which has sub in front where there is a user. The payload doesn't
// say the scope, so the server keeps it under the jti. cnf, custom claims and those
// of the user aren't in the examples; they come last.
//
// That page prints no introspection answer. This one has the members of the later
// version's, but for aut.
var wso2At5 = Profile{
	name:              "wso2-5",
	bare:              true,
	slashes:           true,
	audiences:         true,
	uuids:             true,
	keeps:             true,
	application:       layout{iss, audClient, exp, iat, azp, jti, cnf, custom, userinfo},
	user:              layout{sub, audClient, azp, iss, exp, iat, jti, cnf, custom, userinfo},
	applicationAnswer: layout{nbf, scope, active, tokenType, exp, iat, clientID, owner, cnf, custom, hidden},
	answer:            layout{nbf, scope, active, tokenType, exp, iat, clientID, userOrSubject, cnf, custom, hidden},
}
