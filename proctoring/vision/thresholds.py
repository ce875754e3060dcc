"""Every number the eyes judge by, in one place, each with where it comes from.

Sources: [M] measured by us on the planning sets (about 170 single-face pictures, 30 groups, 300 + 1378
identity pairs); [D] measured on the development labels (282 pictures, 223 pairs, 9 clips); [P] published
by the model's makers. They were read off small sets: expect to retune on real exam webcams.
"""

from dataclasses import dataclass

from proctoring.vision.engines.base import EngineThresholds, ThingScores

OPENCV_FACES = EngineThresholds(
    same=0.363,  # [P] SFace cosine; [M] true accept .978-1.000, no false accept
    different=0.30,  # [M] different people: 99th percentile .241-.317
    face=0.65,  # [M] every single-face picture has one at .7; [D] a profile in full view scores .68
    trace=0.60,  # [M] half-hidden faces score .5 to .7; [D] empty rooms up to .56 give false hope for ever
    # [M] dogs and patterns score below .75; [D] over seven alterations of each picture (mirrored, smaller,
    # darker, compressed, tilted, noisy, brighter) .74 lifts the recall of "several" from .988 to .994 and
    # keeps its precision at 1.000
    extra_face=0.74,
    identity_face=0.80,  # [M] similarity of the same person falls off below
)

DLIB_FACES = EngineThresholds(
    # Cosine of the unit vectors, not the 0.6 distance of the package's raw ones. [D] 84 of 86 same pairs
    # reach .922 and 2 of 137 different ones; no same pair is below .921, 96 % of the different ones are
    same=0.922,
    different=0.905,
    face=0.50,  # [P] HOG margin 0, what face_locations uses; margins are divided by 4 and moved up by .5
    trace=0.45,
    extra_face=0.50,
    identity_face=0.57,
)

# Made up: the painted people of the scripted engine all score .95.
SCRIPTED = EngineThresholds(same=0.8, different=0.6, face=0.7, trace=0.5, extra_face=0.75, identity_face=0.8)

EFFICIENTDET_THINGS = ThingScores(
    least={
        # [D] a second body in 58 of 62 pictures of several people, in none of 204 others, from .40 to .60
        "person": 0.50,
        # [D] on closer looks: recall .80, precision .93 from .22 to .26; .74 at 1.0 from .30; in the whole
        # frame alone .66 at .92
        "phone": 0.23,
        # [D] on closer looks: no false one from .33, recall .40 to .38
        "book": 0.38,
        "laptop": 0.40,  # [D] no false one; corners of laptops from .31 on, with a table top and folded arms
        # [D] monitors on desks score .70 and more, real television sets far behind .46 to .64
        "tv": 0.60,
    },
    # [D] phones that a closer look finds have .05 and more; 4 of 10 pictures without one reach .06 too, which
    # is what the closer look costs
    hints={"phone": 0.06, "book": 0.15},
)

# Made up: the painted things of the scripted engine all score .9.
SCRIPTED_THINGS = ThingScores(
    least=dict.fromkeys(("person", "phone", "book", "laptop", "tv"), 0.5), hints={"phone": 0.3}
)

# For an operator's own model that states none: what most detectors are shown at.
OPERATOR_THINGS_SCORE = 0.40


@dataclass(frozen=True, slots=True)
class WorkingSize:
    """Pixels: longer side of the frame that is analysed, and of the coarse second look for large faces."""

    long_side: int = 640
    coarse_long_side: int = 320
    # [M] taller faces get bad landmarks at 640; the second look lifts identity AUC from .9947 to 1.0000
    large_face_share: float = 0.45


@dataclass(frozen=True, slots=True)
class FaceCount:
    """Which boxes are people. Heights as shares of the frame's height."""

    # [D] a patch of wallpaper 3.2 % high scored .67; people at a desk are above 10 %
    least_height: float = 0.04
    # [D] exact count .979 -> .992 together with the next one; groups have faces of 5 %
    least_extra_height: float = 0.05
    # [D] passers-by and pictures far behind are smaller than 30 % of the main face
    least_extra_of_main: float = 0.3


