"""The questions of the demo exam: one of each of the six kinds."""

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
