package token

// wso2At7 is how WSO2 Identity Server 7 shows its tokens, by its documentation's
// page on token validation: the token and the answers printed there, with their
// members in that order. aud is the client. The answer about an application token has
// neither aut nor username; earlier versions told the name of the application's owner
// there. The page prints no application token, whose aut here is APPLICATION.
var wso2At7 = Profile{
	name:              "wso2-7",
	uuids:             true,
	keeps:             true,
	application:       layout{sub, aut, audClient, nbf, azp, scope, iss, exp, iat, jti, cnf, custom, userinfo},
	user:              layout{sub, aut, audClient, nbf, azp, scope, iss, exp, iat, jti, cnf, custom, userinfo},
	applicationAnswer: layout{nbf, scope, active, tokenType, exp, iat, clientID, owner, cnf, custom, hidden},
	answer:            layout{aut, nbf, scope, active, tokenType, exp, iat, clientID, userOrSubject, cnf, custom, hidden},
	refresh:           layout{nbf, scope, active, tokenType, exp, iat, clientID, userOrSubject},
}
