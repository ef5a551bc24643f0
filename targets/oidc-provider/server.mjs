// Serves node oidc-provider, configured by a registration file:
//
//   node server.mjs --port PORT --registration FILE
//
// The file holds issuer, resource, clients (id, secret, form, scopes, lifetime_s)
// and introspector (id, secret). It listens on the loopback interface only, and
// ends when standard input does.

import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Provider, errors } from 'oidc-provider';

const { values } = parseArgs({
  options: { port: { type: 'string' }, registration: { type: 'string' } },
});
const registration = JSON.parse(readFileSync(values.registration, 'utf8'));
const byID = new Map(registration.clients.map((client) => [client.id, client]));
const allScopes = [...new Set(registration.clients.flatMap((client) => client.scopes ?? []))];
const defaultLifetime = 3600; // seconds, as the reference issuer's

// Store keeps every record until it expires. The provider's own keeps the last
// thousand of them, so that a tool which asks for more tokens finds some gone.
class Store {
  static #records = new Map();

  constructor(model) {
    this.model = model;
  }

  async upsert(id, payload, lifetime) {
    const expires = lifetime ? Date.now() + lifetime * 1000 : Infinity;
    Store.#records.set(`${this.model}:${id}`, { payload, expires });
  }

  async find(id) {
    const record = Store.#records.get(`${this.model}:${id}`);
    return record && record.expires > Date.now() ? record.payload : undefined;
  }

  async consume(id) {
    const payload = await this.find(id);
    if (payload) payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    Store.#records.delete(`${this.model}:${id}`);
  }

  // What the grants with a user need; there is none here.
  async findByUid() { return undefined; }

  async findByUserCode() { return undefined; }

  async revokeByGrantId() { return undefined; }

  static sweep() {
    const now = Date.now();
    for (const [id, { expires }] of Store.#records) {
      if (expires <= now) Store.#records.delete(id);
    }
  }
}
setInterval(Store.sweep, 10_000).unref();

// A key for each algorithm, new at each start.
const key = (alg, type, options) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }),
  alg,
  use: 'sig',
});
const jwks = {
  keys: [
    key('RS256', 'rsa', { modulusLength: 2048 }),
    key('ES256', 'ec', { namedCurve: 'P-256' }),
    key('EdDSA', 'ed25519'),
  ],
};

const confidential = ({ id, secret, scopes }) => ({
  client_id: id,
  client_secret: secret,
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: scopes ? ['client_credentials'] : [],
  response_types: [],
  redirect_uris: [],
  ...(scopes && { scope: scopes.join(' ') }),
});

const provider = new Provider(registration.issuer, {
  adapter: Store,
  clients: [...registration.clients, registration.introspector].map(confidential),
  clientAuthMethods: ['client_secret_basic'],
  jwks,
  scopes: allScopes,
  responseTypes: [],
  ttl: {
    ClientCredentials: (ctx, token) => token.resourceServer?.accessTokenTTL ?? defaultLifetime,
  },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    introspection: {
      enabled: true,
      // A resource server sees every token, a client its own.
      allowedPolicy: (ctx, client, token) => client.clientId === registration.introspector.id
        || client.clientId === token.clientId,
    },
    // The form of a token is the resource server's choice in this product. There is
    // one resource, so the client that asks makes the choice.
    resourceIndicators: {
      enabled: true,
      defaultResource: () => registration.resource,
      getResourceServerInfo: (ctx, resource, client) => {
        if (resource !== registration.resource) throw new errors.InvalidTarget();
        const { form = 'opaque', scopes = [], lifetime_s: lifetime } = byID.get(client.clientId) ?? {};
        return {
          scope: scopes.join(' '),
          audience: resource,
          accessTokenTTL: lifetime || defaultLifetime,
          ...(form === 'opaque'
            ? { accessTokenFormat: 'opaque' }
            : { accessTokenFormat: 'jwt', jwt: { sign: { alg: form } } }),
        };
      },
    },
  },
});

provider.on('server_error', (ctx, error) => console.error('server error:', error.message));

const server = provider.listen(Number(values.port), '127.0.0.1', () => {
  console.log(`listening on port ${values.port}`);
});
server.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});

const end = () => process.exit(0);
process.on('SIGTERM', end);
process.stdin.on('end', end).on('error', end).resume();
