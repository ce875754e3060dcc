"""Hashed static files whose ES modules import each other by their hashed names."""

from servestatic.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Manifest storage that also rewrites `import ... from "./x.js"`.

    Trap: it does not rewrite `export ... from`; the project does not use that form (a test looks for it).
    """

    support_js_module_import_aggregation = True
