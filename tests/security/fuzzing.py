"""How long generated tests look: a short fixed run in the suite, a long one with `FUZZ_EXAMPLES`."""

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
"""Examples of each test in a long run (`./run bench --only fuzz`); 0: the short run, the same each time."""


def looking(examples: int, **options: Any) -> settings:
    """Settings of one generated test: `examples` in the suite, FUZZ_EXAMPLES new ones in a long run."""
    return settings(
        max_examples=EXAMPLES or examples,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],  # to shrink a call of the whole product takes minutes
        suppress_health_check=list(HealthCheck),
        **options,
    )
