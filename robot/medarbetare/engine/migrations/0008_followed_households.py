import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_case_of_household"),
        ("engine", "0007_rulesets"),
    ]

    operations = [
        migrations.CreateModel(
            name="FollowedHousehold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entry", models.PositiveBigIntegerField(help_text="index of the journal leaf that holds them")),
                ("department", models.CharField(max_length=64)),
                ("workflow", models.CharField(max_length=64)),
                ("household", models.CharField(help_text="pseudonym, as of its cases", max_length=64)),
                ("role", models.CharField(help_text="who may see it", max_length=64)),
                (
                    "worker",
                    models.CharField(
                        blank=True, help_text="the case worker, as the case system names them", max_length=150
                    ),
                ),
                ("heard_at", models.DateTimeField(help_text="when its newest application had come")),
                (
                    "stated_from",
                    models.DateField(help_text="when the first fact holds that a new application leaves", null=True),
                ),
                ("due", models.DateField(help_text="when contact is due because of such facts", null=True)),
                (
                    "silent_from",
                    models.DateField(help_text="from when it is a fact that no new application has come", null=True),
                ),
                ("silent_due", models.DateField(help_text="when contact is due because of that", null=True)),
                ("until", models.DateField(help_text="after this what was read is too old to be shown")),
                (
                    "case",
                    models.ForeignKey(
                        help_text="at whose end they were stated",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["department", "worker"], name="engine_followed_by_worker")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("department", "workflow", "household"), name="a_household_is_followed_once"
                    )
                ],
            },
        ),
    ]
