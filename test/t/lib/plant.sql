-- What an attacker puts in front of PostgreSQL's own: schema evil has every operator, function, aggregate, type and relation
-- of pg_catalog that a role may make, and a relation for each one of the extension's. Each run leaves a line in the server's
-- log, which no rollback and no handler takes back, and then fails with a SQLSTATE of its own.
\set ON_ERROR_STOP 1
CREATE ROLE mallory;
CREATE SCHEMA evil AUTHORIZATION mallory;
GRANT USAGE ON SCHEMA evil TO PUBLIC;
SET SESSION AUTHORIZATION mallory;
SET search_path = pg_catalog;
SET check_function_bodies = off;

CREATE FUNCTION evil.planted(what text) RETURNS bool LANGUAGE plpgsql PARALLEL SAFE COST 0.0001 AS $$
BEGIN
    RAISE LOG 'planted: % as %', what, current_user;
    RAISE EXCEPTION 'planted: %', what USING ERRCODE = 'EV111';
END $$;

-- A routine of that name and these argument types, which leaves its name.
CREATE PROCEDURE evil.plant(name text, arguments text, result text, what text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE FUNCTION evil.%I(%s) RETURNS %s LANGUAGE plpgsql PARALLEL SAFE COST 0.0001 AS %L', name, arguments,
        result, format('BEGIN PERFORM evil.planted(%L); END', what));
END $$;

-- Types of arguments as they must be written; the types that no role can make a function of are left out.
CREATE FUNCTION evil.arguments(types oid[]) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN bool_and(t.typtype <> 'p' OR t.typname ~ '^any|^record$')
        THEN coalesce(string_agg(CASE WHEN t.typname = 'any' THEN 'anyelement' ELSE 'pg_catalog.' || quote_ident(t.typname) END,
            ', ' ORDER BY a.n), '')
        WHEN count(*) = 0 THEN '' END
    FROM unnest(types) WITH ORDINALITY a (type, n) JOIN pg_type t ON t.oid = a.type $$;

-- What a planted routine answers: it never does, but the statement must be accepted up to there.
CREATE FUNCTION evil.result(type oid, types oid[]) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN t.typtype <> 'p' THEN 'pg_catalog.' || quote_ident(t.typname)
        WHEN t.typname = 'void' THEN 'void'
        WHEN t.typname ~ '^any.' AND EXISTS (SELECT FROM pg_type p WHERE p.oid = ANY (types) AND p.typname = t.typname)
        THEN t.typname ELSE 'pg_catalog.bool' END
    FROM pg_type t WHERE t.oid = type $$;

CREATE TABLE evil.refused (what text, error text);

DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT o.oprname AS name, o.oid, evil.arguments(array_remove(ARRAY[o.oprleft, o.oprright], 0)) AS arguments,
            evil.arguments(ARRAY[o.oprleft]) AS l, evil.arguments(ARRAY[o.oprright]) AS r, o.oprleft = 0 AS is_prefix,
            evil.result(o.oprresult, ARRAY[o.oprleft, o.oprright]) AS result
        FROM pg_operator o WHERE o.oprnamespace = 'pg_catalog'::regnamespace
    LOOP
        BEGIN
            CALL evil.plant('op_' || one.oid, one.arguments, one.result, format('operator %s', one.oid::regoperator));
            EXECUTE format('CREATE OPERATOR evil.%s (%s RIGHTARG = %s, FUNCTION = evil.op_%s)', one.name,
                CASE WHEN one.is_prefix THEN '' ELSE 'LEFTARG = ' || one.l || ',' END, one.r, one.oid);
        EXCEPTION WHEN OTHERS THEN
            INSERT INTO evil.refused VALUES (one.oid::regoperator::text, SQLERRM);
        END;
    END LOOP;
END $$;

DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT p.oid, p.proname AS name, p.prokind AS kind, evil.arguments(p.proargtypes::oid[]) AS arguments,
            CASE WHEN p.proretset AND p.proargmodes IS NULL THEN 'SETOF ' ELSE '' END
                || evil.result(p.prorettype, p.proargtypes::oid[]) AS result
        FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
    LOOP
        BEGIN
            IF one.arguments IS NULL THEN
                CONTINUE;
            ELSIF one.kind <> 'a' THEN
                CALL evil.plant(one.name, one.arguments, one.result,
                    format('function %s', one.oid::regprocedure));
            ELSIF one.arguments = '' THEN
                CALL evil.plant('agg_' || one.oid, 'bigint', 'bigint', format('aggregate %s', one.oid::regprocedure));
                EXECUTE format('CREATE AGGREGATE evil.%I(*) (SFUNC = int8inc, STYPE = int8, INITCOND = 0,'
                    ' FINALFUNC = evil.agg_%s)', one.name, one.oid);
            ELSIF one.oid = 'count("any")'::regprocedure THEN
                CALL evil.plant('agg_' || one.oid, 'bigint', 'bigint', format('aggregate %s', one.oid::regprocedure));
                EXECUTE format('CREATE AGGREGATE evil.%I("any") (SFUNC = int8inc_any, STYPE = int8, INITCOND = 0,'
                    ' FINALFUNC = evil.agg_%s)', one.name, one.oid);
            ELSE
                CALL evil.plant('agg_' || one.oid, concat_ws(', ', 'bool', one.arguments), 'bool',
                    format('aggregate %s', one.oid::regprocedure));
                EXECUTE format('CREATE AGGREGATE evil.%I(%s) (SFUNC = evil.agg_%s, STYPE = bool)', one.name, one.arguments,
                    one.oid);
            END IF;
        EXCEPTION WHEN OTHERS THEN
            INSERT INTO evil.refused VALUES (one.oid::regprocedure::text, SQLERRM);
        END;
    END LOOP;
END $$;

-- Routines of any arguments lose only against those of the very arguments.
DO $$
DECLARE
    name text;
    arguments text;
BEGIN
    FOREACH name IN ARRAY '{format,concat,jsonb_build_object,json_build_object,jsonb_build_array,json_build_array}'::text[] LOOP
        FOREACH arguments IN ARRAY '{"text, text","text, bigint","text, int","text, text, text","text, numeric","text, text, text, bigint"}'::text[] LOOP
            CALL evil.plant(name, arguments, CASE WHEN name LIKE 'json%' THEN 'jsonb' ELSE 'text' END, 'function ' || name);
        END LOOP;
    END LOOP;
END $$;

-- Types: a domain of the same name, whose values leave its name.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT t.typname AS name FROM pg_type t
        WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype IN ('b', 'r') AND t.typelem = 0
    LOOP
        BEGIN
            EXECUTE format('CREATE DOMAIN evil.%I AS pg_catalog.%I CHECK (evil.planted(%L))', one.name, one.name,
                'type ' || one.name);
        EXCEPTION WHEN OTHERS THEN
            INSERT INTO evil.refused VALUES (one.name, SQLERRM);
        END;
    END LOOP;
END $$;

-- Relations: as many columns of the same types; a row that is read leaves its name.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT c.relname AS name, string_agg(DISTINCT format('NULL::%s AS %I', format_type(a.atttypid, a.atttypmod), a.attname), ', ')
            AS columns
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            JOIN pg_type t ON t.oid = a.atttypid AND t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype <> 'p'
        WHERE c.relnamespace::regnamespace::text IN ('pg_catalog', 'loyalty', 'loyalty_data') AND c.relkind IN ('r', 'v', 'p')
        GROUP BY c.relname
    LOOP
        BEGIN
            EXECUTE format('CREATE VIEW evil.%I AS SELECT %s WHERE evil.planted(%L)', one.name, one.columns, 'relation ' || one.name);
            EXECUTE format('GRANT ALL ON evil.%I TO PUBLIC', one.name);
        EXCEPTION WHEN OTHERS THEN
            INSERT INTO evil.refused VALUES (one.name, SQLERRM);
        END;
    END LOOP;
END $$;
RESET SESSION AUTHORIZATION;
RESET search_path;
