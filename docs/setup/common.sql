-- What every set-up begins with: the extension in a fresh database, and a session that prints as the pages do.
-- Run by a superuser, since the examples set the clock.
\set QUIET on
\pset pager off
\o /dev/null
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS loyalty;
RESET client_min_messages;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
