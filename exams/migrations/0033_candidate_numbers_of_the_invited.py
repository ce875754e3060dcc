from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exams', '0032_what_happens_when_the_time_is_up'),
    ]

    operations = [
        migrations.AddField(
            model_name='pendingenrolment',
            name='external_id',
            field=models.CharField(blank=True, default='', max_length=60, verbose_name='candidate number'),
        ),
    ]
