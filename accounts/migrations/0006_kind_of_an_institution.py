from django.db import migrations, models


def keep_education(apps, schema_editor):
    """Who said that it is no education stays so; whether it is an employer nobody knows yet."""
    institutions = apps.get_model("accounts", "Institution").objects
    institutions.filter(is_education=False).update(kind="other")


def back_to_education(apps, schema_editor):
    """The way back, for a migration that is undone."""
    institutions = apps.get_model("accounts", "Institution").objects
    institutions.exclude(kind="education").update(is_education=False)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_files_to_remove")]

    operations = [
        migrations.AddField(
            model_name="institution",
            name="kind",
            field=models.CharField(
                choices=[
                    ("education", "School, university or examination board"),
                    ("employment", "Employer, recruiter or staff training"),
                    ("other", "Something else"),
                ],
                default="education",
                help_text="With the country it decides which law applies.",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="institution",
            name="allows_emotions",
            field=models.BooleanField(
                default=False,
                help_text="Has no effect where the law forbids it, and never in an exam.",
                verbose_name="expressions may be named",
            ),
        ),
        migrations.RunPython(keep_education, back_to_education),
        migrations.RemoveField(model_name="institution", name="is_education"),
    ]
