"""Verification interviews of cases: offered, answered, prepared, held, and what came of them."""
