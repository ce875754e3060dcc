"""The questions of the demo exam, one of each of six kinds, and one of each further kind for the bank."""

from typing import Any

SECTIONS: list[tuple[str, str, list[dict[str, Any]]]] = [
    (
        "Choices",
        "Four short questions. You may go back and forth.",
        [
            {
                "title": "Capital of Austria",
                "kind": "single_choice",
                "stem": "Which city is the capital of Austria?",
                "content": {
                    "options": [
                        {"id": "a", "text": "Vienna", "correct": True},
                        {"id": "b", "text": "Graz", "correct": False},
                        {"id": "c", "text": "Salzburg", "correct": False},
                        {"id": "d", "text": "Bern", "correct": False},
                    ]
                },
            },
            {
                "title": "Prime numbers",
                "kind": "multiple_choice",
                "stem": "Which of these numbers are prime? Choose all of them.",
                "content": {
                    "options": [
                        {"id": "a", "text": "21", "correct": False},
                        {"id": "b", "text": "23", "correct": True},
                        {"id": "c", "text": "29", "correct": True},
                        {"id": "d", "text": "33", "correct": False},
                    ],
                    "scoring": "all_or_nothing",
                },
            },
            {
                "title": "Boiling point",
                "kind": "true_false",
                "stem": "On a high mountain, water boils at a lower temperature than at the sea.",
                "content": {"correct": True},
            },
            {
                "title": "Circumference",
                "kind": "numeric",
                "stem": "A circle has a diameter of 2 metres. What is its circumference, in metres?",
                "content": {"value": "6.28", "tolerance": "0.02"},
            },
        ],
    ),
    (
        "In your own words",
        "One word, then a few sentences. Everything is saved as you type.",
        [
            {
                "title": "River through Vienna",
                "kind": "short_answer",
                "stem": "Which large river flows through Vienna?",
                "content": {"accepted": ["Danube", "the Danube", "Donau"], "case_sensitive": False},
            },
            {
                "title": "Rain",
                "kind": "essay",
                "stem": "Explain in about 100 words how rain comes about.",
                "content": {"word_limit": 150},
            },
        ],
    ),
]

FORMULA_SHEET = r"""<table>
<tr><th scope="col">Circle</th><th scope="col">Formula</th></tr>
<tr><td>Circumference</td><td>\(C = 2\pi r\)</td></tr>
<tr><td>Area</td><td>\(A = \pi r^2\)</td></tr>
</table>
<p>Quadratic equations: \[x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}\]</p>"""

FURTHER: list[dict[str, Any]] = [
    {
        "title": "Capitals",
        "kind": "matching",
        "stem": "Which city belongs to which country?",
        "content": {
            "prompts": [
                {"id": "a", "text": "Austria", "choice": "v"},
                {"id": "b", "text": "Portugal", "choice": "l"},
                {"id": "c", "text": "Norway", "choice": "o"},
            ],
            "choices": [
                {"id": "o", "text": "Oslo"},
                {"id": "v", "text": "Vienna"},
                {"id": "l", "text": "Lisbon"},
                {"id": "p", "text": "Prague"},
            ],
        },
    },
    {
        "title": "Planets",
        "kind": "ordering",
        "stem": "Put the planets in order, the one nearest to the sun first.",
        "content": {
            "entries": [
                {"id": "k", "text": "Mercury"},
                {"id": "e", "text": "Venus"},
                {"id": "s", "text": "Earth"},
                {"id": "g", "text": "Mars"},
            ]
        },
    },
    {
        "title": "Water",
        "kind": "cloze",
        "stem": "Fill in the gaps.",
        "content": {
            "text": "Water is made of hydrogen and [[1]]. At sea level it freezes at [[2]] degrees Celsius.",
            "gaps": [
                {
                    "id": "1",
                    "kind": "short_answer",
                    "weight": 1,
                    "content": {"accepted": ["oxygen"], "case_sensitive": False},
                },
                {"id": "2", "kind": "numeric", "weight": 1, "content": {"value": "0", "tolerance": "0"}},
            ],
        },
    },
    {
        "title": "Area of a circle",
        "kind": "code",
        "stem": "Complete the function: it gives the area of a circle of radius r.",
        "content": {
            "language": "python",
            "template": "def area(r):\n    ",
            "solution": "import math\n\ndef area(r):\n    return math.pi * r ** 2\n",
        },
    },
    {
        "title": "A plan",
        "kind": "file_upload",
        "stem": "Draw a plan of your room on paper, and hand in a photo or a scan of it.",
        "content": {"types": ["pdf", "jpg", "png"], "most_files": 2, "largest_mb": 10},
    },
]

PICTURE_SIZE = (480, 320)
TRIANGLE = [[300, 60], [420, 260], [200, 240]]
IN_A_PICTURE: dict[str, Any] = {
    "title": "Shapes",
    "kind": "hotspot",
    "stem": "Mark the triangle.",
    "content": {
        "description": "A circle and a square on the left, a triangle on the right",
        "width": PICTURE_SIZE[0],
        "height": PICTURE_SIZE[1],
        "regions": [{"shape": "polygon", "points": TRIANGLE}],
        "needed": 1,
    },
}
