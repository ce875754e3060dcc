"""The part of the permission table about the admin of proctoring; columns as in permission_table.py.

Nothing here is added or deleted by hand but policies: those addresses answer 404. Objects of a sitting that
a proctor does not watch, and all objects of another institution, answer 404.
"""

from tests.contracts.permission_rows import Row

_HERE = "admin/proctoring/"

PROCTORING_ADMIN_ROWS = [
    Row("GET", _HERE + "compatkey/", "302 302 403 403 403 403 200 302 200 302"),
    Row("GET", _HERE + "compatkey/<path:object_id>/change/", "302 302 403 403 403 403 200 302 302 302"),
    Row("GET", _HERE + "compatkey/<path:object_id>/delete/", "302 302 403 403 403 403 403 302 403 302"),
    Row("GET", _HERE + "compatkey/<path:object_id>/history/", "302 302 403 403 403 403 200 302 302 302"),
    Row("GET", _HERE + "compatkey/add/", "302 302 403 403 403 403 403 302 403 302"),
    Row("GET", _HERE + "compatkey/new/", "302 302 403 403 403 403 200 302 200 302"),
    Row("GET", _HERE + "compatkey/<int:key_id>/revoke/", "302 302 403 403 403 403 200 302 404 302"),
    Row("GET", _HERE + "candidatewarning/", "302 302 200 200 200 200 200 302 200 302"),
    Row(
        "GET", _HERE + "candidatewarning/<path:object_id>/change/", "302 302 200 404 200 200 200 302 404 302"
    ),
    Row(
        "GET", _HERE + "candidatewarning/<path:object_id>/delete/", "302 302 404 404 404 404 404 302 404 302"
    ),
    Row(
        "GET", _HERE + "candidatewarning/<path:object_id>/history/", "302 302 200 404 200 200 200 302 404 302"
    ),
    Row("GET", _HERE + "candidatewarning/add/", "302 302 404 404 404 404 404 302 404 302"),
    Row("GET", _HERE + "consent/", "302 302 403 403 403 200 200 302 200 302"),
    Row("GET", _HERE + "consent/<path:object_id>/change/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _HERE + "consent/<path:object_id>/delete/", "302 302 404 404 404 404 404 302 404 302"),
    Row("GET", _HERE + "consent/<path:object_id>/history/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _HERE + "consent/add/", "302 302 404 404 404 404 404 302 404 302"),
    Row("GET", _HERE + "incident/", "302 302 200 200 200 200 200 302 200 302"),
    Row("GET", _HERE + "incident/<int:incident_id>/decide/", "302 302 405 405 405 405 405 302 405 302"),
    Row("GET", _HERE + "incident/<path:object_id>/change/", "302 302 200 404 200 200 200 302 404 302"),
    Row("GET", _HERE + "incident/<path:object_id>/delete/", "302 302 404 404 404 404 404 302 404 302"),
    Row("GET", _HERE + "incident/<path:object_id>/history/", "302 302 200 404 200 200 200 302 404 302"),
    Row("GET", _HERE + "incident/add/", "302 302 404 404 404 404 404 302 404 302"),
    Row("GET", _HERE + "monitoringsession/", "302 302 200 200 200 200 200 302 200 302"),
    Row(
        "GET", _HERE + "monitoringsession/<path:object_id>/change/", "302 302 200 404 200 200 200 302 404 302"
    ),
    Row(
        "GET", _HERE + "monitoringsession/<path:object_id>/delete/", "302 302 404 404 404 404 404 302 404 302"
    ),
    Row(
        "GET",
        _HERE + "monitoringsession/<path:object_id>/history/",
        "302 302 200 404 200 200 200 302 404 302",
    ),
    Row("GET", _HERE + "monitoringsession/add/", "302 302 404 404 404 404 404 302 404 302"),
    Row("GET", _HERE + "notice/", "302 302 403 403 403 200 200 302 200 302"),
    Row("GET", _HERE + "notice/<path:object_id>/change/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _HERE + "notice/<path:object_id>/delete/", "302 302 404 404 404 404 404 302 404 302"),
    Row("GET", _HERE + "notice/<path:object_id>/history/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _HERE + "notice/add/", "302 302 404 404 404 404 404 302 404 302"),
    Row("GET", _HERE + "officerphoto/", "302 302 403 403 403 200 200 302 200 302"),
    Row("GET", _HERE + "officerphoto/<path:object_id>/picture/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _HERE + "officerphoto/<path:object_id>/change/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _HERE + "officerphoto/<path:object_id>/delete/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _HERE + "officerphoto/<path:object_id>/history/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _HERE + "officerphoto/add/", "302 302 404 404 404 404 404 302 404 302"),
    Row("GET", _HERE + "keptfacedata/", "302 302 403 403 403 200 200 302 200 302"),
    Row("GET", _HERE + "keptfacedata/<path:object_id>/picture/", "302 302 403 403 403 403 403 302 404 302"),
    Row("GET", _HERE + "keptfacedata/<path:object_id>/change/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _HERE + "keptfacedata/<path:object_id>/delete/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _HERE + "keptfacedata/<path:object_id>/history/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _HERE + "keptfacedata/add/", "302 302 404 404 404 404 404 302 404 302"),
    Row("GET", _HERE + "photoupload/", "302 302 403 403 403 200 200 302 200 302"),
    Row("GET", _HERE + "photoupload/<int:upload_id>/confirm/", "302 302 405 405 405 405 405 302 405 302"),
    Row("GET", _HERE + "photoupload/<int:upload_id>/drop/", "302 302 405 405 405 405 405 302 405 302"),
    Row("GET", _HERE + "photoupload/<int:upload_id>/state/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _HERE + "photoupload/<path:object_id>/change/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _HERE + "photoupload/<path:object_id>/delete/", "302 302 403 403 403 403 403 302 403 302"),
    Row("GET", _HERE + "photoupload/<path:object_id>/history/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _HERE + "photoupload/add/", "302 302 403 403 403 200 200 302 200 302"),
    Row("GET", _HERE + "policy/", "302 302 200 200 200 200 200 302 200 302"),
    Row("GET", _HERE + "policy/<path:object_id>/change/", "302 302 200 200 200 200 200 302 404 302"),
    Row("GET", _HERE + "policy/<path:object_id>/delete/", "302 302 403 403 403 200 200 302 404 302"),
    Row("GET", _HERE + "policy/<path:object_id>/history/", "302 302 200 200 200 200 200 302 404 302"),
    Row("GET", _HERE + "policy/add/", "302 302 403 403 403 200 200 302 200 302"),
    Row("GET", _HERE + "policy/start/", "302 302 403 403 403 200 200 302 200 302"),
    Row("GET", _HERE + "policy/words/", "302 302 405 405 405 405 405 302 405 302"),
    Row("GET", _HERE + "policy/<int:policy_id>/copy/", "302 302 405 405 405 405 405 302 405 302"),
    Row("GET", _HERE + "policy/<int:policy_id>/export/", "302 302 200 200 200 200 200 302 404 302"),
    Row("POST", _HERE + "policy/start/", "302 302 403 403 403 302 302 302 302 302", body={"preset": "calm"}),
    Row("POST", _HERE + "policy/words/", "302 302 403 403 403 200 200 302 200 302"),
    Row("POST", _HERE + "policy/<int:policy_id>/copy/", "302 302 403 403 403 302 302 302 404 302"),
    Row(  # not while the person's case is undecided: the page says so
        "POST",
        _HERE + "officerphoto/<path:object_id>/delete/",
        "302 302 403 403 403 200 200 302 404 302",
        body={"reason": "Another person."},
    ),
    Row(  # the attempt runs: only its candidate ends the comparison
        "POST",
        _HERE + "keptfacedata/<path:object_id>/delete/",
        "302 302 403 403 403 200 200 302 404 302",
        body={"reason": "Asked for erasure."},
    ),
    Row("POST", _HERE + "photoupload/<int:upload_id>/confirm/", "302 302 403 403 403 302 302 302 404 302"),
    Row("POST", _HERE + "photoupload/<int:upload_id>/drop/", "302 302 403 403 403 302 302 302 404 302"),
    Row(
        "POST",
        _HERE + "incident/<int:incident_id>/decide/",
        "302 302 302 404 302 302 302 302 404 302",
        body={"verb": "dismiss", "note": "Nothing to see."},
    ),
    Row("GET", _HERE + "incident/many/", "302 302 405 405 405 405 405 302 405 302"),
    Row("POST", _HERE + "incident/many/", "302 302 302 302 302 302 302 302 302 302"),
    Row("GET", _HERE + "incident/many/<int:number>/", "302 302 404 404 404 404 404 302 404 302"),
    Row("GET", _HERE + "incident/many/<int:number>/undo/", "302 302 405 405 405 405 405 302 405 302"),
    Row("POST", _HERE + "incident/many/<int:number>/undo/", "302 302 404 404 404 404 404 302 404 302"),
]
