"""The part of the permission table about law, generated documents and the public privacy page.

Columns as in permission_table.py. In the world of the table nothing is public, and no document was made.
"""

from tests.contracts.permission_rows import Row

_LAW = "i/<slug:slug>/law/"

_NOBODY, _BY_POST = " ".join(["404"] * 10), " ".join(["405"] * 10)
LAW_ROWS = [
    Row("GET", _LAW, "403 403 403 403 403 200 200 404 404 302"),
    Row("POST", _LAW, "403 403 403 403 403 403 302 404 404 302"),
    Row("GET", _LAW + "publish/", "405 405 405 405 405 405 405 404 404 302"),
    Row("POST", _LAW + "publish/", "403 403 403 403 403 403 302 404 404 302"),
    Row("GET", _LAW + "<slug:kind>/<int:number>/", "403 403 403 403 403 404 404 404 404 302"),
    Row("GET", _LAW + "<slug:kind>/<int:number>/changes/", "403 403 403 403 403 404 404 404 404 302"),
    # There is no demo here; with one, the pages are for anybody.
    Row("GET", "demo/camera/", _NOBODY),
    Row("GET", "demo/camera/token/", _BY_POST),
    Row("POST", "demo/camera/token/", _NOBODY),
    Row("GET", "privacy/<slug:slug>/", "404 404 404 404 404 404 404 404 404 404"),
]
