-- Every statement of the records, by name; read by `runs/schema.py`.
-- A migration is never changed once it was released: add the next one.

-- :: migration 1
CREATE TABLE runs (
    run_id TEXT PRIMARY KEY,
    arrival INTEGER NOT NULL UNIQUE,          -- order of acceptance
    "order" TEXT NOT NULL,                    -- domain.run.Order as JSON
    repository_id INTEGER NOT NULL,
    issue_number INTEGER NOT NULL,
    requested_by INTEGER NOT NULL,            -- the forge's number of the person
    accepted_at REAL NOT NULL,
    ended_at REAL,
    ending TEXT,                              -- domain.run.Ending as JSON
    was_told INTEGER NOT NULL DEFAULT 0,      -- whether the subscribers heard of the ending
    launches INTEGER NOT NULL DEFAULT 0,      -- starts since the last finished step
    stop_by TEXT,
    stop_at REAL
);
CREATE INDEX runs_of_issue ON runs (repository_id, issue_number, arrival);
CREATE INDEX runs_of_person ON runs (requested_by, accepted_at);
CREATE INDEX runs_open ON runs (arrival) WHERE ending IS NULL;

CREATE TABLE phases (
    run_id TEXT NOT NULL REFERENCES runs, ordinal INTEGER NOT NULL, phase TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (run_id, ordinal)
) WITHOUT ROWID;

CREATE TABLE steps (
    run_id TEXT NOT NULL REFERENCES runs,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,                       -- `name#n`, unique in a run
    request_hash TEXT NOT NULL,
    request TEXT,                             -- inline, or
    request_blob TEXT,                        -- the blob that holds it
    result TEXT,                              -- the encoded value, inline, or
    result_blob TEXT,                         -- the blob that holds it
    error TEXT,                               -- kind of the failure that the result is, NULL for a value
    starts INTEGER NOT NULL DEFAULT 1,        -- how often its work was begun
    started_at REAL NOT NULL,
    finished_at REAL,
    PRIMARY KEY (run_id, number)
);

CREATE TABLE model_calls (
    run_id TEXT NOT NULL REFERENCES runs, number INTEGER NOT NULL,
    model TEXT NOT NULL, request_id TEXT NOT NULL,
    input INTEGER NOT NULL, output INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL,
    is_estimate INTEGER NOT NULL, cost_usd REAL, seconds REAL NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (run_id, number)
);

CREATE TABLE tool_batches (
    run_id TEXT NOT NULL REFERENCES runs, number INTEGER NOT NULL, calls INTEGER NOT NULL,
    PRIMARY KEY (run_id, number)
) WITHOUT ROWID;

CREATE TABLE notes (
    run_id TEXT NOT NULL REFERENCES runs, key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (run_id, key)
) WITHOUT ROWID;

CREATE TABLE lines (
    id INTEGER PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs, at REAL NOT NULL, text TEXT NOT NULL
);
CREATE INDEX lines_of_run ON lines (run_id, id);

CREATE TABLE issue_locks (
    repository_id INTEGER NOT NULL, issue_number INTEGER NOT NULL, run_id TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (repository_id, issue_number)
) WITHOUT ROWID;

CREATE TABLE pauses (
    repository_id INTEGER PRIMARY KEY,        -- -1: everything
    by TEXT NOT NULL, at REAL NOT NULL
);

CREATE TABLE audit (
    id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, sha TEXT NOT NULL, at REAL NOT NULL
);
CREATE UNIQUE INDEX audit_of_run ON audit (run_id, who, what, sha, at);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

-- :: migration 2
CREATE TABLE graph_wishes (
    repository_id INTEGER PRIMARY KEY,
    repository TEXT NOT NULL,                 -- domain.repository.Repository as JSON
    installation_id INTEGER NOT NULL,
    asked INTEGER NOT NULL DEFAULT 1,         -- how often, so that a push while it is being granted is not lost
    at REAL NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT ''
);

-- :: migration 3
CREATE TABLE pull_hushes (
    repository_id INTEGER NOT NULL, number INTEGER NOT NULL, quiet TEXT NOT NULL, by TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (repository_id, number)
) WITHOUT ROWID;
CREATE TABLE pull_ignores (
    repository_id INTEGER NOT NULL, number INTEGER NOT NULL, what TEXT NOT NULL, by TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (repository_id, number, what)
) WITHOUT ROWID;
CREATE TABLE pull_remarks (
    repository_id INTEGER NOT NULL, number INTEGER NOT NULL, fingerprint TEXT NOT NULL,
    PRIMARY KEY (repository_id, number, fingerprint)
) WITHOUT ROWID;
CREATE TABLE pull_reviews (
    repository_id INTEGER NOT NULL, number INTEGER NOT NULL, run_id TEXT NOT NULL, head TEXT NOT NULL,
    blob TEXT NOT NULL, at REAL NOT NULL,     -- blob: the hash of domain.review.Review as JSON
    PRIMARY KEY (repository_id, number)
) WITHOUT ROWID;

