package redis

import client "github.com/redis/go-redis/v9"

// prefix is before all keys of the store that has no name. What is in braces chooses the node of a cluster:
// each script has to have all its keys in one.
const prefix = "{oauthmark}:"

// prefixOf is that of a named store.
func prefixOf(name string) string {
	if name == "" {
		return prefix
	}
	return "{oauthmark-" + name + "}:"
}

// margin is how long the server keeps a row beyond its expiry, in seconds: the store
// judges by its own clock, and when the server's is ahead, what was revoked must not
// come back to life.
const margin = "600"

// The server runs one script at a time, and all of it or nothing:
//
//	r:KEY      record: id, family, expires, used, body
//	m:FAMILY   identifiers of a family's records, by expiry
//	t:ID       revoked until
//	f:FAMILY   revoked until
//	a:KEY      remembered until
//	log, due   revoked subjects by number, and by expiry
//	number     of the last revocation
//
// Each script gets the prefix as its only key.
var (
	// put KEY ID FAMILY EXPIRES USED BODY MARGIN
	put = client.NewScript(`
local p, until_ = KEYS[1], ARGV[4] + ARGV[7]
local r = p .. 'r:' .. ARGV[1]
redis.call('DEL', r)
redis.call('HSET', r, 'id', ARGV[2], 'family', ARGV[3], 'expires', ARGV[4], 'used', ARGV[5], 'body', ARGV[6])
redis.call('EXPIREAT', r, until_)
if ARGV[3] ~= '' and ARGV[2] ~= '' then
	local m = p .. 'm:' .. ARGV[3]
	redis.call('ZADD', m, ARGV[4], ARGV[2])
	local last = redis.call('ZREVRANGE', m, 0, 0, 'WITHSCORES')
	redis.call('EXPIREAT', m, last[2] + ARGV[7])
end
return 1`)

	find = `
local p, now = KEYS[1], tonumber(ARGV[2])
local key = p .. 'r:' .. ARGV[1]
local r = redis.call('HMGET', key, 'id', 'family', 'expires', 'used', 'body')
if not r[5] or tonumber(r[3]) <= now then return false end
local until_ = redis.call('GET', p .. 't:' .. r[1])
if until_ and tonumber(until_) > now then return false end
if r[2] ~= '' then
	until_ = redis.call('GET', p .. 'f:' .. r[2])
	if until_ and tonumber(until_) > now then return false end
end
`
	// get KEY NOW
	get = client.NewScript(find + `return {r[4], r[5]}`)
	// use KEY NOW
	use = client.NewScript(find + `
if r[4] == '0' then redis.call('HSET', key, 'used', '1') end
return {r[4], r[5]}`)

	// remember KEY UNTIL NOW MARGIN: 1 when it is fresh
	remember = client.NewScript(`
local a = KEYS[1] .. 'a:' .. ARGV[1]
local kept = redis.call('GET', a)
if kept and tonumber(kept) > tonumber(ARGV[3]) then return 0 end
redis.call('SET', a, ARGV[2])
redis.call('EXPIREAT', a, ARGV[2] + ARGV[4])
return 1`)

	// revoke SUBJECT EXPIRES NOW MARGIN
	revoke = client.NewScript(`
local p, now, margin = KEYS[1], ARGV[3], ARGV[4]
local function add(subject, expires)
	local old = redis.call('GET', p .. subject)
	if old and tonumber(old) >= tonumber(expires) then return end
	redis.call('SET', p .. subject, expires)
	redis.call('EXPIREAT', p .. subject, expires + margin)
	redis.call('ZADD', p .. 'log', redis.call('INCR', p .. 'number'), subject)
	redis.call('ZADD', p .. 'due', expires, subject)
end
add(ARGV[1], ARGV[2])
if string.sub(ARGV[1], 1, 2) == 'f:' then
	local m = p .. 'm:' .. string.sub(ARGV[1], 3)
	local members = redis.call('ZRANGEBYSCORE', m, '(' .. now, '+inf', 'WITHSCORES')
	for i = 1, #members, 2 do add('t:' .. members[i], members[i + 1]) end
end
return 1`)

	// list AFTER LIMIT: subject, number and expiry of each
	list = client.NewScript(`
local p = KEYS[1]
local found = redis.call('ZRANGEBYSCORE', p .. 'log', '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2])
local all = {}
for i = 1, #found, 2 do
	all[#all + 1] = found[i]
	all[#all + 1] = found[i + 1]
	all[#all + 1] = redis.call('ZSCORE', p .. 'due', found[i]) or '0'
end
return all`)

	// sweep NOW BATCH: how many were removed
	sweep = client.NewScript(`
local p = KEYS[1]
local gone = redis.call('ZRANGEBYSCORE', p .. 'due', '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
if #gone > 0 then
	redis.call('ZREM', p .. 'due', unpack(gone))
	redis.call('ZREM', p .. 'log', unpack(gone))
end
return #gone`)
)
