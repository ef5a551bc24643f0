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

// wso2At7JWT is the same server where it validates JWTs when it is asked about one, the
// setting enable_jwt_token_validation_during_introspection of its configuration. It
// tells by the type of its validator what the token is, and adds what the JWT says: sub,
// iss, aud and jti. Its documentation prints answers about opaque tokens alone, which
// are as without it. The order of what is added is ours.
var wso2At7JWT = Profile{
	name:                           "wso2-7-jwt",
	uuids:                          true,
	keeps:                          true,
	application:                    wso2At7.application,
	user:                           wso2At7.user,
	applicationAnswer:              wso2At7.applicationAnswer,
	answer:                         wso2At7.answer,
	refresh:                        wso2At7.refresh,
	selfContainedApplicationAnswer: layout{nbf, scope, active, tokenTypeJWT, exp, iat, clientID, owner, sub, iss, audClient, jti, cnf, custom, hidden},
	selfContainedAnswer:            layout{aut, nbf, scope, active, tokenTypeJWT, exp, iat, clientID, userOrSubject, sub, iss, audClient, jti, cnf, custom, hidden},
}
