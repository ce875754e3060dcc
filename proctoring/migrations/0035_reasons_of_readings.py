"""Every institution that is there already gets the reasons for readings that new ones get."""

from typing import Any

from django.db import migrations

from proctoring.supervision.defaults import make_reading_reasons


def make(apps: Any, _editor: Any) -> None:
    codes = apps.get_model("proctoring", "ReasonCode")
    for institution in apps.get_model("accounts", "Institution")._base_manager.order_by("pk"):
        if not codes._base_manager.filter(institution_id=institution.pk, code__startswith="case_").exists():
            make_reading_reasons(institution, codes=codes)


class Migration(migrations.Migration):
    dependencies = [("proctoring", "0034_cases_read_by_two_people")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