@dataclass(frozen=True, slots=True)
class Light:
    """Grey levels 0..255 of the 160x120 frame, see ``image.Light``."""

    # [M] 95th percentile of dark frames; normal frames start at 115
    dark_highlight: float = 40.0
    # [D] a dim room without a face: brightness 42, highlight 63-74
    dim_brightness: float = 45.0
    dim_highlight: float = 80.0
    # [D] of dark frames: black with sensor noise .05-.47, a scene darkened to 2 % .66 and more
    black_structure: float = 0.55
    # [M] covered, Laplacian variance < 12 or flat; [D] 12.3 with the frame's own noise; normal from 34
    covered_sharpness: float = 15.0
    flat_contrast: float = 14.0
    # Contrast fades with the light: flat is also a share of the brightness. [D] tape .09, a dim room .2
    flat_share: float = 0.15
    flat_sharpness: float = 40.0
    # [D] badly defocused pictures: structure 29-44 and brightness 131-147; covered ones up to 31 and 103
    forms_structure: float = 25.0
    forms_brightness: float = 115.0
    # [D] strong defocus 21; the softest usable frame 34
    blurred_sharpness: float = 25.0
    # Mean step of the JPEG's brightness table. [D] likeness of a face to itself: .83 (median) at 142, .62 at
    # 196, .43 at 213, where the same person begins to look like another one; cameras and browsers use 10-60
    compressed_step: float = 180.0
    # Bright window with the rest of the picture in shadow; [D] no ordinary frame reaches both
    back_lit_bright_share: float = 0.25
    back_lit_dark_share: float = 0.45
    # [D] white backgrounds reach .71
    over_exposed_share: float = 0.8


@dataclass(frozen=True, slots=True)
class FaceLight:
    """Grey levels 0..255 inside the face box. Kept low so that dark skin in normal light is never 'dark'."""

    shadow: float = 35.0  # [D] dark-skinned faces in normal light 45 and more
    back_lit: float = 60.0
    back_lit_difference: float = 90.0  # frame mean minus face mean
    washed_out: float = 245.0


@dataclass(frozen=True, slots=True)
class Identity:
    """When a face may be compared. Pixels at the working size (longer side 640)."""

    # [D] faces of 52-80 px separate as well as large ones (same .56 and more, other .17 at most)
    least_height: float = 48.0
    # |nose offset from the eyes' middle| in eye distances; [D] about 35 degrees
    most_turn: float = 0.6
    # From this turn on a face is compared with views from its side too; [D] about 10 degrees
    least_side_turn: float = 0.1
    # Softness of the step from "same" to "different" when a similarity becomes a confidence, as a share of
    # the distance between the engine's two thresholds: .04 for SFace
    softness: float = 0.6


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A reference must be better than a frame in passing. Pixels at the working size."""

    least_height: float = 64.0  # [D] references of 77 px give .7 and more against their clips
    most_turn: float = 0.35
    # Laplacian variance of the face crop at 112x112; [D] good references 16-500, blurred over 5 px 4-10
    least_face_sharpness: float = 12.0
    edge: float = 0.005  # share of the width or height that must be left beside the box


@dataclass(frozen=True, slots=True)
class TextMap:
    """How lines are cut out of the text detector's map."""

    # [D] 32 ms of CPU at 352, 49 at 448, and each of the five sheets of notes is found at either
    long_side: int = 352
    point: float = 0.3  # [P]
    line: float = 0.6  # [P] mean likeness of a box
    least_side: int = 3  # [P] points of the map


@dataclass(frozen=True, slots=True)
class Text:
    """What counts as text held towards the camera. Heights and widths as shares of the picture's sides."""

    # [D] lines of notes are .022-.062 high (the map draws them smaller than they are) and .06-.15 wide
    least_line_height: float = 0.018
    least_line_width: float = 0.05
    least_lines: int = 3
    most_gap: float = 1.5  # between two lines, in heights of the taller
    most_height_ratio: float = 2.2
    same_place: float = 0.5  # share of a block that was text in the first look


@dataclass(frozen=True, slots=True)
class Repeats:
    """When pictures count as the same ones again. Bits of the 128 of an outline, see ``Imprint``."""

    most_pictures: int = 180  # three minutes at one a second
    least_lag_s: float = 3.0
    # Of the newest pictures, how many different ones must have come before with the very same bytes
    exact_window: int = 40
    exact_pictures: int = 6
    # [D] still people differ by 0-2 bits from second to second, moving ones by 5-20 (median)
    moved_bits: int = 8
    like_bits: int = 3
    like_pictures: int = 15
    like_moves: int = 6
    lag_tolerance_s: float = 0.35


