from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("engine", "0006_ceiling_conflicts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ruleset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workflow", models.CharField(max_length=64)),
                ("version", models.CharField(help_text="SHA-256 over the files, hexadecimal", max_length=64)),
                ("files", models.JSONField(help_text="content by name, as text")),
                ("kept_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workflow", "version"), name="a_version_of_rules_is_kept_once"),
                ],
            },
        ),
    ]
