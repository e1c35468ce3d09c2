from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0006_whose_handoff"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["department", "household"], name="cases_case_of_household"),
        ),
    ]
