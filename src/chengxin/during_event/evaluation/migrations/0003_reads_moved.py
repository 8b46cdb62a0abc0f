from django.db import migrations

#: What was a leaf of the main log stays one: ``main_content_id``. What still waited becomes a leaf of the reads log.
MOVE = """
INSERT INTO access_read (at, account_id, department_id, role, purpose, matter, kind, "key", subject_id, what, leaf_content_id, main_content_id)
SELECT r.at, a.id, d.id, coalesce(a.role, 'token'), r.purpose, r.matter, 'evaluation', '', r.subject_id, r.what, NULL, r.leaf_content_id
FROM evaluation_evaluationread r LEFT JOIN access_account a ON a.username = r.by LEFT JOIN access_department d ON d.code = r.department
ORDER BY r.id
"""


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0002_external_results"), ("access", "0004_sealed_reads_moved")]
    operations = [migrations.RunSQL(MOVE, migrations.RunSQL.noop), migrations.DeleteModel(name="EvaluationRead")]
