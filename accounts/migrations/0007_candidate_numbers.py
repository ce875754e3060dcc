import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_kind_of_an_institution'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='external_id',
            field=models.CharField(blank=True, default='', help_text="By which the institution's own records know a candidate.", max_length=60, verbose_name='candidate number'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(models.F('institution'), django.db.models.functions.text.Lower('external_id'), condition=models.Q(('external_id', ''), _negated=True), name='membership_number_once'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('external_id', ''), ('role', 'candidate'), _connector='OR'), name='membership_number_of_candidate'),
        ),
    ]