@dataclass(frozen=True, slots=True)
class StillFaces:
    """When a face, or a further body, counts as one that never moves. Shifts in heights of it."""

    still_s: float = 20.0
    least_looks: int = 8
    # [D] see docs/decisions/0071: boxes of one unmoved face wander by less
    moved_shift: float = 0.15
    moved_growth: float = 1.25
    same_face_shift: float = 1.0
    forget_s: float = 60.0
    most_tracks: int = 12
    # Of bodies, see ``seen.Body.stir``: boxes hardly move with people who sit. [D] of two people and half a
    # body at the edge every fourth look and more reaches 6, a picture in a camera's usual noise at most 4
    stirred: float = 4.5


@dataclass(frozen=True, slots=True)
class Motion:
    """When a frame need not be looked at anew. Differences of tiny grey pictures: ``detectors.motion``."""

    # Grey levels, mean of a block. [D] a still person's surroundings at one frame a second 3.8 at most, an
    # empty room 4.5 (18 where a door moves), somebody coming in 36 and more
    block: float = 8.0
    # Blocks of 192 beside the face before things are looked for again; [D] a still person 0, sign language 8+
    least_blocks: int = 3
    # Somebody else may sit there: share of all blocks, or of the face's with the higher limit. [D] cuts to
    # another person .40 and .56; one person's movements up to .25, a still face none, a turning one as much
    other_scene_share: float = 0.3
    face_block: float = 16.0
    other_face_share: float = 0.3
    # What belongs to the person: from so many face heights above the face down to the lower edge, and so
    # many face widths to either side
    above: float = 0.5
    beside: float = 0.75
    around_face: float = 0.3
    # A safety net below everything else: small changes that add up
    whole_every_s: float = 10.0
    # Between two frames, in face heights; beyond it may be another face (incidents.identity_pace)
    most_shift: float = 0.35
    most_growth: float = 1.5
    # Of the nose against eyes and mouth, in eye distances; [D] a still person .07 at most, turning .13-.6
    turn: float = 0.12
    # Looking where the face was: side of the square cut out, in heights of the face, and what it shrinks to
    cut_heights: float = 2.6
    cut_side: int = 160


@dataclass(frozen=True, slots=True)
class Document:
    """The photo of an identity document. Pixels at its own working size, larger than that of frames: the face
    on a card that lies in the picture is small."""

    long_side: int = 1280
    # As for frames; [D] faces of 52-80 px separate as well as large ones
    least_height: float = 48.0
    most_turn: float = 0.6
    least_face_sharpness: float = 12.0


@dataclass(frozen=True, slots=True)
class Things:
    """How finds of a things engine are read. Lengths as shares."""

    # Sides of the closer looks' squares, of the frame's shorter side. [D] recall at a precision of .9 and
    # more: .80 with the first, .74 with the second or with .75 alone (more false ones in mirrored pictures),
    # and .80 at .93 with both
    closer_sides: tuple[float, float] = (1.0, 0.85)
    most_closer_looks: int = 2
    # Height of a book by its width from which it is a spine; pages in view are at most 1.6
    spine: float = 2.0
    # Below the least score by less than this it may have been there: neither alarm nor all-clear
    doubt: float = 0.6
    # [D] people at the candidate's side are above 35 % of the frame's height, passers-by far behind below
    least_body_height: float = 0.25
    # Of the smaller of two bodies, shared: the same body found twice
    same_body: float = 0.6
    # Of a book's area, shared with something else that was found there: it is that thing
    same_thing: float = 0.3


WORKING = WorkingSize()
FACE_COUNT = FaceCount()
LIGHT = Light()
FACE_LIGHT = FaceLight()
IDENTITY = Identity()
ENROLMENT = Enrolment()
TEXT_ENGINE = TextMap()
TEXT = Text()
REPEATS = Repeats()
STILL_FACES = StillFaces()
STILL_BODIES = StillFaces(same_face_shift=0.3)
MOTION = Motion()
DOCUMENT = Document()

STEADY_FACE_HEIGHTS = 0.35
"""[D] A way of the face's centre between two frames, in face heights, from which it is not steady at all; the
pace of comparisons takes the same way for a jump."""
THINGS = Things()
