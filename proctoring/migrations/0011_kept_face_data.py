from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('proctoring', '0010_policies_that_listen'),
    ]

    operations = [
        migrations.CreateModel(
            name='KeptFaceData',
            fields=[
            ],
            options={
                'verbose_name': 'check-in photo and head baseline',
                'verbose_name_plural': 'check-in photos and head baselines',
                'ordering': ['-id'],
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('proctoring.monitoringsession',),
        ),
    ]
