from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_handoff_gave_up"),
    ]

    operations = [
        migrations.AddField(
            model_name="handoff",
            name="urgent",
            field=models.BooleanField(default=False, help_text="stands first in the lists"),
        ),
    ]
