from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_case_of_household"),
    ]

    operations = [
        migrations.AddField(
            model_name="handoff",
            name="gave_up",
            field=models.BooleanField(
                default=False, help_text="the robot's attempts ran out; a person may let it try again"
            ),
        ),
        migrations.AlterField(
            model_name="handoff",
            name="closed_as",
            field=models.CharField(
                blank=True,
                choices=[
                    ("godkänd", "Approved"),
                    ("övertagen", "Taken Over"),
                    ("avslutad av handläggare", "Finished Elsewhere"),
                    ("utredd", "Settled"),
                    ("återlämnad till roboten", "Retried"),
                ],
                max_length=32,
            ),
        ),
    ]
