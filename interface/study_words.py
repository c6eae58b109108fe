"""What the study says of the story's claims, in the reader's language.

The study writes its sentences in English, in pieces: how one begins, each finding, what closes it.
The pieces stand in `assets/study.json` with the study's own numbers. `test_story.py` holds this
list to whatever a study may find, so that a new one is not half in English.
"""

import re
from typing import Any

from interface.phrases import Phrases, spaced

STUDY = {
    # Verdicts
    "reproduced": ("bestätigt", "confirmé"),
    "not reproduced": ("nicht bestätigt", "non confirmé"),
    "mixed": ("teilweise", "en partie"),
    "undecided": ("offen", "indécis"),
    "Not decided: {} of the {} seeds that a verdict needs were trained far enough.": (
        "Nicht entschieden: {} der {} Läufe, die ein Urteil braucht, kamen weit genug.",
        "Non tranché : {} des {} entraînements qu’exige un verdict sont allés assez loin.",
    ),
    # Batch normalisation and a wider range of colours
    "Batch normalisation brings a wider range of colours than the plain network at {} epochs.": (
        "Batch-Normalisierung bringt nach {} Epochen mehr verschiedene Farben als das schlichte "
        "Netz.",
        "Après {} époques, la normalisation par lots donne une gamme de couleurs plus large que "
        "le réseau simple.",
    ),
    "At epoch {}, compared with the plain network, batch normalisation": (
        "Epoche {}, verglichen mit dem schlichten Netz: Batch-Normalisierung",
        "À l’époque {}, par rapport au réseau simple, la normalisation par lots",
    ),
    "paints more different hues": (
        "malt mehr verschiedene Farbtöne",
        "peint des teintes plus variées",
    ),
    "paints fewer different hues": (
        "malt weniger verschiedene Farbtöne",
        "peint des teintes moins variées",
    ),
    "shows no difference in the variety of hues beyond that between seeds": (
        "unterscheidet sich in der Vielfalt der Farbtöne nicht mehr als ein Lauf vom anderen",
        "ne change pas plus la variété des teintes qu’un entraînement ne diffère d’un autre",
    ),
    "is more colourful": ("ist farbiger", "est plus colorée"),
    "is less colourful": ("ist weniger farbig", "est moins colorée"),
    "shows no difference in colourfulness beyond that between seeds": (
        "unterscheidet sich in der Farbigkeit nicht mehr als ein Lauf vom anderen",
        "ne change pas plus l’intensité des couleurs qu’un entraînement ne diffère d’un autre",
    ),
    # Browner with time
    "{} epochs give a browner result than {}, while the losses still improve.": (
        "{} Epochen ergeben ein brauneres Bild als {}, während die Verluste noch sinken.",
        "{} époques donnent un résultat plus brun que {}, alors que les pertes baissent encore.",
    ),
    "From epoch {} to epoch {} the network with batch normalisation": (
        "Von Epoche {} bis {}: Das Netz mit Batch-Normalisierung",
        "De l’époque {} à l’époque {}, le réseau à normalisation par lots",
    ),
    "turns browner": ("wird brauner", "devient plus brun"),
    "turns less brown": ("wird weniger braun", "devient moins brun"),
    "is neither browner nor less brown beyond the difference between seeds": (
        "wird weder brauner noch weniger braun, als ein Lauf vom anderen abweicht",
        "ne devient ni plus ni moins brun, au-delà de ce qui sépare deux entraînements",
    ),
    "its training loss improves": ("sein Trainingsverlust sinkt", "sa perte d’entraînement baisse"),
    "its training loss gets worse": (
        "sein Trainingsverlust steigt",
        "sa perte d’entraînement monte",
    ),
    "its training loss does not clearly change": (
        "sein Trainingsverlust ändert sich nicht deutlich",
        "sa perte d’entraînement ne change pas nettement",
    ),
    "its validation loss improves": (
        "sein Validierungsverlust sinkt",
        "sa perte de validation baisse",
    ),
    "its validation loss gets worse": (
        "sein Validierungsverlust steigt",
        "sa perte de validation monte",
    ),
    "its validation loss does not clearly change": (
        "sein Validierungsverlust ändert sich nicht deutlich",
        "sa perte de validation ne change pas nettement",
    ),
    "Single epochs swing: from one to the next the colourfulness ratio moves by {}.": (
        "Einzelne Epochen schwanken: Von einer zur nächsten ändert sich das "
        "Farbigkeitsverhältnis um {}.",
        "Les époques oscillent : de l’une à l’autre, le rapport d’intensité bouge de {}.",
    ),
    # Early stopping
    "Early stopping on the validation loss with patience {} picks, or does not pick, the more "
    "colourful epoch. Judged as: it does.": (
        "Frühes Stoppen nach dem Validierungsverlust (Geduld {}) wählt die farbigere Epoche, oder "
        "auch nicht. Beurteilt wird: Es wählt sie.",
        "L’arrêt précoce sur la perte de validation (patience {}) choisit, ou ne choisit pas, "
        "l’époque la plus colorée. Jugé ici : il la choisit.",
    ),
    "Averaged over the three variants, the epoch that early stopping picks": (
        "Im Mittel der drei Varianten: Die Epoche, die frühes Stoppen wählt,",
        "En moyenne sur les trois variantes, l’époque que choisit l’arrêt précoce",
    ),
    "is more colourful than the last epoch": (
        "ist farbiger als die letzte",
        "est plus colorée que la dernière",
    ),
    "is less colourful than the last epoch": (
        "ist weniger farbig als die letzte",
        "est moins colorée que la dernière",
    ),
    "does not clearly differ in colour from the last epoch": (
        "unterscheidet sich farblich nicht deutlich von der letzten",
        "ne diffère pas nettement de la dernière par ses couleurs",
    ),
    "is more colourful than the run's average epoch": (
        "ist farbiger als die durchschnittliche",
        "est plus colorée que l’époque moyenne",
    ),
    "is less colourful than the run's average epoch": (
        "ist weniger farbig als die durchschnittliche",
        "est moins colorée que l’époque moyenne",
    ),
    "does not clearly differ in colour from the run's average epoch": (
        "unterscheidet sich farblich nicht deutlich von der durchschnittlichen",
        "ne diffère pas nettement de l’époque moyenne par ses couleurs",
    ),
    # Time
    "Dropout between every Conv2D adds time per epoch: {} s, then {}, {} and {} s.": (
        "Dropout zwischen allen Conv2D kostet Zeit je Epoche: {} s, dann {}, {} und {} s.",
        "Du dropout entre toutes les Conv2D allonge les époques : {} s, puis {}, {} et {} s.",
    ),
    "Compared with the same network without it, dropout": (
        "Verglichen mit demselben Netz ohne: Dropout",
        "Par rapport au même réseau sans dropout, le dropout",
    ),
    "takes longer per epoch": ("braucht länger je Epoche", "rend les époques plus longues"),
    "takes less time per epoch": (
        "braucht weniger Zeit je Epoche",
        "rend les époques plus courtes",
    ),
    "does not clearly change the time per epoch": (
        "ändert die Zeit je Epoche nicht deutlich",
        "ne change pas nettement la durée des époques",
    ),
    "its epochs get longer one after the other": (
        "seine Epochen werden nach und nach länger",
        "ses époques s’allongent l’une après l’autre",
    ),
    "its epochs get shorter one after the other": (
        "seine Epochen werden nach und nach kürzer",
        "ses époques raccourcissent l’une après l’autre",
    ),
    "its epochs do not get longer one after the other": (
        "seine Epochen werden nicht nach und nach länger",
        "ses époques ne s’allongent pas l’une après l’autre",
    ),
    "The story's four epochs rise by {} % each.": (
        "Die vier Epochen der Geschichte dauern je {} % länger als die vorige.",
        "Les quatre époques de l’histoire s’allongent chacune de {} %.",
    ),
    # Fuzzier and browner
    "With dropout the result is fuzzier, and browner.": (
        "Mit Dropout wird das Ergebnis unschärfer, und brauner.",
        "Avec le dropout, le résultat est plus flou, et plus brun.",
    ),
    "At epoch {}, compared with the same network without it, dropout": (
        "Epoche {}, verglichen mit demselben Netz ohne: Dropout",
        "À l’époque {}, par rapport au même réseau sans dropout, le dropout",
    ),
    "gives fuzzier colour": ("macht die Farbe unschärfer", "rend la couleur plus floue"),
    "gives sharper colour": ("macht die Farbe schärfer", "rend la couleur plus nette"),
    "does not clearly change the sharpness of the colour": (
        "ändert die Schärfe der Farbe nicht deutlich",
        "ne change pas clairement la netteté de la couleur",
    ),
    "is browner": ("macht sie brauner", "la rend plus brune"),
    "is less brown": ("macht sie weniger braun", "la rend moins brune"),
    "does not clearly change how brown the result is": (
        "ändert nicht deutlich, wie braun sie ist",
        "ne change pas clairement sa part de brun",
    ),
    "For how much its colour varies at all it is fuzzier, too (relative sharpness {}); paler "
    "colour has smaller steps.": (
        "Gemessen daran, wie sehr die Farbe überhaupt schwankt, ist sie ebenfalls unschärfer "
        "(relative Schärfe {}); blassere Farbe hat kleinere Sprünge.",
        "Rapportée à ses variations, la couleur est aussi plus floue (netteté relative {}) ; une "
        "couleur plus pâle a des écarts plus petits.",
    ),
    "For how much its colour varies at all it is not clearly fuzzier (relative sharpness {}); "
    "paler colour has smaller steps.": (
        "Gemessen daran, wie sehr die Farbe überhaupt schwankt, ist sie nicht deutlich unschärfer "
        "(relative Schärfe {}); blassere Farbe hat kleinere Sprünge.",
        "Rapportée à ses variations, la couleur n’est pas nettement plus floue (netteté relative "
        "{}) ; une couleur plus pâle a des écarts plus petits.",
    ),
    # The diagnosis
    "The network over-generalises (over-fits), and that is why it ends in sepia.": (
        "Das Netz verallgemeinert zu sehr (Überanpassung), und deshalb endet es in Sepia.",
        "Le réseau généralise trop (surapprentissage), et c’est pourquoi il finit en sépia.",
    ),
    "From epoch {} to epoch {} of the network with batch normalisation,": (
        "Von Epoche {} bis {} des Netzes mit Batch-Normalisierung:",
        "De l’époque {} à l’époque {} du réseau à normalisation par lots,",
    ),
    "the gap between validation and training loss widens, as over-fitting has it": (
        "Der Abstand zwischen Validierungs- und Trainingsverlust wächst, wie bei Überanpassung",
        "l’écart entre pertes de validation et d’entraînement grandit, comme au surapprentissage",
    ),
    "the gap between validation and training loss narrows": (
        "Der Abstand zwischen Validierungs- und Trainingsverlust schrumpft",
        "l’écart entre pertes de validation et d’entraînement se réduit",
    ),
    "the gap between validation and training loss does not clearly change": (
        "Der Abstand zwischen Validierungs- und Trainingsverlust ändert sich nicht deutlich",
        "l’écart entre pertes de validation et d’entraînement ne change pas nettement",
    ),
    "photos it never saw turn browner than those it was trained on": (
        "Fotos, die es nie sah, werden brauner als die, mit denen es lernte",
        "les photos jamais vues deviennent plus brunes que celles de l’entraînement",
    ),
    "photos it never saw turn less brown than those it was trained on": (
        "Fotos, die es nie sah, werden weniger braun als die, mit denen es lernte",
        "les photos jamais vues deviennent moins brunes que celles de l’entraînement",
    ),
    "photos it never saw turn no browner than those it was trained on": (
        "Fotos, die es nie sah, werden nicht brauner als die, mit denen es lernte",
        "les photos jamais vues ne deviennent pas plus brunes que celles de l’entraînement",
    ),
    "its colours are stronger than unseen photos bear out": (
        "seine Farben sind kräftiger, als ungesehene Fotos hergeben",
        "ses couleurs sont plus fortes que ne le justifient les photos jamais vues",
    ),
    "its colours are no stronger than unseen photos bear out": (
        "seine Farben sind nicht kräftiger, als ungesehene Fotos hergeben",
        "ses couleurs ne sont pas plus fortes que ne le justifient les photos jamais vues",
    ),
    "its colours are not clearly stronger than unseen photos bear out": (
        "seine Farben sind nicht deutlich kräftiger, als ungesehene Fotos hergeben",
        "ses couleurs ne sont pas nettement plus fortes que ne le justifient les photos jamais "
        "vues",
    ),
    "Where the colours that the network cannot tell apart differ most (a share of {} of the "
    "pixels), the true colours have a chroma of {} and a brown share of {}; their mean has {} and "
    "{}; the network paints {} and {}.": (
        "Wo die Farben, die das Netz nicht unterscheiden kann, am weitesten auseinandergehen (ein "
        "Anteil von {} der Pixel), haben die wahren Farben eine Buntheit von {} und einen "
        "Braunanteil von {}, ihr Mittel {} und {}; das Netz malt {} und {}.",
        "Là où les couleurs que le réseau ne distingue pas diffèrent le plus (une part de {} des "
        "pixels), les vraies couleurs ont un chroma de {} et une part de brun de {}, leur moyenne "
        "{} et {} ; le réseau peint {} et {}.",
    ),
    "The network's colours are weaker than that mean (slope of truth on prediction {}): it has "
    "not yet learnt all the colour that L2 would let it paint.": (
        "Die Farben des Netzes sind schwächer als dieses Mittel (Steigung der Wahrheit über der "
        "Vorhersage {}): Es hat noch nicht alle Farbe gelernt, die L2 ihm erlaubt.",
        "Les couleurs du réseau sont plus faibles que cette moyenne (pente du vrai sur le prédit "
        "{}) : il n’a pas encore appris toute la couleur que L2 lui permet.",
    ),
    "The network's colours are stronger than that mean (slope of truth on prediction {}): on "
    "unseen photos it is over-confident, not at the L2 optimum.": (
        "Die Farben des Netzes sind kräftiger als dieses Mittel (Steigung der Wahrheit über der "
        "Vorhersage {}): Auf ungesehenen Fotos ist es zu selbstsicher, nicht am L2-Optimum.",
        "Les couleurs du réseau sont plus fortes que cette moyenne (pente du vrai sur le prédit "
        "{}) : sur les photos jamais vues il est trop sûr de lui, et non à l’optimum L2.",
    ),
}
_PLACES = {
    "The network's colours are as strong as that mean (slope of truth on prediction {}), as L2 "
    "asks for": (
        "Die Farben des Netzes sind so kräftig wie dieses Mittel (Steigung der Wahrheit über der "
        "Vorhersage {}), wie L2 es verlangt",
        "Les couleurs du réseau sont aussi fortes que cette moyenne (pente du vrai sur le prédit "
        "{}), comme L2 le demande",
    ),
    "The network's colours are now stronger, now weaker than that mean (slope of truth on "
    "prediction {}), seed by seed": (
        "Die Farben des Netzes sind je nach Lauf kräftiger oder schwächer als dieses Mittel "
        "(Steigung der Wahrheit über der Vorhersage {})",
        "Selon l’entraînement, les couleurs du réseau sont plus fortes ou plus faibles que cette "
        "moyenne (pente du vrai sur le prédit {})",
    ),
}
_REASONS = {
    "; taking the mean is what turns them pale and brown: the L2 optimum itself.": (
        "; das Mitteln macht sie blass und braun: das L2-Optimum selbst.",
        " ; c’est la moyenne qui les rend pâles et brunes : l’optimum L2 lui-même.",
    ),
    "; but taking the mean makes them less brown, so the L2 optimum does not explain the sepia.": (
        "; doch das Mitteln macht sie weniger braun, also erklärt das L2-Optimum das Sepia nicht.",
        " ; mais la moyenne les rend moins brunes, et l’optimum L2 n’explique donc pas le sépia.",
    ),
    "; whether taking the mean makes them browner stays open.": (
        "; ob das Mitteln sie brauner macht, bleibt offen.",
        " ; la moyenne les rend-elle plus brunes ? La question reste ouverte.",
    ),
}
STUDY |= {
    place + reason: (in_german + so_german, in_french + so_french)
    for place, (in_german, in_french) in _PLACES.items()
    for reason, (so_german, so_french) in _REASONS.items()
}
# What a figure measures, and its unit.
STUDY |= {
    "hue entropy": ("Farbton-Entropie", "entropie des teintes"),
    "colourfulness ratio": ("Farbigkeitsverhältnis", "rapport d’intensité des couleurs"),
    "sepia index": ("Sepia-Index", "indice de sépia"),
    "training loss": ("Trainingsverlust", "perte d’entraînement"),
    "validation loss": ("Validierungsverlust", "perte de validation"),
    "seconds per epoch": ("Sekunden je Epoche", "secondes par époque"),
    "rise per epoch with dropout": (
        "Anstieg je Epoche mit Dropout",
        "hausse par époque avec dropout",
    ),
    "sharpness of the colour": ("Schärfe der Farbe", "netteté de la couleur"),
    "validation minus training loss": (
        "Validierungs- minus Trainingsverlust",
        "perte de validation moins perte d’entraînement",
    ),
    "sepia index, the one rise minus the other": (
        "Sepia-Index, der eine Anstieg minus den anderen",
        "indice de sépia, une hausse moins l’autre",
    ),
    "slope of truth on prediction, minus {}:": (
        "Steigung der Wahrheit über der Vorhersage, minus {}:",
        "pente du vrai sur le prédit, moins {} :",
    ),
    "{} bits": ("{} Bit", "{} bits"),
}
# The questions of the map, and their answers
STUDY |= {
    "everywhere": ("überall", "partout"),
    "in some regimes": ("manchmal", "parfois"),
    "nowhere": ("nirgends", "nulle part"),
    "Are {} epochs browner than {}?": (
        "Sind {} Epochen brauner als {}?",
        "{} époques sont-elles plus brunes que {} ?",
    ),
    "Do the training photos turn brown, too?": (
        "Werden auch die Trainingsfotos braun?",
        "Les photos d’entraînement brunissent-elles aussi ?",
    ),
    "Does colour fade with longer training?": (
        "Verblasst die Farbe mit längerem Training?",
        "La couleur pâlit-elle quand l’entraînement dure ?",
    ),
    "Is a picture that is painted whole browner?": (
        "Ist ein Bild brauner, wenn das Netz es ganz malt?",
        "Une image peinte en entier est-elle plus brune ?",
    ),
    "Do crops and flips make it less brown?": (
        "Machen Ausschnitte und Spiegelungen es weniger braun?",
        "Recadrages et retournements la rendent-ils moins brune ?",
    ),
    "Is a wider network browner?": (
        "Ist ein breiteres Netz brauner?",
        "Un réseau plus large est-il plus brun ?",
    ),
    "Does early stopping stop before the most colourful epoch?": (
        "Hält frühes Stoppen vor der farbigsten Epoche an?",
        "L’arrêt précoce s’arrête-t-il avant l’époque la plus colorée ?",
    ),
    "Does batch normalisation widen the range of colours?": (
        "Bringt Batch-Normalisierung mehr verschiedene Farben?",
        "La normalisation par lots élargit-elle la gamme des couleurs ?",
    ),
    "Does batch normalisation bring more colour?": (
        "Bringt Batch-Normalisierung mehr Farbe?",
        "La normalisation par lots apporte-t-elle plus de couleur ?",
    ),
    "Is the result fuzzier with dropout?": (
        "Ist das Ergebnis mit Dropout unschärfer?",
        "Le résultat est-il plus flou avec le dropout ?",
    ),
    "Is the result browner with dropout?": (
        "Ist das Ergebnis mit Dropout brauner?",
        "Le résultat est-il plus brun avec le dropout ?",
    ),
    "Does dropout bring the colours nearer to the truth?": (
        "Bringt Dropout die Farben näher an die wahren?",
        "Le dropout rapproche-t-il les couleurs des vraies ?",
    ),
    "Is a network that chooses among bins less brown under the same?": (
        "Ist ein Netz, das unter Farben wählt, sonst gleich trainiert weniger braun?",
        "Un réseau qui choisit parmi les couleurs est-il moins brun, toutes choses égales ?",
    ),
    "Does it over-fit: does the gap between the losses widen?": (
        "Passt es sich zu sehr an: Wächst der Abstand der Verluste?",
        "Y a-t-il surapprentissage : l’écart entre les pertes grandit-il ?",
    ),
    "Does transfer learning cure the sepia?": (
        "Hilft Transferlernen gegen das Sepia?",
        "L’apprentissage par transfert guérit-il le sépia ?",
    ),
    "Does transfer learning bring more colour?": (
        "Bringt Transferlernen mehr Farbe?",
        "L’apprentissage par transfert apporte-t-il plus de couleur ?",
    ),
}
STUDY = {english: (german, spaced(french)) for english, (german, french) in STUDY.items()}
_PHRASES = Phrases(STUDY)
_AND = {"en": ("; ", "; and "), "de": ("; ", "; und "), "fr": (" ; ", " ; et ")}


def translated(english: str, language: str) -> str:
    """One piece of what the study says, its numbers as that language writes them."""
    text = _PHRASES.translated(english, language)
    return text if language == "en" else re.sub(r"(\d)\.(\d)", r"\1,\2", text)


def found_in_short(claim: dict[str, Any], language: str) -> str:
    """What the study found of a claim of `study.json`, as one sentence without figures."""
    return _sentence(claim, language, [translated(f["says"], language) for f in claim["findings"]])


def found(claim: dict[str, Any], language: str) -> str:
    """The same with its figures, and what closes it."""

    def said(english: str) -> str:
        return translated(english, language)

    findings = [
        f"{said(piece['says'])} ({said(piece['label'])} {said(piece['figure'])})"
        for piece in claim["findings"]
    ]
    return " ".join([_sentence(claim, language, findings), *map(said, claim["closing"])])


def _sentence(claim: dict[str, Any], language: str, findings: list[str]) -> str:
    text = translated(claim["opening"], language)
    if not findings:
        return text
    between, last = _AND[language]
    *others, end = findings
    return f"{text} {last.join([between.join(others), end])}."
