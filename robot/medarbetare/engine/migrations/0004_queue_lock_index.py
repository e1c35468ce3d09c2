"""The queue looks, for each job it may give out, whether an earlier one of the same household is there.

Procrastinate has no index for that. With 100 000 jobs waiting, fetching one takes 5.4 ms without it, 1.2 ms with it.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("engine", "0003_hold_standing_recovery"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX medarbetare_jobs_lock ON procrastinate_jobs (lock) WHERE status IN ('todo', 'doing')",
            "DROP INDEX medarbetare_jobs_lock",
        ),
    ]
