"""References of cases that were made before references were kept apart from them."""

from django.db import migrations

_FILL = """
INSERT INTO cases_knownreference (inbox, digest, source, first_seen_at)
SELECT inbox, encode(sha256(convert_to(reference, 'UTF8')), 'hex'), 'ärende', created_at FROM cases_case
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_deadline_waits_for_known_reference"),
    ]

    operations = [migrations.RunSQL(_FILL, migrations.RunSQL.noop)]
