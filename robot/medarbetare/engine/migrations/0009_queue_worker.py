from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("engine", "0008_followed_households"),
    ]

    operations = [
        migrations.CreateModel(
            name="QueueWorker",
            fields=[
                (
                    "worker",
                    models.BigIntegerField(
                        help_text="its number in the queue's table of workers", primary_key=True, serialize=False
                    ),
                ),
                ("owner", models.CharField(help_text="the supervisor, as in a case's lease", max_length=64)),
            ],
        ),
    ]
