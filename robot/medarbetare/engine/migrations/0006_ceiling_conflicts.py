import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_inbox_reading"),
        ("engine", "0005_log_ins"),
    ]

    operations = [
        migrations.CreateModel(
            name="Conflict",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("department", models.CharField(max_length=64)),
                ("pseudonym", models.CharField(max_length=64)),
                ("added_at", models.DateTimeField()),
                ("added_by", models.CharField(help_text="as an actor in the journal", max_length=150)),
                ("why", models.CharField(help_text="Swedish, no personal data", max_length=80)),
                ("until", models.DateField(help_text="the last day; null: until it is removed", null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("department", "pseudonym"), name="a_person_is_on_a_list_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reservation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=64)),
                ("day", models.DateField()),
                ("amount", models.DecimalField(decimal_places=2, help_text="kronor", max_digits=12)),
                (
                    "within",
                    models.BooleanField(
                        help_text="there was room; otherwise nothing is reserved and a person looks first"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reservations", to="cases.case"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "day"], name="reservation_of_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "kind"), name="one_reservation_per_case_and_kind"),
                ],
            },
        ),
    ]
