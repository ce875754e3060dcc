"""Everything that deletes asks whether a legal hold keeps it, or stands here with a reason."""

import ast
from functools import cache
from pathlib import Path

from django.conf import settings

ASKS = {
    "exams/delivery/records.py:_delete_rows": "proctoring/throwing_away.py:throw_away",
    "exams/delivery/throwing_away.py:throw_away": "proctoring/throwing_away.py:throw_away",
    "exams/scheduling/groups.py:remove_group": "exams/scheduling/groups.py:remove_group",
    "exams/scheduling/roster.py:clear_unused": "exams/scheduling/roster.py:_may_go",
    "proctor_site/management/commands/clear_orphans.py:_removed": (
        "proctor_site/management/commands/clear_orphans.py:handle"
    ),
    "proctoring/evidence/derived.py:drop_reports": "proctoring/rights/retention.py:_erase_span",
    "proctoring/evidence/package.py:_remove": "proctoring/evidence/package.py:remove_expired",
    "proctoring/evidence/store.py:erase": "proctoring/throwing_away.py:throw_away",
    "proctoring/evidence/store.py:_erase_of": "proctoring/rights/retention.py:_erase_span",
    "proctoring/identity/baseline.py:erase": "proctoring/identity/consent.py:end",
    "proctoring/identity/document.py:delete_due": "proctoring/identity/document.py:delete_due",
    "proctoring/identity/document.py:erase": "proctoring/identity/consent.py:end",
    "proctoring/identity/liveness.py:erase": "proctoring/identity/kept_face_data.py:erase",
    "proctoring/identity/officer_photos.py:erase": "proctoring/identity/officer_photos.py:remove",
    "proctoring/identity/photo_uploads.py:_delete_zip": "proctoring/identity/photo_uploads.py:clear_unused",
    "proctoring/identity/reference.py:erase": "proctoring/identity/kept_face_data.py:erase",
    "proctoring/identity/showings.py:erase": "proctoring/identity/kept_face_data.py:erase",
    "proctoring/identity/voice.py:erase": "proctoring/identity/consent.py:end",
    "proctoring/meetings/reports.py:forget_old": "proctoring/meetings/reports.py:forget_old",
    "proctoring/compat/film_job.py:_clear_earlier": "proctoring/outside/deleting.py:delete",
    "proctoring/compat/video_sessions.py:delete": "proctoring/outside/deleting.py:delete",
    "proctoring/pages/demo_camera.py:_tidy": "proctoring/outside/deleting.py:delete",
    "proctoring/outside/deleting.py:delete": "proctoring/outside/deleting.py:delete",
    "proctoring/outside/services.py:delete": "proctoring/outside/deleting.py:delete",
    "proctoring/rights/erasers.py:carry_out": "proctoring/rights/erasure.py:_erase_span",
    "proctoring/rights/erasers.py:stored": "proctoring/rights/erasure.py:_erase_span",
    "proctoring/rights/nameless.py:_take_name_off": "proctoring/rights/requests.py:require_free",
    "proctoring/rights/register.py:deleted": "proctoring/rights/retention.py:_erase_by_age",
    "proctoring/throwing_away.py:_empty": "proctoring/throwing_away.py:throw_away",
    "proctoring/throwing_away.py:throw_away": "proctoring/throwing_away.py:throw_away",
}
"""What deletes personal data, and the function in which the question is asked before."""

