"""Every number that sound is judged by, with its source.

[D] chosen on the development clips (model card, section on sound); [S] from the source named there. They
belong to the two models of ``diarizers.local``: with others, measure anew (`manage.py bench_audio`).
"""

WINDOW_HOP_S = 5.0
"""[D] Seconds from window to window of the segmentation; each frame is judged by the window in whose middle
it is."""
LEAST_SPEECH_DB = -70.0
"""[D] Windows that never reach this are not listened to; the quietest speech of the clips reaches -33."""
LEAST_SPEECH_S = 0.3
"""[D] Less than this is nobody speaking: a click, a cough."""
JOIN_S = 0.4
LEAST_TURN_S = 0.6
"""[D] Pauses inside a turn; shorter turns say too little about a voice."""
PIECE_S = 2.0
PIECE_HOP_S = 1.0
"""[D] Pieces of turns that are compared: the voice model errs 1.5 times in 100 at 1.6 s, .2 times at 3 s."""
LEAST_PIECE_S = 0.3
MERGE = 0.275
"""[D] Groups of pieces are one voice while their mean similarity is at least this."""
SPLIT_RATIO = 0.6
SPLIT_BELOW = 0.42
SPLIT_LEAST = 3
"""[D] A group is two voices when its halves (of so many pieces) are less alike than this share of the
likeness inside the looser half, and less than `SPLIT_BELOW`."""
LEAST_VOICE_S = 1.2
LEAST_UNLIKE_VOICE_S = 1.0
UNLIKE = 0.15
SHORT_VOICE_S = 0.8
"""[D] A voice counts from 1.2 s on, and from 1.0 s when it is quite unlike every other: of 229 pieces of 1
s, cut out of what one person said, none of those without television had less than .31 to the rest of it,
while half of 158 pieces had less than .10 to somebody else. From .8 s a voice is noted, and nothing more
can be said."""
LEAST_OVERLAP_S = 1.2
"""[D] Two voices at once for so long are two people, also when only one of them is ever alone."""
SAME_VOICE = 0.50
DIFFERENT_VOICE = 0.40
LEAST_COMPARED_S = 4.0
LEAST_ENROLLED_S = 8.0
"""[D] Likeness with the enrolled voice: 80 true pairs were at least .60, 720 false ones at most .39, with
12 s of enrolment and at least 4 s to compare."""
QUIET_DB = -10.0
"""A second voice that is so much weaker than the candidate's is called quiet."""
LEAST_SILENCE_S = 5.0
"""A recording shorter than this may have been stopped before the microphone woke up."""
ENROLMENT_LEVEL_DB = -45.0
ENROLMENT_NOISE_DB = -12.0
ENROLMENT_CLIPPED = 0.02
"""An enrolment is refused when speech is weaker than this, less than 12 dB above the quiet parts, or more
than this share of it is at full scale. Careful values of ours: a weak enrolment would accuse its owner."""
COUNTED_CONFIDENCE = 0.5
"""Voices that are noted but do not count have less."""
SUNG_LEAST_SPEECH = 0.40
SUNG_LEAST_SONG = 0.50
"""[D] A voice is song when less than this share of it is heard as speech and more than this one as singing or
music: rejects eight of eight songs, and none of the voices of 588 clips."""
