"""System checks of analysis and live video: a damaged model must stop the server, not read as "no face"."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.db.utils import OperationalError, ProgrammingError
from django_scopes import scopes_disabled

from proctoring.audio.diarizers.base import SHIPPED
from proctoring.meetings.providers.base import Configured, UnknownProvider, load_provider
from proctoring.models import Policy
from proctoring.models.policy import DiarizerChoice
from proctoring.vision.engines.base import EngineError
from proctoring.vision.things_model import read_things_model
from proctoring.vision.weights import WeightsError, check_weights

ENGINE_SETTINGS = ("FACE_ENGINE", "HEAD_ENGINE", "THINGS_ENGINE", "TEXT_ENGINE", "EMOTION_ENGINE")
_OPTIONAL = frozenset(ENGINE_SETTINGS) - {"FACE_ENGINE"}


def engines_in_use() -> frozenset[str]:
    """Dotted paths of the engines that the settings choose."""
    chosen = {name: getattr(settings, name) for name in ENGINE_SETTINGS}
    if settings.THINGS_MODEL:
        chosen["THINGS_ENGINE"] = "proctoring.vision.engines.operator_things.OperatorThings"
    return frozenset(path for path in chosen.values() if path)


def diarizer_in_use() -> str:
    """Dotted path of the diarizer that the settings choose; "off" for none."""
    return SHIPPED.get(settings.DIARIZER, settings.DIARIZER)


@register()
def refuse_unusable_models(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E006: a model file of an engine in use is missing or damaged."""
    try:
        found = check_weights(Path(settings.WEIGHTS_DIR) if settings.WEIGHTS_DIR else None)
    except WeightsError as error:
        return [Error(str(error), id="proctor.E006")]
    in_use = engines_in_use()
    return [
        Error(
            f"{status.entry.engine} cannot work: {status.problem}",
            hint="`manage.py check_models` lists all model files.",
            id="proctor.E006",
        )
        for status in found
        if not status.is_usable and status.entry.engine in in_use
    ]


@register()
def warn_of_deaf_ears(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """W010: recordings cannot be listened to; everything else works, and no exam says "one voice" instead."""
    try:
        found = check_weights(Path(settings.WEIGHTS_DIR) if settings.WEIGHTS_DIR else None)
    except WeightsError:
        return []  # E006 says so
    return [
        Warning(
            f"sound analysis unavailable: {status.problem}",
            hint="`manage.py check_models` lists all model files.",
            id="proctor.W010",
        )
        for status in found
        if not status.is_usable and status.entry.engine == diarizer_in_use()
    ]


@register()
def refuse_a_provider_as_own_ears(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E009: what listens in the house may not be a provider; policies choose that, and people agree to it."""
    if SHIPPED["deepgram"] != diarizer_in_use():
        return []
    return [
        Error(
            "PROCTOR_DIARIZER names Deepgram, and recordings leave the house only where a policy says so.",
            hint="Leave it at local, set PROCTOR_DEEPGRAM_KEY, and choose Deepgram in the exam's policy.",
            id="proctor.E009",
        )
    ]


@register(Tags.database)
def warn_of_policies_without_provider(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> Sequence[CheckMessage]:
    """W011: policies send recordings to Deepgram, and there is no key; our own diarizer listens instead.

    Asks the database, so only `check --database default` and `migrate` run it.
    """
    if settings.DEEPGRAM_KEY or not databases:
        return []
    try:
        with scopes_disabled():
            asking = Policy.objects.filter(sound=True, diarizer=DiarizerChoice.DEEPGRAM).count()
    except (OperationalError, ProgrammingError):
        return []  # `migrate` checks before it has made the columns
    if not asking:
        return []
    return [
        Warning(
            f"{asking} polic{'y sends' if asking == 1 else 'ies send'} recordings to Deepgram, but "
            "PROCTOR_DEEPGRAM_KEY is not set: recordings stay here.",
            hint="Set the key, or choose this server in those policies.",
            id="proctor.W011",
        )
    ]


@register()
def say_where_emotions_are_read(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """I001: emotions are switched on for this server; says where they are refused all the same."""
    if not settings.EMOTION_ENGINE:
        return []
    return [
        Info(
            "PROCTOR_EMOTIONS is on. Emotions are read in sessions of outside callers only, never in an "
            "exam, and refused for institutions of education and for all in the EU and EEA (AI Act, "
            "Article 5(1)(f)).",
            hint="Each other institution decides in its settings; off until it does.",
            id="proctor.I001",
        )
    ]


@register()
def refuse_unknown_engine(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E007: a setting names an engine in a module that does not exist, or no face engine at all."""
    found: list[CheckMessage] = []
    for name in ENGINE_SETTINGS:
        path = getattr(settings, name)
        if _is_known(path) or (not path and name in _OPTIONAL):
            continue
        found.append(
            Error(
                f"PROCTOR_{name} is {path!r}, and there is no such engine.",
                hint="It is the dotted path of a class; docs/operations.md lists those we ship.",
                id="proctor.E007",
            )
        )
    return found


@register()
def refuse_unreadable_things_model(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E008: the description of an operator's own detector is wrong, or its file missing or another one."""
    if not settings.THINGS_MODEL:
        return []
    try:
        read_things_model(Path(settings.THINGS_MODEL))
    except EngineError as error:
        return [
            Error(
                f"PROCTOR_THINGS_MODEL: {error}",
                hint="docs/operations.md shows such a description.",
                id="proctor.E008",
            )
        ]
    return []


@register()
def refuse_live_video_that_cannot_work(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E011: the provider of live video is unknown, or its servers are not fully named."""
    problems: list[str] = []
    try:
        service = load_provider(settings.LIVE_PROVIDER)
        problems += service.problems() if isinstance(service, Configured) else []
    except UnknownProvider as error:
        problems.append(f"PROCTOR_LIVE_PROVIDER: {error}")
    if bool(settings.TURN_HOST) != bool(settings.TURN_SECRET):
        problems.append("PROCTOR_TURN_HOST and PROCTOR_TURN_SECRET belong together; one of them is missing.")
    if settings.RELAY_ONLY and not settings.TURN_HOST:
        problems.append("PROCTOR_RELAY_ONLY needs a TURN server: set PROCTOR_TURN_HOST.")
    if wrong := [each for each in settings.ICE_URLS if not each.startswith(("stun:", "stuns:"))]:
        problems.append(f"PROCTOR_ICE_URLS names STUN servers, such as stun:host:3478; not {wrong[0]!r}.")
    hint = "docs/operations.md says how live video is set up; PROCTOR_LIVE_PROVIDER=off turns it off."
    return [Error(each, hint=hint, id="proctor.E011") for each in problems]


def _is_known(path: str) -> bool:
    module, _, name = path.rpartition(".")
    try:
        return bool(module and name) and find_spec(module) is not None
    except ModuleNotFoundError:
        return False
