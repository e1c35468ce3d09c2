from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_inbox_reading"),
    ]

    operations = [
        migrations.AddField(
            model_name="handoff",
            name="assigned_to",
            field=models.CharField(
                blank=True,
                help_text="user name of whom of the role it goes to; empty: the group's list",
                max_length=150,
            ),
        ),
        migrations.CreateModel(
            name="StaffName",
            fields=[
                ("user", models.CharField(max_length=150, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                (
                    "folded",
                    models.CharField(
                        help_text="as names are compared, see `staff.folded`", max_length=100, unique=True
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.CharField(max_length=150)),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("cover", models.CharField(blank=True, max_length=150)),
            ],
            options={
                "indexes": [models.Index(fields=["user", "last"], name="cases_absence_of_user")],
            },
        ),
    ]
