"""Every number by which heads are judged, each with its source: [M], [D] and [P] as in ``thresholds.py``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gaze:
    """When head or eyes are turned from the screen. Degrees, and for the eyes shares of an eye's width.

    With a baseline changes from it count; without one the plain angles, with wider limits and no gaze:
    where irises lie differs too much between people.
    """

    # [D] changes of pose between frames of still people stay below 8; the turns of the labelled clip are 25+;
    # portraits called frontal -11..13, altered in seven ways -13..17: none passes. Of 33 heads labelled left
    # or right 26 pass it. One person sits turned 13..26, so without a baseline the first looks count too
    yaw: float = 20.0
    # Without a baseline, from this share of the limits on nothing can be said
    unclear_share: float = 0.8
    # [M] looking down at the desk is 20-30 degrees; typing is no looking away. Up is rarer and tighter
    down_change: float = 25.0
    up_change: float = 18.0
    # [D] portraits called frontal: -10..35, because cameras stand low or high
    down: float = 40.0
    up: float = 20.0
    # [M] one person: centre .51-.57, left .36-.39, right .68-.71
    gaze_change: float = 0.10
    # A head that turns while the eyes stay on the screen moves the irises the other way: gaze is judged
    # only while the head is near its usual place
    gaze_most_turn: float = 12.0
    # [D] blinks and lowered lids hide the iris
    gaze_most_closed: float = 0.5
    # [D] profiles .74 and more; what is no face, or blurred beyond use, below .6
    least_presence: float = 0.6
    # Without a sure mesh a nose far off the middle of the eyes still tells: [D] frontal at most .25
    # (altered .39), profiles .43 and more, see ``same_person.turn_of``
    profile_turn: float = 0.42
    # Confidence is .5 at the limit; one more of this share of the limit makes it .73
    softness: float = 0.25


@dataclass(frozen=True, slots=True)
class Eyes:
    """When eyes count as closed; 0..1 of the blink blendshapes."""

    # [M] closed .75-.82, nearly closed .50, open at most .38; [D] open webcam eyes up to .63, closed .75,
    # eyes cast down on a phone .55-.70: those cannot be told from closed ones for certain
    closed: float = 0.70
    # With a baseline: at least this above the usual. [D] usual .02-.50
    closed_change: float = 0.25
    open: float = 0.60
    least_presence: float = 0.9
    most_turn: float = 30.0  # degrees of yaw: [D] a profile's far eye is guessed


@dataclass(frozen=True, slots=True)
class Hidden:
    """When part of a face is covered. Scores 0..1; only for upright, frontal, lit faces of a fair size."""

    # [D] frontal faces score .92 and more in 95 of 100; covers painted over half of them leave .87
    score: float = 0.88
    clear_score: float = 0.90
    # [D] frontal faces .99 and more in 95 of 100
    presence: float = 0.5
    clear_presence: float = 0.9
    least_height: float = 70.0  # pixels at the working size
    most_turn: float = 0.25  # see ``same_person.turn_of``
    most_tilt: float = 18.0  # degrees of the line of the eyes; [D] tilted heads score .83 to .88 uncovered


@dataclass(frozen=True, slots=True)
class Mouth:
    """When a mouth moves as in speech. Openings in widths of the mouth."""

    # [D] standard deviation of six looks one second apart: still mouths .002-.022, signers who mouth
    # their words .025-.077
    moving: float = 0.04
    still: float = 0.025
    looks: int = 6
    least_presence: float = 0.9
    most_turn: float = 25.0  # degrees of yaw; a turning head changes what is seen of the lips


@dataclass(frozen=True, slots=True)
class Baseline:
    """Which looks teach how a person usually sits. Degrees."""

    most_yaw: float = 30.0  # a screen beside the camera; [D] one person sits at 13..26
    most_down: float = 35.0  # [D] portraits called frontal reach 35 with a camera above the screen
    most_up: float = 15.0
    least_presence: float = 0.9
    most_eyes_closed: float = 0.6
    least_looks: int = 8  # a still head is looked at every 4 s: half a minute gives no more
    most_spread: float = 16.0  # [D] a still person spreads 2-5, one who turns away 50 and more


@dataclass(frozen=True, slots=True)
class Turning:
    """When a head counts as turned as asked at check-in. Degrees of change against the own look ahead."""

    # [D] a still head changes by less than 8, the turns of the labelled clip are 25 and more; a stiff neck
    # must be able to do it
    aside: float = 18.0
    up: float = 11.0
    # Back to the front: within this of the first look ahead
    ahead: float = 11.0
    least_presence: float = 0.6  # [D] a head turned beyond 50 degrees scores .5 to .8: its pose is guessed
    # The first look ahead may itself be off the camera by so much: one person of the clips sits at 13..26
    most_yaw_ahead: float = 28.0
    # [D] between looks .3 s apart a turning head moves its box by up to .3 of its width, its size by .1
    jump: float = 0.9
    jump_size: float = 1.5
    gap_s: float = 3.0
    # Absolute yaw of a view from the side that serves as a reference: [D] see decision 0090
    view_least: float = 18.0
    view_most: float = 45.0


@dataclass(frozen=True, slots=True)
class Confusion:
    """When brows and lids have changed against the first looks; values of ``HeadEngine.brows``."""

    least_looks: int = 6
    learn_s: float = 20.0
    most_looks: int = 60
    # [D] 67 ordinary portraits of 17 people against the other pictures of each: 8 change by more than .25,
    # 3 by .5; six people in films after their first looks by .10 at most, a signer by .53
    own_spread: float = 0.25
    whole: float = 0.5  # beyond that spread: counts as wholly changed
    weight: float = 0.5  # a rule that nobody has proved stays below half of what a network may say


GAZE = Gaze()
EYES = Eyes()
HIDDEN = Hidden()
MOUTH = Mouth()
BASELINE = Baseline()
TURNING = Turning()
CONFUSION = Confusion()
