"""State tables as data: which verb may lead from which state to which (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass

from proctor_site.kernel.errors import IllegalMove


@dataclass(frozen=True, slots=True)
class Move:
    """One legal move: `verb` leads from any of `sources` to `target`."""

    verb: str
    sources: frozenset[str]
    target: str


def move(verb: str, sources: Iterable[str], target: str) -> Move:
    """A `Move`, written the way state diagrams are read."""
    return Move(verb, frozenset(sources), target)


@dataclass(frozen=True, slots=True)
class MoveTable:
    """All states and legal moves of one column.

    A verb may stand in several moves, as long as no state is a source of two of them.
    """

    name: str
    states: tuple[str, ...]
    moves: tuple[Move, ...]

    def __post_init__(self) -> None:
        seen: set[tuple[str, str]] = set()
        for each in self.moves:
            unknown = ({each.target} | each.sources) - set(self.states)
            if unknown:
                raise ValueError(f"{self.name}: move {each.verb} names unknown states {sorted(unknown)}")
            for source in each.sources:
                if (source, each.verb) in seen:
                    raise ValueError(f"{self.name}: {each.verb} from {source} is defined twice")
                seen.add((source, each.verb))

    @property
    def verbs(self) -> tuple[str, ...]:
        """Every verb once, in table order."""
        return tuple(dict.fromkeys(each.verb for each in self.moves))

    def allows(self, state: str, verb: str) -> bool:
        """Whether `verb` may be applied in `state`."""
        return any(each.verb == verb and state in each.sources for each in self.moves)

    def target(self, state: str, verb: str) -> str:
        """The state that `verb` leads to from `state`. Raises IllegalMove."""
        for each in self.moves:
            if each.verb == verb and state in each.sources:
                return each.target
        raise IllegalMove(
            f"Cannot {verb.replace('_', ' ')}: this {self.name} is {state.replace('_', ' ')}.",
            details={"state": state, "verb": verb},
        )
