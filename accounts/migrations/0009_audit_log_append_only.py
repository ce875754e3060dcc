"""The database itself refuses to change or delete entries of the audit log (docs/decisions/0145).

A later migration that remakes one of these tables on SQLite loses its triggers, and has to make them again:
tests/services/accounts/test_audit_log.py notices.
"""

from django.db import migrations

WORDS = "the audit log is append-only"
TABLES = {"entry": "accounts_auditentry", "checkpoint": "accounts_auditcheckpoint"}


def make(apps, schema_editor):
    schema_editor.execute("CREATE TABLE accounts_audit_opening (opened integer NOT NULL)")
    if schema_editor.connection.vendor == "sqlite":
        for name, table in TABLES.items():
            for verb in ("update", "delete"):
                schema_editor.execute(
                    f"CREATE TRIGGER audit_{name}_no_{verb} BEFORE {verb.upper()} ON {table} "
                    "WHEN NOT EXISTS (SELECT 1 FROM accounts_audit_opening) "
                    f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
                )
        return
    schema_editor.execute(
        "CREATE FUNCTION accounts_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NOT EXISTS (SELECT 1 FROM accounts_audit_opening) THEN "
        f"RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF; RETURN OLD; END $$"
    )
    for name, table in TABLES.items():
        for verb in ("update", "delete"):
            schema_editor.execute(
                f"CREATE TRIGGER audit_{name}_no_{verb} BEFORE {verb.upper()} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION accounts_audit_refuse()"
            )
        schema_editor.execute(
            f"CREATE TRIGGER audit_{name}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_refuse()"
        )


def drop(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for name, table in TABLES.items():
        for verb in ("update", "delete") if is_sqlite else ("update", "delete", "truncate"):
            on = "" if is_sqlite else f" ON {table}"
            schema_editor.execute(f"DROP TRIGGER audit_{name}_no_{verb}{on}")
    if not is_sqlite:
        schema_editor.execute("DROP FUNCTION accounts_audit_refuse()")
    schema_editor.execute("DROP TABLE accounts_audit_opening")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_audit_search_and_checkpoints'),
    ]

    operations = [migrations.RunPython(make, drop)]
