-- What Enrolment does in PostgreSQL to register a candidate, statement by statement, for pgbench.
\set number random(1, 9000000000000000)
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
SELECT pg_advisory_xact_lock(7881828061613727526);
SELECT request_digest, reply FROM store_replies
  WHERE principal = 'operator pgbench' AND method = 'olp.enrolment.v1.Candidates/RegisterCandidate'
    AND idempotency_key = 'pgbench-' || :number::text;
INSERT INTO candidates (id, full_name, email, trn, school_urn, group_uid, created_at, updated_at, version, name_key)
  VALUES ('pgbench-' || :number::text, 'Measured Candidate ' || :number::text, NULL, NULL, NULL, NULL, 1795966383009055, 1795966383009055, 1,
          'measured candidate ' || :number::text)
  ON CONFLICT (id) DO UPDATE SET full_name = excluded.full_name, email = excluded.email, trn = excluded.trn,
    school_urn = excluded.school_urn, group_uid = excluded.group_uid, updated_at = excluded.updated_at,
    version = excluded.version, name_key = excluded.name_key;
DELETE FROM candidate_words WHERE candidate_id = 'pgbench-' || :number::text;
INSERT INTO candidate_words (word, candidate_id) VALUES ('measured', 'pgbench-' || :number::text);
INSERT INTO candidate_words (word, candidate_id) VALUES ('candidate', 'pgbench-' || :number::text);
INSERT INTO candidate_words (word, candidate_id) VALUES (:number::text, 'pgbench-' || :number::text);
INSERT INTO candidate_words (word, candidate_id) VALUES ('a' || :number::text, 'pgbench-' || :number::text);
INSERT INTO store_history (entity, entity_id, version, at, actor_id, actor_kind, change, reason, detail_json, request_id)
  VALUES ('candidate', 'pgbench-' || :number::text, 1, 1795966383009055, 'pgbench', 'operator', 'registered', 'measured',
          '{"fullName":["…","…"]}', '');
INSERT INTO store_events (position, id, type, subject, subject_version, at, actor_id, actor_kind, payload_type, payload)
  SELECT last_position + 1, 'pgbench-' || :number::text, 'candidate.registered', 'pgbench-' || :number::text, 1, 1795966383009055,
         'pgbench', 'operator', 'olp.enrolment.v1.CandidateChanged', decode(repeat('0a', 60), 'hex')
  FROM store_feed;
UPDATE store_feed SET last_position = last_position + 1;
INSERT INTO store_replies (principal, method, idempotency_key, request_digest, reply, created_at)
  VALUES ('operator pgbench', 'olp.enrolment.v1.Candidates/RegisterCandidate', 'pgbench-' || :number::text,
          decode(repeat('e7', 32), 'hex'), decode(repeat('0a', 100), 'hex'), 1795966383009055);
SELECT pg_notify('store_events.enrolment', '');
COMMIT;