_CONTENT = "content of exams, or work of the staff on it"
_UNDONE = "takes back what was just written, because the transaction around it failed"
_REPLACED = "a newer one of the same kind takes its place while the candidate is at it"
_COPY = "a copy for some days, made of what a hold keeps"
_UNSENT = "an e-mail that was not sent, and says what is not so any more"
_REPEATED = "an answer kept for a day, so that a call that is repeated does nothing twice"
_MEMORY = "seconds in the memory of a server: nothing that was stored"
_EDITED = "an edit of terms; what they were stands in the audit log"
_SIGN_INS = "sessions, and who signed in when: of the account, and of no exam or case"
FREE = {
    "accounts/api/idempotency.py:_stored": _REPEATED,
    "accounts/api/idempotency.py:answer_once": _REPEATED,
    "accounts/api/idempotency.py:clear_old": _REPEATED,
    "accounts/services/api_tokens.py:end_lent": "tokens of minutes that are over; no person had one",
    "accounts/sign_ins.py:clear_old": _SIGN_INS,
    "accounts/sign_ins.py:end": _SIGN_INS,
    "accounts/sign_ins.py:forget": _SIGN_INS,
    "accounts/uploads.py:delete": "carries out what was asked for, where it was asked for",
    "accounts/uploads.py:save": _UNDONE,
    "proctor_site/backups/stores.py:copy_in": _UNDONE,
    "proctoring/compat/film_job.py:look_at_film": "a film as it was sent; what it showed is evidence by then",
    "proctor_site/rehearsal/stage.py:clear": "signs made-up people out; what they did goes by throw_away",
    "proctoring/evidence/derived.py:drop_exported_lists": _COPY,
    "proctoring/evidence/small.py:_keep": _UNDONE,
    "proctoring/interviews/sheet.py:remove": "a question that nobody asked yet; the answer it copies stays",
    "proctoring/review/incident_exports.py:clear_old": _COPY,
    "proctoring/review/incident_exports.py:keep": _UNDONE,
    "accounts/webhooks/endpoints.py:remove": "numbers and states that were told; what they are of stays",
    "accounts/webhooks/outbox.py:clear_old": "numbers and states that were told; what they are of stays",
    "accounts/jobs/worker.py:tidy": "the queue's own lines: numbers; the Job stays",
    "accounts/outbox.py:_handle": _UNSENT,
    "accounts/stored_files.py:_carry_out": "carries out what was asked for, where it was asked for",
    "exams/bank/categories.py:remove_category": _CONTENT,
    "exams/bank/classification.py:remove_tag": _CONTENT,
    "exams/bank/import_media.py:undone_on_failure": _UNDONE,
    "exams/bank/exam_settings.py:delete_exam": _CONTENT,
    "exams/bank/exam_settings.py:delete_section": _CONTENT,
    "exams/bank/imports.py:confirm": _CONTENT,
    "exams/bank/imports.py:drop": _CONTENT,
    "exams/bank/media.py:remove": _CONTENT,
    "exams/bank/structure.py:remove": _CONTENT,
    "exams/scheduling/sittings.py:delete_sitting": "a sitting in which nobody is or was",
    "exams/scheduling/sittings.py:unassign_proctor": "who of the staff watches; the audit log says who did",
    "exams/delivery/allowances.py:withdraw": _EDITED,
    "exams/delivery/answer_files.py:keep": _UNDONE,
    "exams/marking/readings.py:undo": _CONTENT,
    "exams/marking/rounds.py:_set_markers": _CONTENT,
    "exams/marking/rubrics.py:drop_phrase": _CONTENT,
    "exams/marking/services.py:take_back_marks": _CONTENT,
    "exams/reports/services.py:_keep_figures": "sums over many candidates, computed anew",
    "exams/scheduling/enrolments.py:fulfil_pending": "it becomes an enrolment",
    "exams/scheduling/group_allowances.py:_copy": _EDITED,
    "exams/scheduling/group_allowances.py:withdraw": _EDITED,
    "exams/scheduling/groups.py:remove_from_group": "an edit; who was in stands in the audit log",
    "exams/scheduling/mails.py:tell_of_cancellation": _UNSENT,
    "exams/scheduling/mails.py:tell_of_change": _UNSENT,
    "exams/scheduling/roster.py:carry_out_reading": "the file, whose rows are in the database now",
    "proctoring/analysis/heard.py:done": _MEMORY,
    "proctoring/analysis/heard.py:forget": _MEMORY,
    "proctoring/analysis/provider.py:close": _MEMORY,
    "proctoring/analysis/recent.py:done": _MEMORY,
    "proctoring/analysis/session_measures.py:store": _MEMORY,
    "proctoring/audio/grouping.py:_link": _MEMORY,
    "proctoring/consumers/connection.py:came": _MEMORY,
    "proctoring/evidence/package.py:_store": _UNDONE,
    "proctoring/evidence/package.py:make": _UNDONE,
    "proctoring/evidence/screen_ring.py:done": _MEMORY,
    "proctoring/evidence/store.py:_push": _UNDONE,
    "proctoring/identity/baseline.py:take_look": _MEMORY,
    "proctoring/identity/document.py:show": _UNDONE,
    "proctoring/identity/liveness.py:_settle": _REPLACED,
    "proctoring/identity/officer_photos.py:_store_later": _REPLACED,
    "proctoring/identity/photo_uploads.py:_import_portion": _UNDONE,
    "proctoring/identity/photo_uploads.py:_imported": _UNDONE,
    "proctoring/identity/reference.py:_keep": _REPLACED,
    "proctoring/identity/showing_pictures.py:take_photo": _UNDONE,
    "proctoring/identity/store.py:_store": _UNDONE,
    "proctoring/identity/store.py:delete": _UNDONE,
    "proctoring/ingest/call_joining.py:_close": "the pieces of a recording that is one file of evidence now",
    "proctoring/live/presence.py:forget": _MEMORY,
    "proctoring/meetings/own/mails.py:write": _UNSENT,
    "proctoring/meetings/providers/realtimekit.py:remove": "a room at the provider, not data of ours",
    "proctoring/meetings/services.py:begin_watch": "a look that did not come about",
    "proctoring/reports/files.py:clear_old": _COPY,
    "proctoring/rights/export_making.py:_keep": _UNDONE,
    "proctoring/rights/exports.py:clear_expired": _COPY,
    "proctoring/rights/reply_files.py:_save": _UNDONE,
    "proctoring/rights/reply_files.py:add": _UNDONE,
    "proctoring/rights/reply_files.py:take_out": "a file of one's own draft, not handed in yet",
    "proctoring/supervision/many.py:act_on": "a run in which nothing was done",
}
"""What deletes without asking, and why a hold does not have to stop it."""


@cache
def functions() -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of the product, by file and name; of equal names in one file the last."""
    found = {}
    for package in ("accounts", "exams", "proctoring", "proctor_site"):
        for path in sorted((Path(settings.BASE_DIR) / package).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            name = path.relative_to(settings.BASE_DIR).as_posix()
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    found[f"{name}:{node.name}"] = node
    return found


def deletes(function: ast.AST) -> bool:
    """Whether it calls `.delete(...)` or `stored_files.remove(...)` itself."""
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    named = [each for each in calls if isinstance(each, ast.Attribute)]
    return any(
        each.attr == "delete" or (each.attr == "remove" and ast.unparse(each.value) == "stored_files")
        for each in named
    )


def test_every_deleter_is_decided_upon() -> None:
    found = {name for name, node in functions().items() if deletes(node)}
    missing, gone = found - ASKS.keys() - FREE.keys(), (ASKS.keys() | FREE.keys()) - found
    assert not missing, f"ask proctoring/holds.py in these, or say why not: {sorted(missing)}"
    assert not gone, f"these delete nothing any more: {sorted(gone)}"
    assert not ASKS.keys() & FREE.keys()


def test_those_who_ask_do_ask() -> None:
    for place in set(ASKS.values()):
        text = ast.unparse(functions()[place])
        assert "holds." in text or "unheld(" in text or "deletion_wanted" in text, place
