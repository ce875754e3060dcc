"""An exam with a question of every kind and every tool, and a policy with all that a page may show."""

import cv2
import numpy as np

from accounts.models import Institution
from accounts.tenancy import within
from exams.bank import media
from exams.bank.questions import create_question
from exams.models import Exam, SectionQuestion
from proctoring.models import Policy
from tests.contracts.permission_world import World
from tests.factories.exams import CONTENT, make_exam


def exam_of_every_kind(institution: Institution) -> Exam:
    """With certainty asked for, and a picture behind the question that is answered on one."""
    kinds = [kind for kind in CONTENT if kind != "hotspot"]
    exam = make_exam(institution, kinds=kinds, points=2, asks_certainty=True)
    with within(institution):
        _, encoded = cv2.imencode(".png", np.full((200, 400, 3), (90, 160, 90), np.uint8))
        picture = media.store(
            institution, name="map.png", data=encoded.tobytes(), description="Map", actor=None
        )
        content = {**CONTENT["hotspot"], "media": str(picture.public_id)}
        question = create_question(
            institution, title="Map", kind="hotspot", stem="Where?", content=content, actor=None
        )
        SectionQuestion.objects.create(
            institution=institution, section=exam.sections.get(), question=question, position=len(kinds) + 1
        )
        Exam.objects.filter(pk=exam.pk).update(
            calculator="scientific",
            scratch_pad=True,
            highlighter=True,
            strike_out=True,
            formula_sheet=r"<p>\(a^2\)</p>",
        )
    return exam


def everything_on(world: World) -> None:
    """The policy of the world's sittings with all that a check-in and an exam page may show."""
    with within(world.institution):
        policy = Policy.objects.get(pk=world.policy.pk)
        policy.screen = "required"
        policy.document = "required"
        policy.liveness = "required"
        policy.voice_enrolment = "required"
        policy.sound = True
        policy.save()
