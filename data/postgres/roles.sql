-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- roles.sql - who may do what in a store on PostgreSQL. See docs/postgres.md.
--
--   psql -d DATABASE -f roles.sql
--
-- by the owner of the database (who may make roles) or a superuser, after `tocsin init`; again after every
-- init that brought the schema up to date. Run again it changes nothing. It holds no password: these roles
-- cannot log in. Make logins that are members of one of them:
--
--   CREATE ROLE lena LOGIN IN ROLE tocsin_reader;      then \password lena
--   CREATE ROLE desk LOGIN IN ROLE tocsin_owner;  ALTER ROLE desk SET role = tocsin_owner;
--
--   tocsin_owner    everything: rounds, months, retention, erasure, shards; sees restricted records
--   tocsin_worker   takes documents that wait, keeps their events, acknowledges; sees restricted records
--   tocsin_reader   reads what is not restricted: lists, reports, search, why, export
--   tocsin_web      the same for the pages, without the index of words
--
-- Row-level security stands on the tables, not on their partitions by month: those inherit it only through
-- the table they are a part of, so nobody but the owner has a right on a partition. Months made later are
-- new tables without any grant, and need nothing.

\set ON_ERROR_STOP on
SET client_min_messages = warning;
BEGIN;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['tocsin_owner', 'tocsin_worker', 'tocsin_reader', 'tocsin_web'] LOOP
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
			EXECUTE format('CREATE ROLE %I NOLOGIN', name);
		END IF;
	END LOOP;
	IF NOT pg_has_role(current_user, 'tocsin_owner', 'MEMBER') THEN
		EXECUTE format('GRANT tocsin_owner TO %I', current_user);
	END IF;
	EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
	EXECUTE format('GRANT CONNECT ON DATABASE %I TO tocsin_owner, tocsin_worker, tocsin_reader, tocsin_web',
		       current_database());
	EXECUTE format('GRANT CREATE ON DATABASE %I TO tocsin_owner', current_database());
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO tocsin_owner;
GRANT USAGE ON SCHEMA public TO tocsin_worker, tocsin_reader, tocsin_web;

-- ---- every table, partition and shard is the owner's; nobody else has anything but what follows ----

DO $$
DECLARE
	thing record;
BEGIN
	FOR thing IN
		SELECT c.oid::regclass AS name, c.relkind AS kind FROM pg_class c
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'f') AND
			c.relowner <> 'tocsin_owner'::regrole
	LOOP
		EXECUTE format('ALTER %s TABLE %s OWNER TO tocsin_owner', CASE thing.kind WHEN 'f' THEN 'FOREIGN' END,
			       thing.name);
	END LOOP;
END $$;

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, tocsin_worker, tocsin_reader, tocsin_web;
ALTER DEFAULT PRIVILEGES FOR ROLE tocsin_owner IN SCHEMA public
	REVOKE ALL ON TABLES FROM PUBLIC, tocsin_worker, tocsin_reader, tocsin_web;

-- ---- rows by licence: all tables that have the column ----

DO $$
DECLARE
	name regclass;
BEGIN
	FOR name IN
		SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND
			a.attname = 'licence' AND NOT a.attisdropped
	LOOP
		EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('DROP POLICY IF EXISTS unrestricted ON %s', name);
		EXECUTE format('CREATE POLICY unrestricted ON %s FOR SELECT TO tocsin_reader, tocsin_web '
			       'USING (licence <> ''restricted'')', name);
		EXECUTE format('DROP POLICY IF EXISTS worker_reads ON %s', name);
		EXECUTE format('CREATE POLICY worker_reads ON %s FOR SELECT TO tocsin_worker USING (true)', name);
		EXECUTE format('DROP POLICY IF EXISTS worker_keeps ON %s', name);
		EXECUTE format('GRANT SELECT ON %s TO tocsin_reader, tocsin_web', name);
	END LOOP;
END $$;

-- ---- reader and web ----

-- What has no licence of its own says something of restricted records too, and is not for them: counts by
-- day, the queue, dead letters, reasons of erasures.
GRANT SELECT ON migration, state TO tocsin_worker, tocsin_reader, tocsin_web;
REVOKE ALL ON search_text FROM tocsin_web;

-- ---- the ledger of forecasts: added to and read, by the owner too; heads are for everybody ----

-- Its entries say chances that may rest on restricted records, so they are the owner's alone.
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entry, ledger_head FROM tocsin_owner;
GRANT SELECT ON ledger_head TO tocsin_worker, tocsin_reader, tocsin_web;

-- ---- worker: documents in, events out ----

GRANT SELECT ON document, event, record, payload, span, unit, note, origin, erased TO tocsin_worker;
GRANT INSERT ON event, record, payload, span TO tocsin_worker;
GRANT SELECT, UPDATE, DELETE ON queue TO tocsin_worker;
GRANT SELECT, INSERT ON dead_letter TO tocsin_worker;
GRANT SELECT, INSERT, UPDATE ON event_day TO tocsin_worker;
GRANT INSERT, UPDATE ON state TO tocsin_worker;

-- It keeps events and nothing else: the ids of no other kind begin with "ev".
CREATE POLICY worker_keeps ON event FOR INSERT TO tocsin_worker WITH CHECK (true);
CREATE POLICY worker_keeps ON record FOR INSERT TO tocsin_worker WITH CHECK (id >= 'ev' AND id < 'ew');
CREATE POLICY worker_keeps ON payload FOR INSERT TO tocsin_worker WITH CHECK (id >= 'ev' AND id < 'ew');
CREATE POLICY worker_keeps ON span FOR INSERT TO tocsin_worker WITH CHECK (id >= 'ev' AND id < 'ew');

-- Of what the store remembers of itself it writes which words and rules it was coded with, and never until
-- when payload was given up.
ALTER TABLE state ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS read_state ON state;
CREATE POLICY read_state ON state FOR SELECT TO tocsin_worker, tocsin_reader, tocsin_web USING (true);
DROP POLICY IF EXISTS worker_adds ON state;
CREATE POLICY worker_adds ON state FOR INSERT TO tocsin_worker WITH CHECK (name = 'coder');
DROP POLICY IF EXISTS worker_changes ON state;
CREATE POLICY worker_changes ON state FOR UPDATE TO tocsin_worker USING (name = 'coder') WITH CHECK (name = 'coder');

COMMIT;
