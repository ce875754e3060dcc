"""Static files are looked for once in a process, and not again for each client that a test makes.

The middleware lists and reads some 280 files whenever it is made, and every `Client` makes one at its first
request (2026-11: two thirds of the time of the tests of pages).
"""

from typing import Any

from servestatic.middleware import ServeStaticMiddleware


def look_for_static_files_once() -> None:
    """Has all middleware of this process share what the first one finds."""
    search = ServeStaticMiddleware.add_files_from_finders
    found: dict[str, Any] = {}

    def share(middleware: ServeStaticMiddleware) -> None:
        if not found:
            search(middleware)
            found.update(files=middleware.files, directories=middleware.directories)
        middleware.files, middleware.directories = found["files"], found["directories"]

    ServeStaticMiddleware.add_files_from_finders = share
