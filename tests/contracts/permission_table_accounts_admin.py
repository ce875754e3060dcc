"""The part of the permission table about institution, members, invitations and audit log in the admin site.

Columns as in permission_table.py; 302 as explained in permission_table_admin.py.
"""

from tests.contracts.permission_rows import Row

_OBJECT = "<path:object_id>/"
_NEVER = "302 302 403 403 403 403 403 302 403 302"


def _rows(model: str, readers: str, adders: str = "403 403 403 403 403 302 403") -> list[Row]:
    """`readers`: proctor to admin; `adders`: the same, then stranger and foreign admin. Nobody deletes."""
    base = f"admin/accounts/{model}/"
    return [
        Row("GET", base, f"302 302 {readers} 302 200 302"),
        Row("GET", base + _OBJECT + "change/", f"302 302 {readers} 302 302 302"),
        Row("GET", base + _OBJECT + "delete/", _NEVER),
        Row("GET", base + _OBJECT + "history/", f"302 302 {readers} 302 302 302"),
        Row("GET", base + "add/", f"302 302 {adders} 302"),
    ]


_ADMINS = "302 302 403 403 403 403 200 302 200 302"
_TOKEN = "302 302 403 403 403 403 200 302 404 302"

ACCOUNTS_ADMIN_ROWS = [
    *_rows("apitoken", "403 403 403 403 200", "403 403 403 403 403 302 403"),
    Row("GET", "admin/accounts/apitoken/new/", _ADMINS),
    Row("GET", "admin/accounts/apitoken/<int:token_id>/rotate/", _TOKEN),
    Row("GET", "admin/accounts/apitoken/<int:token_id>/revoke/", _TOKEN),
    *_rows("webhookendpoint", "403 403 403 403 200"),
    Row("GET", "admin/accounts/webhookendpoint/new/", _ADMINS),
    Row("GET", "admin/accounts/webhookendpoint/<int:webhook_id>/edit/", _TOKEN),
    Row("GET", "admin/accounts/webhookendpoint/<int:webhook_id>/rotate/", _TOKEN),
    Row("GET", "admin/accounts/webhookendpoint/<int:webhook_id>/switch/", _TOKEN),
    Row("GET", "admin/accounts/webhookendpoint/<int:webhook_id>/test/", _TOKEN),
    Row("GET", "admin/accounts/webhookendpoint/<int:webhook_id>/replay/", _TOKEN),
    Row("GET", "admin/accounts/webhookendpoint/<int:webhook_id>/remove/", _TOKEN),
    *_rows("webhookmessage", "403 403 403 403 200"),
    Row("GET", "admin/accounts/webhookmessage/<int:delivery_id>/again/", _TOKEN),
    *_rows("auditentry", "403 403 403 403 200"),
    Row("GET", "admin/accounts/auditentry/export/", "302 302 403 403 403 403 200 302 200 302"),
    *_rows("institution", "200 200 200 200 200"),
    *_rows("invitation", "403 403 403 200 200", "403 403 403 200 200 302 200"),
    *_rows("job", "403 403 403 200 200", "403 403 403 403 403 302 403"),
    *_rows("membership", "403 403 403 200 200"),
]