-- :: migration 4
CREATE TABLE follow_up_wishes (
    repository_id INTEGER NOT NULL,
    cause TEXT NOT NULL,                      -- domain.follow_up.Cause
    subject TEXT NOT NULL,                    -- the head, or the number of the pull request
    repository TEXT NOT NULL,                 -- domain.repository.Repository as JSON
    installation_id INTEGER NOT NULL,
    since REAL NOT NULL,
    due REAL NOT NULL,
    asked INTEGER NOT NULL DEFAULT 1,         -- how often, so that what is said while it is acted on is not lost
    tries INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (repository_id, cause, subject)
) WITHOUT ROWID;
CREATE TABLE follow_ups (
    run_id TEXT PRIMARY KEY REFERENCES runs,
    repository_id INTEGER NOT NULL, number INTEGER NOT NULL, cause TEXT NOT NULL, head TEXT NOT NULL, at REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX follow_ups_of_pull ON follow_ups (repository_id, number, cause, at);

-- :: migration 5
CREATE TABLE plan_waits (
    run_id TEXT PRIMARY KEY REFERENCES runs,
    comment_id INTEGER NOT NULL,              -- the comment that shows the plan
    asked_at REAL NOT NULL,
    due REAL NOT NULL,                        -- when nobody is waited for any more
    look_at REAL NOT NULL,                    -- when its reactions are looked at next
    decision TEXT,                            -- domain.plan.Decision as JSON
    decided_at REAL,
    is_heard INTEGER NOT NULL DEFAULT 0       -- whether the run goes on with it
) WITHOUT ROWID;
CREATE TABLE run_steering (
    run_id TEXT NOT NULL REFERENCES runs, comment_id INTEGER NOT NULL, by TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (run_id, comment_id)
) WITHOUT ROWID;

-- :: migration 6
CREATE TABLE proposals (
    repository_id INTEGER NOT NULL, issue_number INTEGER NOT NULL,
    command TEXT NOT NULL,                    -- domain.commands.Command as JSON
    at REAL NOT NULL,
    taken_by TEXT,                            -- what said yes: the same again takes it again
    PRIMARY KEY (repository_id, issue_number)
) WITHOUT ROWID;

-- :: migration 7
ALTER TABLE proposals ADD COLUMN origin TEXT;             -- domain.events.Origin as JSON
ALTER TABLE proposals ADD COLUMN is_pull_request INTEGER;
ALTER TABLE proposals ADD COLUMN comment_id INTEGER;      -- the comment that shows it
ALTER TABLE proposals ADD COLUMN look_at REAL;            -- when its reactions are looked at next; NULL: no more

-- :: migration 8
CREATE TABLE memory_outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT, -- the order in which it was told
    id TEXT NOT NULL UNIQUE,
    occurrence TEXT,                          -- domain.lessons.Occurrence as JSON
    showing TEXT,                             -- domain.lessons.Showing as JSON
    judgement TEXT,                           -- domain.lessons.Judgement as JSON
    tries INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL DEFAULT 0
);

-- :: migration 9
CREATE TABLE rollout_words (
    run_id TEXT NOT NULL REFERENCES runs,
    stage INTEGER NOT NULL,                   -- that holds still; -1: whatever stage it is at
    due REAL NOT NULL DEFAULT 0,
    word TEXT,                                -- promote, abort; NULL while nobody said anything
    said_by TEXT,
    said_at REAL,
    PRIMARY KEY (run_id, stage)
) WITHOUT ROWID;

-- :: migration 10
CREATE TABLE target_claims (
    cluster TEXT NOT NULL, namespace TEXT NOT NULL,
    run_id TEXT NOT NULL REFERENCES runs,     -- who may change what is there; nobody once it has ended
    at REAL NOT NULL,
    PRIMARY KEY (cluster, namespace)
) WITHOUT ROWID;
CREATE TABLE environment_locks (
    repository_id INTEGER NOT NULL, environment TEXT NOT NULL,
    cause TEXT NOT NULL,                      -- domain.deployments.LockCause
    by TEXT NOT NULL, reason TEXT NOT NULL, since REAL NOT NULL, commit_id TEXT NOT NULL, run_id TEXT NOT NULL,
    PRIMARY KEY (repository_id, environment, cause)
) WITHOUT ROWID;
CREATE TABLE blocked_commits (
    repository_id INTEGER NOT NULL, environment TEXT NOT NULL, commit_id TEXT NOT NULL,
    reason TEXT NOT NULL, by TEXT NOT NULL, since REAL NOT NULL, run_id TEXT NOT NULL,
    PRIMARY KEY (repository_id, environment, commit_id)
) WITHOUT ROWID;
CREATE TABLE deployment_approvals (
    run_id TEXT NOT NULL REFERENCES runs, person_id INTEGER NOT NULL,
    commit_id TEXT NOT NULL, digest TEXT NOT NULL, manifests TEXT NOT NULL,
    person TEXT NOT NULL,                     -- domain.repository.Actor as JSON
    at REAL NOT NULL,
    PRIMARY KEY (run_id, person_id, commit_id, digest, manifests)
) WITHOUT ROWID;
CREATE TABLE deployments (
    number INTEGER PRIMARY KEY AUTOINCREMENT, -- the order in which they began
    run_id TEXT NOT NULL REFERENCES runs, repository_id INTEGER NOT NULL, environment TEXT NOT NULL,
    cluster TEXT NOT NULL, namespace TEXT NOT NULL,
    release TEXT NOT NULL,                    -- domain.environment.Release as JSON
    by TEXT NOT NULL, began_at REAL NOT NULL, is_rollback INTEGER NOT NULL,
    verdict TEXT,                             -- domain.proof.Verdict; NULL: it has not ended
    reason TEXT NOT NULL DEFAULT '', ended_at REAL,
    UNIQUE (run_id, environment)
);
CREATE INDEX deployments_of_environment ON deployments (repository_id, environment, number);

