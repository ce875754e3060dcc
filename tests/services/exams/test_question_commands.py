"""The commands that import and export questions."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Institution
from accounts.tenancy import within
from exams.models import Question, QuestionCategory

FILES = Path(__file__).parents[2] / "unit/exams/formats/files"


def test_in_and_out(institution: Institution, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = str(FILES / "moodle_documented.xml")
    call_command("import_questions", source, institution=institution.slug, dry_run=True, category="A")
    assert "Dry run, nothing was imported: imported 3" in capsys.readouterr().out
    with within(institution):
        assert not Question.objects.exists() and not QuestionCategory.objects.exists()
    call_command("import_questions", source, institution=institution.slug, category="A/B")
    out = capsys.readouterr().out
    assert "line 49: Refused: Note" in out and "Done: imported 3, imported with a loss 3" in out
    written = tmp_path / "out.zip"
    options = {"institution": institution.slug, "format": "qti30", "category": "a / b / Geography"}
    call_command("export_questions", str(written), **options)
    assert "6 questions written, 0 left out" in capsys.readouterr().out
    call_command("import_questions", str(written), institution=institution.slug)
    with within(institution):
        # Three lost something in QTI (wildcards, a unit, word limits), so they are other questions.
        assert Question.objects.count() == 9


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("no_such_file", {}, "There is no file"),
        ("qti21_choice.xml", {"institution": "nowhere"}, "no institution"),
        ("qti21_choice.xml", {"format": "moodle_xml"}, "Nothing was imported: This is no Moodle XML"),
    ],
)
def test_what_cannot_be_done_is_said(
    institution: Institution, name: str, options: dict[str, str], words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("import_questions", str(FILES / name), **{"institution": institution.slug, **options})
