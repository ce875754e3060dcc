from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0014_signed_webhooks'),
    ]

    operations = [
        migrations.AddField(
            model_name='institution',
            name='capture_origins',
            field=models.JSONField(blank=True, default=list, help_text='Origins by https; empty: none, captures come from pages of this server alone.', null=True, verbose_name='pages of other systems that may send captures'),
        ),
    ]
