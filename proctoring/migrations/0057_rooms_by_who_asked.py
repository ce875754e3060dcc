"""For which meeting of a replaced system a live room was made, instead of finding it by its title."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("proctoring", "0056_warnings_of_outside_sessions")]

    operations = [
        migrations.AddField(
            model_name="meeting",
            name="made_for",
            field=models.ForeignKey(
                blank=True,
                help_text="The meeting of a replaced system, one of whose participants comes here.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rooms",
                to="proctoring.compatmeeting",
            ),
        ),
    ]
