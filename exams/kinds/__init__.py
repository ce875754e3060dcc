"""Question kinds, one folder each: what a question holds, how it is answered and marked (no Django)."""
