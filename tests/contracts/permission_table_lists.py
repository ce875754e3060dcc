"""The part of the permission table about long lists: saved filters and exports; as in permission_table.py.

The filter of this world is of incidents, shared, and the reviewer's; so is the export.
"""

from tests.contracts.permission_rows import Row

_SAVED = "admin/accounts/savedfilter/"
_ONE = _SAVED + "<path:object_id>/"
_HERE = "admin/proctoring/incident/"
_EXPORT = _HERE + "exports/<int:incident_export_id>/"
_RUN = _HERE + "runs/<int:decision_run_id>/"
_OWN = "302 302 403 403 {0} 404 404 302 404 302"

LIST_ROWS = [
    Row("GET", _SAVED, "302 302 200 200 200 200 200 302 200 302"),
    Row("GET", _ONE + "change/", "302 302 200 200 200 200 200 302 302 302"),
    Row("GET", _ONE + "delete/", "302 302 403 403 200 200 200 302 302 302"),
    Row("GET", _ONE + "history/", "302 302 200 200 200 200 200 302 302 302"),
    Row("GET", _SAVED + "add/", "302 302 403 403 403 403 403 302 403 302"),
    Row("GET", _SAVED + "save/", "302 302 405 405 405 405 405 302 405 302"),
    Row(
        "POST",
        _SAVED + "save/",
        "302 302 302 302 302 302 302 302 302 302",
        body={"page": "incidents", "name": "Slight", "query": "severity__exact=low"},
    ),
    Row("GET", _SAVED + "<int:filter_id>/open/", "302 302 302 302 302 302 302 302 404 302"),
    Row("GET", _HERE + "export/", "302 302 405 405 405 405 405 302 405 302"),
    Row(
        "POST",
        _HERE + "export/",
        "302 302 403 403 200 200 200 302 200 302",
        body={"form": "csv"},
    ),
    Row("GET", _HERE + "many/all/", "302 302 405 405 405 405 405 302 405 302"),
    Row(  # a verb that is no verb
        "POST", _HERE + "many/all/", "302 302 302 302 302 302 302 302 302 302"
    ),
    Row("GET", _RUN, "302 302 404 404 200 404 404 302 404 302"),
    Row("GET", _RUN + "state/", "302 302 404 404 200 404 404 302 404 302"),
    Row("GET", _RUN + "undo/", "302 302 405 405 405 405 405 302 405 302"),
    Row("POST", _RUN + "undo/", "302 302 404 404 302 404 404 302 404 302"),
    Row("GET", _HERE + "exports/", "302 302 403 403 200 200 200 302 200 302"),
    Row("GET", _EXPORT, _OWN.format(200)),
    Row("GET", _EXPORT + "state/", _OWN.format(200)),
    Row("GET", _EXPORT + "file/", _OWN.format(302)),  # without a link: back to its page
    Row(
        "GET",
        "i/<slug:slug>/incidents/exports/<int:incident_export_id>/",
        "403 403 403 403 302 302 302 404 404 302",
    ),
]
