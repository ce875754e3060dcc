"""A neutral text of some 12 seconds to read aloud when the voice is recorded at check-in."""

_TEXTS = {
    "en": "In the morning the street is still quiet. A baker opens his shop, and the first people walk to the"
    " station. Later the market begins: there are apples, bread and flowers, and somebody plays an old "
    "song on a guitar.",
    "de": "Am Morgen ist die Straße noch ruhig. Ein Bäcker öffnet seinen Laden, und die ersten Leute gehen "
    "zum Bahnhof. Später beginnt der Markt: Es gibt Äpfel, Brot und Blumen, und jemand spielt ein altes"
    " Lied auf der Gitarre.",
    "fr": "Le matin, la rue est encore calme. Un boulanger ouvre sa boutique et les premiers passants vont à "
    "la gare. Plus tard, le marché commence : il y a des pommes, du pain et des fleurs, et quelqu’un "
    "joue une vieille chanson à la guitare.",
    "es": "Por la mañana la calle todavía está tranquila. Un panadero abre su tienda y las primeras personas "
    "van a la estación. Más tarde empieza el mercado: hay manzanas, pan y flores, y alguien toca una "
    "vieja canción con la guitarra.",
    "it": "La mattina la strada è ancora tranquilla. Un panettiere apre il suo negozio e le prime persone "
    "vanno alla stazione. Più tardi comincia il mercato: ci sono mele, pane e fiori, e qualcuno suona "
    "una vecchia canzone con la chitarra.",
}


def reading_text(language: str) -> tuple[str, str]:
    """The text and its language code: that of the language (such as "de", "de-CH") where we have words."""
    known = language.split("-")[0].lower()
    return (_TEXTS[known], known) if known in _TEXTS else (_TEXTS["en"], "en")
