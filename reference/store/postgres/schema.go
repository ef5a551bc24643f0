package postgres

import "github.com/jackc/pgx/v5"

// schema. The lock keeps processes that start at the same time from making the
// tables twice, which IF NOT EXISTS doesn't. Identifiers are bytes, for text takes
// no zero byte.
//
// A revocation's order is that of its transaction and its number in it, for numbers
// alone are given before the commit: one that commits late would come to be listed
// behind a reader who has gone on. See List.
const schema = `
BEGIN;
SELECT pg_advisory_xact_lock(7239465120);
CREATE TABLE IF NOT EXISTS oauthmark_records (
	key     bytea   PRIMARY KEY,
	id      bytea   NOT NULL,
	family  bytea   NOT NULL,
	expires bigint  NOT NULL,
	used    boolean NOT NULL,
	body    bytea   NOT NULL
);
CREATE INDEX IF NOT EXISTS oauthmark_records_family ON oauthmark_records (family) WHERE family <> '';
CREATE INDEX IF NOT EXISTS oauthmark_records_expires ON oauthmark_records (expires);
CREATE TABLE IF NOT EXISTS oauthmark_revocations (
	subject bytea  PRIMARY KEY,
	expires bigint NOT NULL,
	tx      xid8   NOT NULL DEFAULT pg_current_xact_id(),
	number  bigint NOT NULL GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX IF NOT EXISTS oauthmark_revocations_order ON oauthmark_revocations (tx, number);
CREATE INDEX IF NOT EXISTS oauthmark_revocations_expires ON oauthmark_revocations (expires);
CREATE TABLE IF NOT EXISTS oauthmark_replays (
	key     bytea  PRIMARY KEY,
	expires bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS oauthmark_replays_expires ON oauthmark_replays (expires);
COMMIT;`

// makeSchema makes the schema of a named store, and dropSchema drops it with all that is in
// it. The lock is that of the tables.
func makeSchema(name string) string {
	return "BEGIN; SELECT pg_advisory_xact_lock(7239465120); CREATE SCHEMA IF NOT EXISTS " + pgx.Identifier{name}.Sanitize() + "; COMMIT;"
}

func dropSchema(name string) string {
	return "DROP SCHEMA IF EXISTS " + pgx.Identifier{name}.Sanitize() + " CASCADE"
}

// Where rows are copied to; their order is that of upsertRecord, too.
var (
	recordsTable   = pgx.Identifier{"oauthmark_records"}
	recordsColumns = []string{"key", "id", "family", "expires", "used", "body"}
)

// In each statement that looks for a record, $1 is the key and $2 the present time.
const (
	live = `r.expires > $2
	AND NOT EXISTS (SELECT 1 FROM oauthmark_revocations v
		WHERE v.subject = 't:'::bytea || r.id AND v.expires > $2)
	AND NOT EXISTS (SELECT 1 FROM oauthmark_revocations v
		WHERE v.subject = 'f:'::bytea || r.family AND v.expires > $2)`
	selectLive = `SELECT r.used, r.body FROM oauthmark_records r WHERE r.key = $1 AND ` + live
	// Who waits for the lock of another's use sees the row as that has left it.
	useLive = `WITH found AS (
		SELECT r.key, r.used, r.body FROM oauthmark_records r WHERE r.key = $1 AND ` + live + ` FOR UPDATE
	), marked AS (
		UPDATE oauthmark_records r SET used = true FROM found f WHERE r.key = f.key AND NOT f.used
	) SELECT used, body FROM found`
	upsertRecord = `INSERT INTO oauthmark_records (key, id, family, expires, used, body)
	VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (key) DO UPDATE SET
	(id, family, expires, used, body) = (EXCLUDED.id, EXCLUDED.family, EXCLUDED.expires, EXCLUDED.used, EXCLUDED.body)`

	longer = ` ON CONFLICT (subject) DO UPDATE SET
	expires = EXCLUDED.expires, tx = pg_current_xact_id(), number = DEFAULT WHERE v.expires < EXCLUDED.expires`
	insertRevoked = `INSERT INTO oauthmark_revocations AS v (subject, expires) VALUES ($1, $2)` + longer
	insertMembers = `INSERT INTO oauthmark_revocations AS v (subject, expires)
	SELECT 't:'::bytea || id, max(expires) FROM oauthmark_records
	WHERE family = $1 AND family <> '' AND id <> '' AND expires > $2 GROUP BY id ORDER BY id` + longer
	selectRevoked = `SELECT EXISTS (SELECT 1 FROM oauthmark_revocations WHERE subject = ANY ($1) AND expires > $2)`
	selectList    = `SELECT tx::text::bigint, number, subject, expires FROM oauthmark_revocations
	WHERE (tx, number) > ($1::text::xid8, $2::bigint) AND tx < pg_snapshot_xmin(pg_current_snapshot())
	AND expires > $3 ORDER BY tx, number LIMIT $4`

	// remember changes a row when the key is fresh, and none when it isn't; whoever
	// meets another's key waits for that one's commit. $3 is until when.
	remember = `INSERT INTO oauthmark_replays AS r (key, expires) VALUES ($1, $3)
	ON CONFLICT (key) DO UPDATE SET expires = EXCLUDED.expires WHERE r.expires <= $2`
	analyzeRecords = `ANALYZE oauthmark_records`

	// Rows that another process removes are left to it.
	removeRecords = `DELETE FROM oauthmark_records WHERE key = ANY (ARRAY(SELECT key FROM oauthmark_records
	WHERE expires <= $1 ORDER BY expires LIMIT $2 FOR UPDATE SKIP LOCKED))`
	removeRevocations = `DELETE FROM oauthmark_revocations WHERE subject = ANY (ARRAY(SELECT subject
	FROM oauthmark_revocations WHERE expires <= $1 ORDER BY expires LIMIT $2 FOR UPDATE SKIP LOCKED))`
	removeReplays = `DELETE FROM oauthmark_replays WHERE key = ANY (ARRAY(SELECT key FROM oauthmark_replays
	WHERE expires <= $1 ORDER BY expires LIMIT $2 FOR UPDATE SKIP LOCKED))`
	countRows = `SELECT (SELECT count(*) FROM oauthmark_records) + (SELECT count(*) FROM oauthmark_revocations)
	+ (SELECT count(*) FROM oauthmark_replays)`
	selectSettings = `SELECT current_setting('fsync'), current_setting('full_page_writes')`
)
