"""What a new institution's proctors find: coded reasons and ready texts, in four languages."""

from typing import Any

from accounts.models import Institution
from proctoring.models import ReadyText, ReasonCode
from proctoring.models.supervision import TextKind

_PAUSES = ["pause", "terminate"]

REASONS: tuple[dict[str, Any], ...] = (
    {
        "code": "technical",
        "acts": ["pause", "give_time"],
        "wording": "Technical trouble",
        "texts": {
            "en": "There is a technical problem.",
            "de": "Es gibt ein technisches Problem.",
            "fr": "Il y a un problème technique.",
            "es": "Hay un problema técnico.",
        },
    },
    {
        "code": "disturbance",
        "acts": ["pause", "give_time"],
        "wording": "Disturbance from outside (alarm, noise)",
        "texts": {
            "en": "There is a disturbance that is not your fault.",
            "de": "Es gibt eine Störung, für die Sie nichts können.",
            "fr": "Il y a une perturbation dont vous n’êtes pas responsable.",
            "es": "Hay una perturbación que no es culpa suya.",
        },
    },
    {
        "code": "need",
        "acts": ["pause", "give_time"],
        "wording": "The candidate needs a moment (health, break)",
        "texts": {
            "en": "You asked for a moment.",
            "de": "Sie haben um einen Moment gebeten.",
            "fr": "Vous avez demandé un moment.",
            "es": "Ha pedido un momento.",
        },
    },
    {
        "code": "other_person",
        "acts": _PAUSES,
        "wording": "Another person in the room",
        "texts": {
            "en": "Another person seems to be in your room.",
            "de": "In Ihrem Raum scheint noch eine Person zu sein.",
            "fr": "Une autre personne semble être dans votre pièce.",
            "es": "Parece que hay otra persona en su habitación.",
        },
    },
    {
        "code": "not_allowed_aid",
        "acts": _PAUSES,
        "wording": "Something in use that is not allowed",
        "texts": {
            "en": "Something seems to be in use that is not allowed.",
            "de": "Es scheint etwas benutzt zu werden, das nicht erlaubt ist.",
            "fr": "Quelque chose qui n’est pas autorisé semble être utilisé.",
            "es": "Parece que se usa algo que no está permitido.",
        },
    },
    {
        "code": "not_in_view",
        "acts": _PAUSES,
        "wording": "Not in view, or left the room",
        "texts": {
            "en": "You could not be seen.",
            "de": "Sie waren nicht zu sehen.",
            "fr": "Vous n’étiez pas visible.",
            "es": "No se le podía ver.",
        },
    },
    {
        "code": "identity",
        "acts": [*_PAUSES, "ask", "admit"],
        "wording": "Doubt about who is taking the exam",
        "texts": {
            "en": "It has to be checked who is taking the exam.",
            "de": "Es muss geprüft werden, wer die Prüfung ablegt.",
            "fr": "Il faut vérifier qui passe l’examen.",
            "es": "Hay que comprobar quién hace el examen.",
        },
    },
    {
        "code": "checked",
        "acts": ["resume", "admit", "reinstate"],
        "wording": "Looked into; nothing stands against it",
        "texts": {
            "en": "It was looked into; you can go on.",
            "de": "Es wurde geklärt; Sie können weitermachen.",
            "fr": "C’est vérifié ; vous pouvez continuer.",
            "es": "Se ha comprobado; puede continuar.",
        },
    },
    {
        "code": "mistake",
        "acts": ["resume", "reinstate"],
        "wording": "Was a mistake of the staff",
        "texts": {
            "en": "It was our mistake. We are sorry.",
            "de": "Das war unser Fehler. Wir bitten um Entschuldigung.",
            "fr": "C’était notre erreur. Nous vous présentons nos excuses.",
            "es": "Fue un error nuestro. Lo sentimos.",
        },
    },
    {
        "code": "routine",
        "acts": ["ask"],
        "wording": "A check that everybody may be asked for",
        "texts": {
            "en": "This is a check that everybody may be asked for.",
            "de": "Das ist eine Prüfung, um die jede Person gebeten werden kann.",
            "fr": "C’est un contrôle qui peut être demandé à tout le monde.",
            "es": "Es un control que se puede pedir a cualquier persona.",
        },
    },
    {
        "code": "seen_something",
        "acts": ["ask"],
        "wording": "Something was seen or heard that should be looked at",
        "texts": {
            "en": "Something was seen or heard that we would like to understand.",
            "de": "Es war etwas zu sehen oder zu hören, das wir verstehen möchten.",
            "fr": "Nous avons vu ou entendu quelque chose que nous aimerions comprendre.",
            "es": "Se ha visto u oído algo que queremos entender.",
        },
    },
    {
        "code": "other",
        "acts": ["pause", "terminate", "resume", "reinstate", "admit", "give_time", "ask"],
        "wording": "Another reason",
        "texts": {},
        "needs_words": True,
    },
)

