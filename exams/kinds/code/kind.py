"""Code: a program or a part of one as text, which a person marks."""

from collections.abc import Callable, Sequence
from typing import Any

from exams.kinds import shapes
from exams.kinds.base import Content, MarkedByPerson
from exams.kinds.code.highlight import highlighted

LONGEST_ANSWER = 50_000
LONGEST_TEMPLATE = 10_000
LANGUAGES = {
    "text": "Plain text",
    "bash": "Bash",
    "c": "C",
    "cpp": "C++",
    "csharp": "C#",
    "css": "CSS",
    "go": "Go",
    "haskell": "Haskell",
    "html": "HTML",
    "java": "Java",
    "javascript": "JavaScript",
    "json": "JSON",
    "kotlin": "Kotlin",
    "matlab": "MATLAB",
    "php": "PHP",
    "python": "Python",
    "r": "R",
    "ruby": "Ruby",
    "rust": "Rust",
    "sql": "SQL",
    "swift": "Swift",
    "typescript": "TypeScript",
}
"""Names that Pygments knows, with the words for people."""


class Code(MarkedByPerson):
    """Code as text.

    content: `{"language": "python", "template": "def area(r):\\n", "solution": "..."}`; template and solution
    may be empty. public: `{"language", "language_label", "template", "longest": 50000}` (characters).
    value: the text as typed; the template alone is no answer.
    The solution is for those who mark. White space counts, so nothing is stripped.
    """

    name = "code"
    label = "Code"
    form = "exams.kinds.code.form.CodeForm"

    def validate_content(self, content: object) -> Content:
        given = shapes.mapping(content, ["language", "template", "solution"])
        texts = {
            name: shapes.plain_text(
                given.get(name, ""), name, f"The {name}", most=LONGEST_TEMPLATE, may_be_empty=True
            ).replace("\r\n", "\n")
            for name in ("template", "solution")
        }
        language = shapes.one_of(given.get("language", "text"), LANGUAGES, "language", "The language")
        return {"language": language, **texts}

    def with_texts(self, content: Content, change: Callable[[str], str]) -> Content:
        """As it is: code is never rich text."""
        return content

    def public_content(self, content: Content, option_order: Sequence[int]) -> Content:
        return {
            "language": content["language"],
            "language_label": LANGUAGES[content["language"]],
            "template": content["template"],
            "longest": LONGEST_ANSWER,
        }

    def clean_value(self, content: Content, value: object) -> str | None:
        text = shapes.plain_text(value, "value", "The answer", most=LONGEST_ANSWER, may_be_empty=True)
        text = text.replace("\r\n", "\n")
        return None if text == content["template"] else text

    def is_blank(self, value: Any) -> bool:
        return value is None or not value.strip()

    def describe_key(self, content: Content) -> str:
        solution = f"\n\n{content['solution']}" if content["solution"] else ""
        return f"Marked by a person; {LANGUAGES[content['language']]}{solution}"

    def describe_value(self, content: Content, value: Any) -> str:
        return str(value)

    def value_html(self, content: Content, value: Any) -> str:
        return f'<pre class="code-shown"><code>{highlighted(value, content["language"])}</code></pre>'
