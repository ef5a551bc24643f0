package sqlite

// schema. A record's row is its key's place in the tree, without another index, and
// a revocation's number is never given again, so that a cursor into the list stays
// valid when its end has been removed.
const schema = `
CREATE TABLE IF NOT EXISTS records (
	key     BLOB    PRIMARY KEY,
	id      TEXT    NOT NULL,
	family  TEXT    NOT NULL,
	expires INTEGER NOT NULL,
	used    INTEGER NOT NULL DEFAULT 0,
	body    BLOB    NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS records_family ON records (family) WHERE family <> '';
CREATE INDEX IF NOT EXISTS records_expires ON records (expires);
CREATE TABLE IF NOT EXISTS revocations (
	number  INTEGER PRIMARY KEY AUTOINCREMENT,
	subject TEXT    NOT NULL UNIQUE,
	expires INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS revocations_expires ON revocations (expires);
CREATE TABLE IF NOT EXISTS replays (
	key     BLOB    PRIMARY KEY,
	expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS replays_expires ON replays (expires);`

// In each statement, ?1 is the key, the subject or the place to begin, and ?2 the
// present time.
const (
	live = `expires > ?2
	AND NOT EXISTS (SELECT 1 FROM revocations v WHERE v.subject = 't:' || id AND v.expires > ?2)
	AND NOT EXISTS (SELECT 1 FROM revocations v WHERE v.subject = 'f:' || family AND v.expires > ?2)`
	selectLive    = `SELECT used, body FROM records WHERE key = ?1 AND ` + live
	markUsed      = `UPDATE records SET used = 1 WHERE key = ?1`
	selectRevoked = `SELECT EXISTS (SELECT 1 FROM revocations WHERE subject = ?1 AND expires > ?2)`
	selectList    = `SELECT number, subject, expires FROM revocations
	WHERE number > ?1 AND expires > ?2 ORDER BY number LIMIT ?3`
	insertRecord = `INSERT OR REPLACE INTO records (key, id, family, expires, used, body) VALUES (?, ?, ?, ?, ?, ?)`

	// A subject that is revoked for longer gets a new number, and goes to the end.
	dropShorter   = `DELETE FROM revocations WHERE subject = ?1 AND expires < ?2`
	insertRevoked = `INSERT INTO revocations (subject, expires) VALUES (?1, ?2) ON CONFLICT (subject) DO NOTHING`
	// So does a member of a family that is listed for less than its record lives.
	dropShorterMembers = `DELETE FROM revocations WHERE subject IN
	(SELECT v.subject FROM records r JOIN revocations v ON v.subject = 't:' || r.id
	WHERE r.family = ?1 AND r.family <> '' AND r.expires > ?2 AND r.expires > v.expires)`
	insertMembers = `INSERT INTO revocations (subject, expires)
	SELECT 't:' || id, max(expires) FROM records WHERE family = ?1 AND family <> '' AND id <> '' AND expires > ?2
	GROUP BY id ON CONFLICT (subject) DO NOTHING`

	// remember changes a row when the key is fresh, and none when it isn't. ?3 is until when.
	remember = `INSERT INTO replays (key, expires) VALUES (?1, ?3)
	ON CONFLICT (key) DO UPDATE SET expires = excluded.expires WHERE replays.expires <= ?2`

	removeRecords = `DELETE FROM records WHERE key IN
	(SELECT key FROM records WHERE expires <= ?1 ORDER BY expires LIMIT ?2)`
	removeRevocations = `DELETE FROM revocations WHERE number IN
	(SELECT number FROM revocations WHERE expires <= ?1 ORDER BY expires LIMIT ?2)`
	removeReplays = `DELETE FROM replays WHERE key IN
	(SELECT key FROM replays WHERE expires <= ?1 ORDER BY expires LIMIT ?2)`
	countRows = `SELECT (SELECT count(*) FROM records) + (SELECT count(*) FROM revocations) + (SELECT count(*) FROM replays)`
)

// changes are the statements that the writer runs.
var changes = []string{
	selectLive, markUsed, insertRecord, dropShorter, insertRevoked, dropShorterMembers, insertMembers, removeRecords, removeRevocations,
	remember, removeReplays,
}
