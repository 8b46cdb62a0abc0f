from django.db import migrations

#: What was a leaf of the main log stays one: ``main_content_id``. What still waited becomes a leaf of the reads log.
MOVE = """
INSERT INTO access_read (at, account_id, department_id, role, purpose, matter, kind, "key", subject_id, what, leaf_content_id, main_content_id)
SELECT r.at, r.account_id, r.department_id, coalesce(a.role, 'token'), r.purpose, r.matter, 'sealed_field',
       'c' || CAST(r.content_id AS varchar(20)) || '/' || r.field, NULL, '字段 ' || r.field, NULL, r.leaf_content_id
FROM access_sealedread r LEFT JOIN access_account a ON a.id = r.account_id ORDER BY r.id
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0003_reads")]
    operations = [migrations.RunSQL(MOVE, migrations.RunSQL.noop), migrations.DeleteModel(name="SealedRead")]