-- :: migration 11
CREATE TABLE chat_links (
    team TEXT NOT NULL, user TEXT NOT NULL, account_id INTEGER NOT NULL, login TEXT NOT NULL, linked_at REAL NOT NULL,
    PRIMARY KEY (team, user)
) STRICT;
CREATE INDEX chat_links_of_account ON chat_links (account_id);
CREATE TABLE chat_codes (
    digest TEXT PRIMARY KEY, team TEXT NOT NULL, user TEXT NOT NULL, place TEXT NOT NULL, due REAL NOT NULL, taken_by TEXT
) STRICT;
CREATE TABLE chat_posts (mark TEXT PRIMARY KEY, begun_at REAL NOT NULL, place TEXT) STRICT;
CREATE TABLE chat_outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT, mark TEXT NOT NULL UNIQUE, place TEXT NOT NULL, message TEXT,
    text TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0, since REAL NOT NULL,
    due REAL NOT NULL
) STRICT;
CREATE TABLE chat_runs (
    run_id TEXT PRIMARY KEY, shown TEXT NOT NULL DEFAULT '', is_over INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX chat_runs_open ON chat_runs (run_id) WHERE NOT is_over;

-- :: migration 12
CREATE TABLE incidents (
    id TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE, version INTEGER NOT NULL, repository_id INTEGER NOT NULL,
    service TEXT NOT NULL, environment TEXT NOT NULL, issue INTEGER NOT NULL, is_over INTEGER NOT NULL,
    changed_at REAL NOT NULL, incident TEXT NOT NULL
) STRICT;
CREATE INDEX incidents_open ON incidents (number) WHERE NOT is_over;
CREATE INDEX incidents_of_service ON incidents (service, environment, changed_at);
CREATE INDEX incidents_of_issue ON incidents (repository_id, issue) WHERE issue;
CREATE TABLE incident_alerts (
    incident_id TEXT NOT NULL, fingerprint TEXT NOT NULL, number INTEGER NOT NULL, alert TEXT, others INTEGER NOT NULL,
    is_firing INTEGER NOT NULL, first_at REAL NOT NULL, last_at REAL NOT NULL, heard INTEGER NOT NULL,
    PRIMARY KEY (incident_id, fingerprint)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_alerts_by_fingerprint ON incident_alerts (fingerprint);
CREATE TABLE alert_ends (
    fingerprint TEXT PRIMARY KEY, started_at REAL NOT NULL, heard_at REAL NOT NULL
) STRICT;
CREATE TABLE silences (service TEXT PRIMARY KEY, until REAL NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL) STRICT;
CREATE TABLE incident_words (
    number INTEGER PRIMARY KEY AUTOINCREMENT, incident_id TEXT NOT NULL, word TEXT NOT NULL, by_id INTEGER NOT NULL,
    by TEXT NOT NULL, at REAL NOT NULL, UNIQUE (incident_id, word, by_id, at)
) STRICT;

-- :: migration 13
CREATE TABLE healings (
    run_id TEXT PRIMARY KEY, repository_id INTEGER NOT NULL, service TEXT NOT NULL, environment TEXT NOT NULL,
    kind TEXT NOT NULL, target TEXT NOT NULL, at REAL NOT NULL, verdict TEXT, is_undone INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX healings_of_service ON healings (repository_id, service, environment, at);

-- :: migration 14
CREATE TABLE sweeps (number INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, sweep TEXT NOT NULL) STRICT;

-- :: migration 15
CREATE TABLE scores (
    run_id TEXT NOT NULL REFERENCES runs, number INTEGER NOT NULL,  -- the attempt; 0: a review
    repository_id INTEGER NOT NULL,
    subject TEXT NOT NULL,                    -- what counts once; empty: it does not
    model TEXT NOT NULL,                      -- the version of the weights
    faulty REAL, baseline REAL,               -- NULL: nothing could be scored
    score TEXT NOT NULL,                      -- domain.scores.ChangeScore as JSON
    is_bad INTEGER,                           -- what came of it; NULL: not known
    at REAL NOT NULL,
    PRIMARY KEY (run_id, number)
) STRICT;
CREATE INDEX scores_of_repository ON scores (repository_id, at);

-- :: migration 16
-- Of what version 1 holds nobody counted the lines: it is read, and no score is judged by it.
ALTER TABLE scores ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE scores ADD COLUMN size TEXT;      -- domain.scores.ChangeSize as JSON; NULL: not counted

-- :: migration 17
-- Scores that were given before a change, of the functions that a run's task points at.
CREATE TABLE target_scores (
    run_id TEXT PRIMARY KEY, repository_id INTEGER NOT NULL, model TEXT NOT NULL,
    version INTEGER NOT NULL,                 -- of what `score` and `size` hold
    faulty REAL, baseline REAL, size TEXT,    -- NULL: nothing could be scored
    score TEXT NOT NULL,                      -- domain.scores.ChangeScore as JSON
    is_bad INTEGER,                           -- what came of the run; NULL: not known
    is_routed INTEGER NOT NULL DEFAULT 0,     -- another model than the usual one worked on it
    at REAL NOT NULL, settled_at REAL
) STRICT;
CREATE INDEX target_scores_of_repository ON target_scores (repository_id, settled_at);

-- :: migration 18
-- Merges of changes that were scored; `reverted_by` and `reverted_head` are empty for one that stands.
CREATE TABLE scored_merges (
    repository_id INTEGER NOT NULL, pull INTEGER NOT NULL, commit_sha TEXT NOT NULL,
    reverted_by TEXT NOT NULL DEFAULT '', reverted_head TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (repository_id, pull)
) STRICT;
ALTER TABLE scores ADD COLUMN is_reverted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE target_scores ADD COLUMN is_reverted INTEGER NOT NULL DEFAULT 0;

-- :: put scored merge
INSERT INTO scored_merges (repository_id, pull, commit_sha) SELECT ?1, ?2, ?3 WHERE EXISTS (
    SELECT 1 FROM scores JOIN runs USING (run_id)
    WHERE runs.repository_id = ?1 AND json_extract(ending, '$.pull_request.number') = ?2
)
ON CONFLICT (repository_id, pull) DO UPDATE SET commit_sha = excluded.commit_sha;

-- :: merges of commit
SELECT pull FROM scored_merges WHERE repository_id = ?1 AND commit_sha = ?2;

-- :: merges reverted by
SELECT pull FROM scored_merges WHERE repository_id = ?1 AND ?2 IN (reverted_by, reverted_head);

-- :: merge of pull
SELECT pull FROM scored_merges WHERE repository_id = ?1 AND pull = ?2;

-- :: mark merge
UPDATE scored_merges SET reverted_by = ?3, reverted_head = ?4 WHERE repository_id = ?1 AND pull = ?2;

-- :: mark scores reverted
UPDATE scores SET is_reverted = ?3 WHERE run_id IN (
    SELECT run_id FROM runs WHERE repository_id = ?1 AND json_extract(ending, '$.pull_request.number') = ?2
);

-- :: mark target scores reverted
UPDATE target_scores SET is_reverted = ?3 WHERE run_id IN (
    SELECT run_id FROM runs WHERE repository_id = ?1 AND json_extract(ending, '$.pull_request.number') = ?2
);

-- :: put target score
INSERT INTO target_scores (run_id, repository_id, model, version, faulty, baseline, size, score, at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (run_id) DO NOTHING;

-- :: target score
SELECT * FROM target_scores WHERE run_id = ?1;

-- :: settle target score
UPDATE target_scores SET is_bad = ?2, settled_at = ?3 WHERE run_id = ?1 AND is_bad IS NULL;

-- :: mark routed
UPDATE target_scores SET is_routed = 1 WHERE run_id = ?1;

-- :: target outcomes
SELECT faulty, baseline, is_bad OR is_reverted AS is_bad, size, COUNT(*) OVER () AS known FROM target_scores
WHERE repository_id = ?1 AND model = ?2 AND is_bad IS NOT NULL AND is_routed = 0
    AND faulty IS NOT NULL AND size IS NOT NULL
ORDER BY settled_at DESC LIMIT ?3;

-- :: put score
INSERT INTO scores (
    run_id, number, repository_id, subject, model, faulty, baseline, score, is_bad, at, version, size
)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
ON CONFLICT (run_id, number) DO NOTHING;

-- :: scores of run
SELECT * FROM scores WHERE run_id = ?1 ORDER BY number;

-- :: scored outcomes
-- Of each subject the first: SQLite takes the other columns from the row that has the least `at`.
SELECT faulty, baseline, is_bad OR is_reverted AS is_bad, size, MIN(at) AS first_at, COUNT(*) OVER () AS known FROM scores
WHERE repository_id = ?1 AND model = ?2 AND subject <> '' AND is_bad IS NOT NULL AND faulty IS NOT NULL
    AND size IS NOT NULL
GROUP BY subject ORDER BY first_at DESC LIMIT ?3;

-- :: newest score model
SELECT model FROM scores WHERE repository_id = ?1 AND model <> '' ORDER BY at DESC LIMIT 1;

-- :: insert run
INSERT INTO runs (run_id, arrival, "order", repository_id, issue_number, requested_by, accepted_at)
VALUES (?1, (SELECT COALESCE(MAX(arrival), 0) + 1 FROM runs), ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (run_id) DO NOTHING;

-- :: get run
SELECT * FROM runs WHERE run_id = ?1;

-- :: list runs
SELECT * FROM runs WHERE ?2 IS NULL OR repository_id = ?2 ORDER BY arrival DESC LIMIT ?1;

-- :: last run of issue
SELECT * FROM runs WHERE repository_id = ?1 AND issue_number = ?2 ORDER BY arrival DESC LIMIT 1;

-- :: open runs
SELECT * FROM runs WHERE ending IS NULL ORDER BY arrival;

-- :: open runs of issue
SELECT * FROM runs WHERE repository_id = ?1 AND issue_number = ?2 AND ending IS NULL ORDER BY arrival;

-- :: count runs of person
SELECT COUNT(*) FROM runs WHERE requested_by = ?1 AND accepted_at >= ?2;

-- :: count launch
UPDATE runs SET launches = launches + 1 WHERE run_id = ?1 RETURNING launches;

-- :: forget launches
UPDATE runs SET launches = 0 WHERE run_id = ?1;

-- :: end run
UPDATE runs SET ending = ?2, ended_at = ?3 WHERE run_id = ?1 AND ending IS NULL;

-- :: mark told
UPDATE runs SET was_told = 1 WHERE run_id = ?1;

-- :: request stop
UPDATE runs SET stop_by = ?2, stop_at = ?3 WHERE run_id = ?1 AND stop_at IS NULL AND ending IS NULL;

-- :: stops asked
SELECT run_id FROM runs WHERE ending IS NULL AND stop_at IS NOT NULL ORDER BY arrival;

-- :: put phase
INSERT INTO phases (run_id, ordinal, phase, at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (run_id, ordinal) DO UPDATE SET phase = excluded.phase, at = excluded.at WHERE phase <> excluded.phase;

-- :: last phase
SELECT ordinal, phase FROM phases WHERE run_id = ?1 ORDER BY ordinal DESC LIMIT 1;

-- :: list phases
SELECT phase, at FROM phases WHERE run_id = ?1 ORDER BY ordinal;

-- :: begin step
INSERT INTO steps (run_id, number, name, request_hash, request, request_blob, started_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (run_id, number) DO UPDATE SET
    name = excluded.name, request_hash = excluded.request_hash, request = excluded.request,
    request_blob = excluded.request_blob, started_at = excluded.started_at, starts = starts + 1,
    result = NULL, result_blob = NULL, error = NULL, finished_at = NULL;

-- :: finish step
UPDATE steps SET result = ?3, result_blob = ?4, error = ?5, finished_at = ?6 WHERE run_id = ?1 AND number = ?2;

-- :: finished step
SELECT result, result_blob FROM steps
WHERE run_id = ?1 AND number = ?2 AND name = ?3 AND request_hash = ?4 AND finished_at IS NOT NULL;

-- :: list steps
SELECT * FROM steps WHERE run_id = ?1 ORDER BY number;

-- :: put model call
INSERT INTO model_calls (run_id, number, model, request_id, input, output, cache_read, cache_write, is_estimate, cost_usd,
                         seconds, at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
ON CONFLICT (run_id, number) DO NOTHING;

-- :: list model calls
SELECT * FROM model_calls WHERE run_id = ?1 ORDER BY number;

-- :: put tool batch
INSERT INTO tool_batches (run_id, number, calls) VALUES (?1, ?2, ?3)
ON CONFLICT (run_id, number) DO UPDATE SET calls = excluded.calls;

-- :: spent
SELECT COALESCE(SUM(cost_usd), 0.0) AS usd,
       COALESCE(SUM(input + cache_read + cache_write), 0) AS input_tokens,
       COALESCE(SUM(output), 0) AS output_tokens,
       COUNT(*) AS model_calls,
       COALESCE((SELECT SUM(calls) FROM tool_batches WHERE run_id = ?1), 0) AS tool_calls,
       COALESCE(SUM(cost_usd IS NULL), 0) AS unpriced_calls
FROM model_calls WHERE run_id = ?1;

-- :: spent since
SELECT COALESCE(SUM(cost_usd), 0.0) AS usd FROM model_calls JOIN runs USING (run_id)
WHERE at >= ?1 AND (?2 IS NULL OR repository_id = ?2);

-- :: put note
INSERT INTO notes (run_id, key, value) VALUES (?1, ?2, ?3)
ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value;

-- :: list notes
SELECT key, value FROM notes WHERE run_id = ?1 ORDER BY key;

-- :: put line
INSERT INTO lines (run_id, at, text) VALUES (?1, ?2, ?3);

-- :: trim lines
DELETE FROM lines WHERE run_id = ?1 AND id <= (SELECT id FROM lines WHERE run_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2);

-- :: list lines
SELECT at, text FROM lines WHERE run_id = ?1 ORDER BY id;

-- :: take lock
INSERT INTO issue_locks (repository_id, issue_number, run_id, at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (repository_id, issue_number) DO UPDATE SET run_id = excluded.run_id, at = excluded.at
WHERE EXISTS (SELECT 1 FROM runs WHERE runs.run_id = issue_locks.run_id AND runs.ending IS NOT NULL);

-- :: lock holder
SELECT run_id FROM issue_locks WHERE repository_id = ?1 AND issue_number = ?2;

-- :: free lock
DELETE FROM issue_locks WHERE repository_id = ?1 AND issue_number = ?2 AND run_id = ?3;

-- :: free locks of run
DELETE FROM issue_locks WHERE run_id = ?1;

-- :: pause
INSERT INTO pauses (repository_id, by, at) VALUES (?1, ?2, ?3) ON CONFLICT (repository_id) DO NOTHING;

-- :: resume
DELETE FROM pauses WHERE repository_id = ?1;

-- :: paused by
SELECT by FROM pauses WHERE repository_id IN (-1, ?1) ORDER BY repository_id LIMIT 1;

-- :: put audit
INSERT INTO audit (run_id, who, what, sha, at) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (run_id, who, what, sha, at) DO NOTHING;

-- :: list audit
SELECT * FROM audit WHERE ?1 IS NULL OR run_id = ?1 ORDER BY id;

-- :: wish graph
INSERT INTO graph_wishes (repository_id, repository, installation_id, at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (repository_id) DO UPDATE SET
    repository = excluded.repository, installation_id = excluded.installation_id, at = excluded.at,
    asked = asked + 1, tries = 0, due = 0, problem = '';

-- :: graph wishes
SELECT * FROM graph_wishes WHERE due <= ?1 ORDER BY at, repository_id LIMIT ?2;

-- :: grant graph wish
DELETE FROM graph_wishes WHERE repository_id = ?1 AND asked = ?2;

-- :: put off graph wish
UPDATE graph_wishes SET tries = tries + 1, due = ?3, problem = ?4 WHERE repository_id = ?1 AND asked = ?2;

-- :: revive graph wishes
UPDATE graph_wishes SET tries = 0, due = 0;

-- :: hush pull
INSERT INTO pull_hushes (repository_id, number, quiet, by, at) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (repository_id, number) DO UPDATE SET quiet = excluded.quiet, by = excluded.by, at = excluded.at;

-- :: unhush pull
DELETE FROM pull_hushes WHERE repository_id = ?1 AND number = ?2;

-- :: hush of pull
SELECT quiet, by FROM pull_hushes WHERE repository_id = ?1 AND number = ?2;

-- :: ignore on pull
INSERT INTO pull_ignores (repository_id, number, what, by, at) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (repository_id, number, what) DO NOTHING;

-- :: heed on pull
DELETE FROM pull_ignores WHERE repository_id = ?1 AND number = ?2 AND what = ?3;

-- :: ignored on pull
SELECT what FROM pull_ignores WHERE repository_id = ?1 AND number = ?2 ORDER BY what;

-- :: remember remark
INSERT INTO pull_remarks (repository_id, number, fingerprint) VALUES (?1, ?2, ?3)
ON CONFLICT (repository_id, number, fingerprint) DO NOTHING;

-- :: remembered remarks
SELECT fingerprint FROM pull_remarks WHERE repository_id = ?1 AND number = ?2;

-- :: remember review
INSERT INTO pull_reviews (repository_id, number, run_id, head, blob, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (repository_id, number) DO UPDATE SET
    run_id = excluded.run_id, head = excluded.head, blob = excluded.blob, at = excluded.at;

-- :: last review
SELECT * FROM pull_reviews WHERE repository_id = ?1 AND number = ?2;

-- :: wish follow-up
INSERT INTO follow_up_wishes (repository_id, cause, subject, repository, installation_id, since, due)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (repository_id, cause, subject) DO UPDATE SET
    repository = excluded.repository, installation_id = excluded.installation_id, asked = asked + 1, tries = 0,
    due = MAX(due, MIN(excluded.due, since + ?8));

-- :: follow-up wishes
SELECT * FROM follow_up_wishes WHERE due <= ?1 ORDER BY due, repository_id, subject LIMIT ?2;

-- :: end follow-up wish
DELETE FROM follow_up_wishes WHERE repository_id = ?1 AND cause = ?2 AND subject = ?3 AND asked = ?4;

-- :: renew follow-up wish
UPDATE follow_up_wishes SET since = ?4 WHERE repository_id = ?1 AND cause = ?2 AND subject = ?3;

-- :: put off follow-up
UPDATE follow_up_wishes SET due = MAX(due, ?4), tries = tries + 1
WHERE repository_id = ?1 AND cause = ?2 AND subject = ?3;

-- :: remember follow-up
INSERT INTO follow_ups (run_id, repository_id, number, cause, head, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (run_id) DO NOTHING;

-- :: followed heads
SELECT head FROM follow_ups WHERE repository_id = ?1 AND number = ?2 AND cause = ?3 ORDER BY at, run_id;

-- :: opener of pull
SELECT "order" FROM runs
WHERE repository_id = ?1 AND json_extract(ending, '$.pull_request.number') = ?2
  AND json_extract("order", '$.command.verb') IN ('implement', 'fix', 'plan')
  AND json_extract("order", '$.follows') IS NULL
ORDER BY arrival LIMIT 1;

-- :: worker of thread
SELECT run_id FROM runs
WHERE repository_id = ?1 AND (issue_number = ?2 OR json_extract(ending, '$.pull_request.number') = ?2)
  AND json_extract("order", '$.command.verb') IN ('implement', 'fix', 'plan')
ORDER BY arrival DESC LIMIT 1;

-- :: await decision
INSERT INTO plan_waits (run_id, comment_id, asked_at, due, look_at) VALUES (?1, ?2, ?3, ?4, ?3)
ON CONFLICT (run_id) DO NOTHING;

-- :: decide
UPDATE plan_waits SET decision = ?2, decided_at = ?3 WHERE run_id = ?1 AND decision IS NULL;

-- :: decision
SELECT decision FROM plan_waits WHERE run_id = ?1;

-- :: wait of issue
SELECT plan_waits.* FROM plan_waits JOIN runs USING (run_id)
WHERE repository_id = ?1 AND issue_number = ?2 AND ending IS NULL AND decision IS NULL
  AND json_extract("order", '$.command.verb') NOT IN ('deploy', 'rollback')
ORDER BY arrival DESC LIMIT 1;

-- :: undecided wait
SELECT asked_at FROM plan_waits JOIN runs USING (run_id) WHERE run_id = ?1 AND ending IS NULL AND decision IS NULL;

-- :: waits to look at
SELECT plan_waits.* FROM plan_waits JOIN runs USING (run_id)
WHERE ending IS NULL AND decision IS NULL AND (look_at <= ?1 OR due <= ?1) ORDER BY look_at LIMIT ?2;

-- :: look again
UPDATE plan_waits SET look_at = ?2 WHERE run_id = ?1;

-- :: waiting runs
SELECT run_id FROM plan_waits JOIN runs USING (run_id) WHERE ending IS NULL AND decision IS NULL ORDER BY arrival;

-- :: decided runs
SELECT run_id FROM plan_waits JOIN runs USING (run_id)
WHERE ending IS NULL AND decision IS NOT NULL AND NOT is_heard ORDER BY arrival;

-- :: decision heard
UPDATE plan_waits SET is_heard = 1 WHERE run_id = ?1;

-- :: keep steering
INSERT INTO run_steering (run_id, comment_id, by, body)
SELECT ?1, ?2, ?3, ?4 WHERE (SELECT COUNT(*) FROM run_steering WHERE run_id = ?1) < ?5
ON CONFLICT (run_id, comment_id) DO NOTHING;

-- :: list steering
SELECT comment_id, by, body FROM run_steering WHERE run_id = ?1 ORDER BY comment_id;

-- :: earlier runs
SELECT COUNT(*) AS runs, AVG(usd) AS usd, AVG(seconds) AS seconds FROM (
    SELECT (SELECT COALESCE(SUM(cost_usd), 0.0) FROM model_calls WHERE model_calls.run_id = runs.run_id) AS usd,
           ended_at - COALESCE((SELECT MIN(at) FROM phases WHERE phases.run_id = runs.run_id AND ordinal > 0), accepted_at)
               - COALESCE(decided_at - asked_at, 0) AS seconds
    FROM runs LEFT JOIN plan_waits USING (run_id)
    WHERE repository_id = ?1 AND json_extract(ending, '$.phase') = 'Complete'
        AND json_extract("order", '$.command.verb') IN ('implement', 'fix', 'plan')
        AND json_extract("order", '$.follows') IS NULL
    ORDER BY arrival DESC LIMIT ?2
);

-- :: propose
INSERT INTO proposals (repository_id, issue_number, command, at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (repository_id, issue_number) DO UPDATE SET
    command = excluded.command, at = excluded.at, taken_by = NULL, comment_id = NULL, look_at = NULL
WHERE excluded.at <> at OR excluded.command <> command;

-- :: proposed elsewhere
SELECT 1 FROM proposals WHERE repository_id = ?1 AND command = ?2 AND issue_number <> ?3 AND taken_by IS NULL LIMIT 1;

-- :: show proposal
UPDATE proposals SET origin = ?3, is_pull_request = ?4, comment_id = ?5, look_at = at
WHERE repository_id = ?1 AND issue_number = ?2 AND at = ?6 AND taken_by IS NULL AND comment_id IS NULL;

-- :: proposals to look at
SELECT * FROM proposals WHERE look_at <= ?1 AND at >= ?2 AND (taken_by IS NULL OR taken_by = 'thumb:' || comment_id)
ORDER BY look_at LIMIT ?3;

-- :: look at proposal again
UPDATE proposals SET look_at = ?3 WHERE comment_id = ?2 AND repository_id = ?1;

-- :: take proposal
UPDATE proposals SET taken_by = ?3
WHERE repository_id = ?1 AND issue_number = ?2 AND at >= ?4 AND (taken_by IS NULL OR taken_by = ?3) RETURNING command;

-- :: forget proposal
DELETE FROM proposals WHERE repository_id = ?1 AND issue_number = ?2 AND taken_by IS NULL AND at >= ?3;

-- :: resumes asked
SELECT run_id FROM notes WHERE key = 'resume' ORDER BY run_id;

-- :: races
SELECT value FROM notes JOIN runs USING (run_id) WHERE key = 'race' ORDER BY arrival DESC LIMIT ?1;

-- :: call seconds
SELECT seconds FROM model_calls WHERE model = ?1 AND request_id <> ?2 ORDER BY at DESC LIMIT ?3;

-- :: drop note
DELETE FROM notes WHERE run_id = ?1 AND key = ?2;

-- :: steps of run
SELECT number, name, error, started_at FROM steps WHERE run_id = ?1 ORDER BY number;

-- :: cut steps
DELETE FROM steps WHERE run_id = ?1 AND number >= ?2;

-- :: cut phases
DELETE FROM phases WHERE run_id = ?1 AND ordinal > 0 AND at >= ?2;

-- :: cut last phase
DELETE FROM phases WHERE run_id = ?1 AND ordinal > 0 AND ordinal = (SELECT MAX(ordinal) FROM phases WHERE run_id = ?1)
  AND phase IN ('Failed', 'Stopped');

-- :: reopen run
UPDATE runs SET ending = NULL, ended_at = NULL, was_told = 0, launches = 0, stop_by = NULL, stop_at = NULL
WHERE run_id = ?1 AND ending IS NOT NULL;

-- :: tell memory
INSERT INTO memory_outbox (id, occurrence, showing, judgement) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO NOTHING;

-- :: told memory
SELECT * FROM memory_outbox WHERE due <= ?1 ORDER BY number LIMIT ?2;

-- :: memory heard
DELETE FROM memory_outbox WHERE number = ?1;

-- :: put off memory
UPDATE memory_outbox SET tries = tries + 1, due = ?2 WHERE number = ?1;

-- :: retake memory
UPDATE memory_outbox SET due = 0 WHERE due >= ?1;

-- :: drop told lessons
DELETE FROM memory_outbox
WHERE occurrence IS NOT NULL AND (
  ?1 IS NULL
  OR CASE WHEN json_valid(occurrence) THEN json_extract(occurrence, '$.lesson.scope.repository') END = ?1
);

-- :: repositories
SELECT repository_id, json_extract("order", '$.repository.owner') AS owner,
  json_extract("order", '$.repository.name') AS name, MAX(arrival)
FROM runs GROUP BY repository_id;

-- :: hold still
INSERT INTO rollout_words (run_id, stage, due) VALUES (?1, ?2, ?3) ON CONFLICT (run_id, stage) DO NOTHING;

-- :: held stage
SELECT * FROM rollout_words WHERE run_id = ?1 AND stage = ?2;

-- :: promote stage
UPDATE rollout_words SET word = 'promote', said_by = ?2, said_at = ?3
WHERE run_id = ?1 AND word IS NULL AND stage = (SELECT MAX(stage) FROM rollout_words WHERE run_id = ?1);

-- :: abort roll-out
INSERT INTO rollout_words (run_id, stage, word, said_by, said_at) VALUES (?1, ?2, 'abort', ?3, ?4)
ON CONFLICT (run_id, stage) DO NOTHING;

-- :: said of stage
SELECT word, said_by FROM rollout_words WHERE run_id = ?1 AND stage IN (?2, ?3) AND word IS NOT NULL
ORDER BY stage LIMIT 1;

-- :: claim target
INSERT INTO target_claims (cluster, namespace, run_id, at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (cluster, namespace) DO UPDATE SET run_id = excluded.run_id, at = excluded.at
WHERE EXISTS (SELECT 1 FROM runs WHERE runs.run_id = target_claims.run_id AND runs.ending IS NOT NULL);

-- :: target claim
SELECT run_id FROM target_claims WHERE cluster = ?1 AND namespace = ?2;

-- :: target holder
SELECT run_id FROM target_claims JOIN runs USING (run_id) WHERE cluster = ?1 AND namespace = ?2 AND ending IS NULL;

-- :: free target
DELETE FROM target_claims WHERE cluster = ?1 AND namespace = ?2 AND run_id = ?3;

-- :: lock environment
INSERT INTO environment_locks (repository_id, environment, cause, by, reason, since, commit_id, run_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (repository_id, environment, cause) DO NOTHING;

-- :: environment lock
SELECT * FROM environment_locks WHERE repository_id = ?1 AND environment = ?2 AND cause = ?3;

-- :: unlock environment
DELETE FROM environment_locks WHERE repository_id = ?1 AND environment = ?2 AND since <= ?3 RETURNING *;

-- :: environment locks
SELECT * FROM environment_locks WHERE repository_id = ?1 AND (?2 IS NULL OR environment = ?2) ORDER BY since, cause;

-- :: block commit
INSERT INTO blocked_commits (repository_id, environment, commit_id, reason, by, since, run_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (repository_id, environment, commit_id) DO NOTHING;

-- :: unblock commit
DELETE FROM blocked_commits WHERE repository_id = ?1 AND environment = ?2 AND commit_id = ?3 AND since <= ?4;

-- :: blocked commits
SELECT * FROM blocked_commits WHERE repository_id = ?1 AND environment = ?2 ORDER BY since, commit_id;

-- :: approve deployment
INSERT INTO deployment_approvals (run_id, person_id, commit_id, digest, manifests, person, at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING;

-- :: deployment approvals
SELECT * FROM deployment_approvals WHERE run_id = ?1 ORDER BY at, person_id;

-- :: begin deployment
INSERT INTO deployments (run_id, repository_id, environment, cluster, namespace, release, by, began_at, is_rollback)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (run_id, environment) DO NOTHING;

-- :: end deployment
UPDATE deployments SET verdict = ?3, reason = ?4, ended_at = ?5
WHERE run_id = ?1 AND environment = ?2 AND verdict IS NULL;

-- :: deployments
SELECT * FROM deployments WHERE repository_id = ?1 AND environment = ?2 AND run_id <> ?4 ORDER BY number DESC LIMIT ?3;

-- :: deployment
SELECT * FROM deployments WHERE run_id = ?1 AND environment = ?2;

-- :: good releases
SELECT newest.*, MAX(number) FROM (
    SELECT * FROM deployments WHERE repository_id = ?1 AND environment = ?2 ORDER BY number DESC LIMIT ?4
) AS newest
WHERE verdict = 'pass' AND NOT EXISTS (
    SELECT 1 FROM blocked_commits WHERE blocked_commits.repository_id = ?1 AND blocked_commits.environment = ?2
        AND blocked_commits.commit_id = json_extract(release, '$.commit')
)
GROUP BY json_extract(release, '$.commit'), json_extract(release, '$.digest') ORDER BY MAX(number) DESC LIMIT ?3;

-- :: begin post
INSERT INTO chat_posts (mark, begun_at) VALUES (?1, ?2) ON CONFLICT (mark) DO NOTHING;

-- :: get post
SELECT begun_at, place FROM chat_posts WHERE mark = ?1;

-- :: keep post
INSERT INTO chat_posts (mark, begun_at, place) VALUES (?1, 0, ?2)
ON CONFLICT (mark) DO UPDATE SET place = excluded.place;

-- :: say in chat
INSERT INTO chat_outbox (mark, place, message, text, since, due) VALUES (?1, ?2, ?3, ?4, ?5, 0)
ON CONFLICT (mark) DO UPDATE SET
    place = excluded.place, message = excluded.message, text = excluded.text, version = version + 1;

-- :: unsaid in chat
SELECT * FROM chat_outbox WHERE due <= ?1 ORDER BY number LIMIT ?2;

-- :: said in chat
DELETE FROM chat_outbox WHERE number = ?1 AND version = ?2;

-- :: put off in chat
UPDATE chat_outbox SET tries = tries + 1, due = ?2 WHERE number = ?1;

-- :: run in chat
INSERT INTO chat_runs (run_id) VALUES (?1) ON CONFLICT (run_id) DO NOTHING;

-- :: runs in chat
SELECT run_id, shown FROM chat_runs WHERE NOT is_over ORDER BY rowid;

-- :: shown in chat
UPDATE chat_runs SET shown = ?2, is_over = ?3 WHERE run_id = ?1;

-- :: reopen run in chat
UPDATE chat_runs SET is_over = 0 WHERE run_id = ?1;

-- :: forget codes
DELETE FROM chat_codes WHERE due < ?1 - 86400;

-- :: new code
INSERT INTO chat_codes (digest, team, user, place, due) VALUES (?1, ?2, ?3, ?4, ?5);

-- :: too many codes
DELETE FROM chat_codes WHERE team = ?1 AND user = ?2 AND taken_by IS NULL AND digest NOT IN (
    SELECT digest FROM chat_codes WHERE team = ?1 AND user = ?2 AND taken_by IS NULL ORDER BY due DESC LIMIT ?3
);

-- :: take code
UPDATE chat_codes SET taken_by = ?2
WHERE digest = ?1 AND (taken_by = ?2 OR (taken_by IS NULL AND due >= ?3)) RETURNING team, user, place;

-- :: link
INSERT INTO chat_links (team, user, account_id, login, linked_at) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (team, user) DO UPDATE SET
    account_id = excluded.account_id, login = excluded.login, linked_at = excluded.linked_at;

-- :: link of
SELECT account_id, login, linked_at FROM chat_links WHERE team = ?1 AND user = ?2;

-- :: unlink
DELETE FROM chat_links WHERE team = ?1 AND user = ?2;

-- :: drop codes
DELETE FROM chat_codes WHERE team = ?1 AND user = ?2 AND taken_by IS NULL;

-- :: unlink account
DELETE FROM chat_links WHERE account_id = ?1;

-- :: insert incident
INSERT INTO incidents (id, number, version, repository_id, service, environment, issue, is_over, changed_at, incident)
VALUES (?1, (SELECT COALESCE(MAX(number), 0) + 1 FROM incidents), 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (id) DO NOTHING;

-- :: change incident
UPDATE incidents SET version = version + 1, repository_id = ?3, service = ?4, environment = ?5, issue = ?6, is_over = ?7,
  changed_at = ?8, incident = ?9
WHERE id = ?1 AND version = ?2;

-- :: incident
SELECT * FROM incidents WHERE id = ?1;

-- :: open incidents
SELECT * FROM incidents WHERE NOT is_over ORDER BY number;

-- :: list incidents
SELECT * FROM incidents WHERE ?2 IS NULL OR repository_id = ?2 ORDER BY number DESC LIMIT ?1;

-- :: incident of issue
SELECT * FROM incidents WHERE repository_id = ?1 AND issue = ?2 ORDER BY number DESC LIMIT 1;

-- :: incidents of service
SELECT * FROM incidents WHERE service = ?1 AND environment = ?2 AND (NOT is_over OR (changed_at >= ?3 - MAX(?4, ?5)
  AND changed_at >= ?3 - COALESCE(json_extract(incident, '$.cooldown_seconds'), ?4))) ORDER BY number;

-- :: insert incident alert
INSERT INTO incident_alerts (incident_id, fingerprint, number, alert, others, is_firing, first_at, last_at, heard)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, 1);

-- :: change incident alert
UPDATE incident_alerts SET alert = CASE WHEN alert IS NULL THEN NULL ELSE ?3 END, others = MAX(others, ?4),
  is_firing = ?5, last_at = ?6, heard = heard + 1
WHERE incident_id = ?1 AND fingerprint = ?2;

-- :: end unheard
UPDATE incident_alerts SET is_firing = 0, alert = CASE WHEN alert IS NULL THEN NULL
  ELSE json_set(alert, '$.is_firing', json('false'), '$.ended_at', ?4) END
WHERE incident_id = ?1 AND is_firing AND last_at <= ?3 AND CASE
  WHEN alert IS NOT NULL THEN json_extract(alert, '$.source') IN (SELECT value FROM json_each(?2))
  -- Of those that are not kept whole it is not known who sent them: they go by those that are.
  ELSE NOT EXISTS (
    SELECT 1 FROM incident_alerts AS kept WHERE kept.incident_id = ?1 AND kept.alert IS NOT NULL
      AND json_extract(kept.alert, '$.source') NOT IN (SELECT value FROM json_each(?2))) END;

-- :: count incident alerts
SELECT COUNT(*) AS kept, COALESCE(SUM(others), 0) AS others, COALESCE(SUM(is_firing), 0) AS firing
FROM incident_alerts WHERE incident_id = ?1;

-- :: incident alerts
SELECT * FROM incident_alerts WHERE incident_id = ?1 AND alert IS NOT NULL ORDER BY number LIMIT ?2;

-- :: incidents with alerts
SELECT incident_id, fingerprint, is_firing FROM incident_alerts
WHERE fingerprint IN (SELECT value FROM json_each(?1)) AND incident_id IN (SELECT value FROM json_each(?2));

-- :: incidents that fire by
SELECT DISTINCT service, environment FROM incidents JOIN incident_alerts ON incident_alerts.incident_id = incidents.id
WHERE fingerprint = ?1 AND is_firing;

-- :: end alert
INSERT INTO alert_ends (fingerprint, started_at, heard_at) VALUES (?1, ?2, ?3)
ON CONFLICT (fingerprint) DO UPDATE SET
    started_at = MAX(started_at, excluded.started_at), heard_at = excluded.heard_at;

-- :: forget alert ends
DELETE FROM alert_ends WHERE heard_at < ?1;

-- :: ended alerts
SELECT fingerprint, started_at FROM alert_ends
WHERE fingerprint IN (SELECT value FROM json_each(?1)) AND heard_at > ?2;

-- :: silence
INSERT INTO silences (service, until, by, reason) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (service) DO UPDATE SET until = excluded.until, by = excluded.by, reason = excluded.reason;

-- :: silences
SELECT * FROM silences WHERE until > ?1 ORDER BY service;

-- :: say of incident
INSERT INTO incident_words (incident_id, word, by_id, by, at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING;

-- :: words of incident
SELECT * FROM incident_words WHERE incident_id = ?1 ORDER BY number;

-- :: begin healing
INSERT INTO healings (run_id, repository_id, service, environment, kind, target, at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (run_id) DO NOTHING;

-- :: healing
SELECT run_id FROM healings WHERE run_id = ?1;

-- :: end healing
UPDATE healings SET verdict = ?2, is_undone = ?3 WHERE run_id = ?1;

-- :: healings
SELECT * FROM healings WHERE repository_id = ?1 AND service = ?2 AND environment = ?3 AND at > ?4 AND run_id <> ?5
ORDER BY at DESC;

-- :: keep sweep
INSERT INTO sweeps (at, sweep) VALUES (?1, ?2);

-- :: forget sweeps
DELETE FROM sweeps WHERE number <= (SELECT MAX(number) FROM sweeps) - ?1;

-- :: newest sweeps
SELECT sweep FROM sweeps ORDER BY number DESC LIMIT ?1;

-- :: roll-outs of nobody
SELECT runs."order" FROM deployments JOIN runs USING (run_id)
WHERE deployments.verdict IS NULL AND runs.ending IS NOT NULL ORDER BY deployments.number;

-- :: free locks of nobody
DELETE FROM issue_locks
WHERE at < ?1 AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.run_id = issue_locks.run_id AND runs.ending IS NULL)
RETURNING run_id;

-- :: last step time
SELECT MAX(MAX(started_at, COALESCE(finished_at, 0))) AS at FROM steps WHERE run_id = ?1;

-- :: repositories at work
SELECT "order", (SELECT MIN(accepted_at) FROM runs AS first WHERE first.repository_id = newest.repository_id) AS first_at
FROM runs AS newest
WHERE arrival IN (SELECT MAX(arrival) FROM runs WHERE accepted_at > ?1 GROUP BY repository_id)
ORDER BY arrival DESC LIMIT ?2;
