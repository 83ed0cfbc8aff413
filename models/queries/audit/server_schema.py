"""What a PostgreSQL schema is made of, as (kind, name, text), from the server's own catalogue.

Of the schema that comes first where names are looked for; its name is taken out of the texts. A
trigger that is switched off is another one than the program made.
"""

from __future__ import annotations

import sqlalchemy as sa

MADE_ON_A_SERVER = sa.text("""
WITH here AS (SELECT current_schema()::regnamespace AS id),
relation AS (SELECT c.* FROM pg_class c, here WHERE c.relnamespace = here.id),
made(kind, name, body) AS (
    SELECT 'table', c.relname::text, string_agg(
        concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                  a.attidentity, pg_get_expr(d.adbin, d.adrelid, true)),
        ', ' ORDER BY a.attname)
    FROM relation c JOIN pg_attribute a ON a.attrelid = c.oid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped
    GROUP BY c.relname
  UNION ALL
    SELECT 'constraint', k.conrelid::regclass || '.' || k.conname,
           concat_ws(' ', pg_get_constraintdef(k.oid, true), k.convalidated)
    FROM pg_constraint k, here WHERE k.connamespace = here.id AND k.contype <> 't'
  UNION ALL
    SELECT 'index', c.relname::text,
           concat_ws(' ', pg_get_indexdef(c.oid, 0, true), i.indisvalid)
    FROM relation c JOIN pg_index i ON i.indexrelid = c.oid
  UNION ALL
    SELECT 'trigger', t.tgrelid::regclass || '.' || t.tgname,
           concat_ws(' ', pg_get_triggerdef(t.oid, true), 'enabled', t.tgenabled)
    FROM pg_trigger t JOIN relation c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
  UNION ALL
    SELECT 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid)
    FROM pg_proc p, here WHERE p.pronamespace = here.id AND p.prokind IN ('f', 'p')
  UNION ALL
    SELECT 'view', c.relname::text, pg_get_viewdef(c.oid, true)
    FROM relation c WHERE c.relkind IN ('v', 'm')
  UNION ALL
    SELECT 'rule', r.ev_class::regclass || '.' || r.rulename, pg_get_ruledef(r.oid, true)
    FROM pg_rewrite r JOIN relation c ON c.oid = r.ev_class WHERE c.relkind NOT IN ('v', 'm')
  UNION ALL
    SELECT 'policy', y.polrelid::regclass || '.' || y.polname,
           pg_get_expr(y.polqual, y.polrelid, true)
    FROM pg_policy y JOIN relation c ON c.oid = y.polrelid
)
SELECT kind, name, replace(coalesce(body, ''), current_schema() || '.', '') FROM made
""")
