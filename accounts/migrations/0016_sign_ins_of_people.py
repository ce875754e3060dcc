"""Sign-ins of people, and the sessions that they began (decision 0200)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0015_capture_origins"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("means", models.CharField(blank=True, help_text="Such as: password, mfa.", max_length=60)),
                ("device", models.CharField(blank=True, help_text="Such as: Firefox on Windows.", max_length=60)),
                ("session_key", models.CharField(blank=True, db_index=True, help_text="Of the session that it began; emptied at its end.", max_length=40)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["person", "-at"], name="sign_ins_of_person")],
            },
        ),
    ]
