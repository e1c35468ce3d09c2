"""The journal's tables, and the one row of its head: an empty tree."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar[list[tuple[str, str]]] = []
    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        migrations.CreateModel(
            name="CaseKey",
            fields=[
                ("holder", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("department", models.CharField(max_length=64)),
                ("wrapped", models.BinaryField(max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("note", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Head",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("size", models.PositiveBigIntegerField()),
                ("frontier", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("index", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("case", models.CharField(help_text="handle; null: concerns the robot", max_length=64, null=True)),
                ("kind", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=128)),
                ("time", models.DateTimeField()),
                ("actor", models.CharField(max_length=128)),
                ("department", models.CharField(max_length=64)),
                (
                    "signed",
                    models.PositiveBigIntegerField(
                        help_text="size of the last checkpoint then, so that none can vanish"
                    ),
                ),
                ("payload_hash", models.BinaryField(max_length=32)),
                ("leaf_hash", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="Payload",
            fields=[
                (
                    "leaf",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="journal.leaf",
                    ),
                ),
                ("sealed", models.BinaryField()),
            ],
        ),
        migrations.AddIndex(
            model_name="leaf",
            index=models.Index(fields=["case", "index"], name="journal_leaf_of_case"),
        ),
        migrations.RunSQL(
            "INSERT INTO journal_head (id, size, frontier) VALUES (1, 0, '')",
            reverse_sql="DELETE FROM journal_head",
        ),
    ]
