"""Whether another exam system shows its candidate what proctors write."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("proctoring", "0055_compat_keys_renew")]

    operations = [
        migrations.AddField(
            model_name="outsidesession",
            name="shows_warnings",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="The other system shows its candidate what proctors write, and says when it did.",
            ),
        ),
    ]
