"""Every institution that is there already gets the coded reasons and ready texts that new ones get."""

from typing import Any

from django.db import migrations

from proctoring.supervision.defaults import make_defaults


def make(apps: Any, _editor: Any) -> None:
    codes = apps.get_model("proctoring", "ReasonCode")
    texts = apps.get_model("proctoring", "ReadyText")
    for institution in apps.get_model("accounts", "Institution")._base_manager.order_by("pk"):
        if not codes._base_manager.filter(institution_id=institution.pk).exists():
            make_defaults(institution, codes=codes, texts=texts)


class Migration(migrations.Migration):
    dependencies = [("proctoring", "0024_coded_reasons_and_acts_on_many")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