READING_REASONS: tuple[dict[str, Any], ...] = (
    {"code": "case_other_person", "wording": "Help by another person"},
    {"code": "case_aid", "wording": "Use of something that is not allowed"},
    {"code": "case_left", "wording": "Left the room or the view without leave"},
    {"code": "case_identity", "wording": "Not the person who was to take the exam"},
    {"code": "case_screen", "wording": "Something on the screen that is not allowed"},
    {"code": "case_harmless", "wording": "Explained by something harmless"},
    {"code": "case_machine", "wording": "A mistake of the machine"},
    {"code": "case_unclear", "wording": "The evidence cannot tell"},
)
"""What readers of cases choose from; candidates are told in the reader's own words."""

WARNINGS: tuple[dict[str, str], ...] = (
    {
        "en": "Please stay in view of your camera.",
        "de": "Bitte bleiben Sie im Bild Ihrer Kamera.",
        "fr": "Veuillez rester dans le champ de votre caméra.",
        "es": "Por favor, permanezca a la vista de su cámara.",
    },
    {
        "en": "Please make sure that you are alone in the room.",
        "de": "Bitte sorgen Sie dafür, dass Sie allein im Raum sind.",
        "fr": "Veuillez vous assurer que vous êtes seul dans la pièce.",
        "es": "Por favor, asegúrese de estar a solas en la habitación.",
    },
    {
        "en": "Your camera is covered. Please uncover it.",
        "de": "Ihre Kamera ist verdeckt. Bitte decken Sie sie auf.",
        "fr": "Votre caméra est couverte. Veuillez la découvrir.",
        "es": "Su cámara está tapada. Por favor, destápela.",
    },
    {
        "en": "It is too dark to see you. Please turn on a light.",
        "de": "Es ist zu dunkel, um Sie zu sehen. Bitte machen Sie Licht.",
        "fr": "Il fait trop sombre pour vous voir. Veuillez allumer une lampe.",
        "es": "Está demasiado oscuro para verle. Por favor, encienda una luz.",
    },
    {
        "en": "Please put away everything that is not allowed.",
        "de": "Bitte legen Sie alles weg, was nicht erlaubt ist.",
        "fr": "Veuillez ranger tout ce qui n’est pas autorisé.",
        "es": "Por favor, guarde todo lo que no está permitido.",
    },
    {
        "en": "Please stop talking.",
        "de": "Bitte sprechen Sie nicht.",
        "fr": "Veuillez ne pas parler.",
        "es": "Por favor, no hable.",
    },
)

ANNOUNCEMENTS: tuple[dict[str, str], ...] = (
    {
        "en": "There is a technical problem on our side. We are working on it; lost time is given back.",
        "de": "Auf unserer Seite gibt es ein technisches Problem. Wir arbeiten daran; verlorene Zeit wird "
        "zurückgegeben.",
        "fr": "Il y a un problème technique de notre côté. Nous y travaillons ; le temps perdu est rendu.",
        "es": "Hay un problema técnico por nuestra parte. Estamos en ello; el tiempo perdido se devuelve.",
    },
    {
        "en": "There is a fault in our network. Please go on working: your answers are kept on your computer "
        "and are sent when the connection is back.",
        "de": "Unser Netz ist gestört. Bitte arbeiten Sie weiter: Ihre Antworten bleiben auf Ihrem Computer "
        "und werden gesendet, sobald die Verbindung wieder da ist.",
        "fr": "Notre réseau est en panne. Continuez à travailler : vos réponses restent sur votre ordinateur "
        "et sont envoyées dès que la connexion est rétablie.",
        "es": "Hay un fallo en nuestra red. Siga trabajando: sus respuestas se guardan en su ordenador y se "
        "envían cuando vuelva la conexión.",
    },
    {
        "en": "There is a disturbance in the building. Please go on working; it is being taken care of.",
        "de": "Im Gebäude gibt es eine Störung. Bitte arbeiten Sie weiter; wir kümmern uns darum.",
        "fr": "Il y a une perturbation dans le bâtiment. Continuez à travailler ; nous nous en occupons.",
        "es": "Hay una molestia en el edificio. Siga trabajando; nos ocupamos de ello.",
    },
)


def make_defaults(institution: Institution, *, codes: Any = ReasonCode, texts: Any = ReadyText) -> None:
    """The rows of a new institution. A migration gives the models as they were."""
    codes._base_manager.bulk_create(
        codes(institution_id=institution.pk, order=10 * (place + 1), **each)
        for place, each in enumerate(REASONS)
    )
    make_reading_reasons(institution, codes=codes)
    kinds = [(TextKind.WARN.value, WARNINGS), (TextKind.ANNOUNCE.value, ANNOUNCEMENTS)]
    texts._base_manager.bulk_create(
        texts(institution_id=institution.pk, kind=kind, order=10 * (place + 1), texts=each)
        for kind, rows in kinds
        for place, each in enumerate(rows)
    )


def make_reading_reasons(institution: Institution, *, codes: Any = ReasonCode) -> None:
    """The reasons for readings of cases. A migration gives the model as it was."""
    codes._base_manager.bulk_create(
        codes(institution_id=institution.pk, order=500 + 10 * place, acts=["read"], **each)
        for place, each in enumerate(READING_REASONS)
    )
