from django.db import migrations, models


class Migration(migrations.Migration):
    """A blob lies under a keyed name: a bare digest would let anyone try what a page may have shown."""

    dependencies = [("journal", "0002_blob")]

    operations = [
        migrations.RenameField("Blob", "digest", "name"),
        migrations.AlterField(
            "Blob",
            "name",
            models.CharField(help_text="keyed hash of its SHA-256, hexadecimal", max_length=64),
        ),
        migrations.AlterField("Blob", "made_at", models.DateTimeField(db_index=True)),
    ]
