"""What stands on the page before anyone has done anything, in each language it is read in.

The browser chooses by its own language; what is not here is in English, and so are sentences about
a visitor's own photo. `test_access.py` holds the languages against each other.
"""

import gradio as gr

ENGLISH = {
    "heading": "# Colorizer\nA small network guesses the colours of your photo. The sliders change "
    "how it was built and how long it was trained.",
    "tab_colorize": "Colorize",
    "tab_epochs": "Epochs",
    "tab_uncertainty": "Uncertainty",
    "tab_story": "Story",
    # Colorize
    "original": "Original",
    "original_black_and_white": "Original (black and white)",
    "original_toned": "Original (toned)",
    "drop": "Drop, paste or click to choose a photo",
    "grayscale": "Grayscale: all the network sees",
    "colorized": "Colorized",
    "model_variant": "Model variant",
    "epoch": "Epoch",
    "samples": "MC-dropout samples",
    "samples_on": "1: dropout off. More: that many random passes.",
    "samples_off": "no dropout layers to sample.",
    "mean": "mean",
    "medoid": "medoid",
    "temperature": "Temperature",
    "temperature_on": "Left: vivid, the likeliest colour. Right: safe, the mean.",
    "temperature_off": "predicts one colour, not how likely each one is.",
    "examples": "Or try one of these",
    "download": "Download PNG",
    "copy": "Copy link",
    # Epochs
    "epochs_lead": "The same photo through many checkpoints. Pick any two to compare them.",
    "variants": "Variants",
    "epochs": "Epochs",
    "compare": "Compare",
    "stop": "Stop",
    "two": "Two checkpoints",
    "divider": "Divider",
    "film_of": "Film of",
    "download_film": "Download film (WebP)",
    # Uncertainty
    "uncertainty_lead": "Dropout stays on, and every guess comes out a little different. Where the "
    "guesses agree, the network is sure of itself, which is not the same as being right.",
    "variant": "Variant",
    "sample": "Sample",
    "uncertainty_empty": "Press Sample: the network colours the photo many times, with different "
    "channels dropped each time.",
    # Story
    "story_lead": "A blogger taught a small network to colour photos, saw colour come with batch "
    "normalisation, and then watched it turn brown. We trained it again, three times over, and "
    "measured each claim.",
    "why": "**Why the mean of all colours is brown.** A car that is grey in the photo may have "
    "been red, green or blue, and squared error punishes a network least if it paints the "
    "average of them all. The average of many hues is a dull, slightly warm colour, "
    "because photos hold more skin, wood, soil and fur than anything blue. So the loss can keep "
    "falling while the colour fades, and a lower loss is no promise of a better picture.",
}

GERMAN = {
    "heading": "# Colorizer\nEin kleines Netz errät die Farben deines Fotos. Schiebe dich durch "
    "seine Bauart und seine Lernzeit.",
    "tab_colorize": "Färben",
    "tab_epochs": "Epochen",
    "tab_uncertainty": "Unsicherheit",
    "tab_story": "Geschichte",
    "original": "Original",
    "original_black_and_white": "Original (schwarz-weiß)",
    "original_toned": "Original (getont)",
    "drop": "Foto hierher ziehen, einfügen oder klicken und wählen",
    "grayscale": "Graustufen: mehr sieht das Netz nicht",
    "colorized": "Gefärbt",
    "model_variant": "Modellvariante",
    "epoch": "Epoche",
    "samples": "MC-Dropout-Stichproben",
    "samples_on": "1: Dropout aus. Mehr: so viele zufällige Durchgänge.",
    "samples_off": "keine Dropout-Schichten, also keine Stichproben.",
    "mean": "Mittel",
    "medoid": "Medoid",
    "temperature": "Temperatur",
    "temperature_on": "Links: lebhaft, die wahrscheinlichste Farbe. Rechts: sicher, das Mittel.",
    "temperature_off": "sagt eine Farbe voraus, nicht wie wahrscheinlich jede ist.",
    "examples": "Oder eines von diesen",
    "download": "PNG herunterladen",
    "copy": "Link kopieren",
    "epochs_lead": "Dasselbe Foto durch viele Checkpoints. Wähle zwei, um sie zu vergleichen.",
    "variants": "Varianten",
    "epochs": "Epochen",
    "compare": "Vergleichen",
    "stop": "Anhalten",
    "two": "Zwei Checkpoints",
    "divider": "Trennlinie",
    "film_of": "Film von",
    "download_film": "Film herunterladen (WebP)",
    "uncertainty_lead": "Dropout bleibt an, und jeder Versuch fällt ein wenig anders aus. Wo sie "
    "übereinstimmen, ist sich das Netz sicher; recht hat es darum noch nicht.",
    "variant": "Variante",
    "sample": "Ziehen",
    "uncertainty_empty": "Drücke Ziehen: Das Netz färbt das Foto viele Male, und jedes Mal fallen "
    "andere Kanäle aus.",
    "story_lead": "Ein Blogger brachte einem kleinen Netz bei, Fotos zu färben, sah mit "
    "Batch-Normalisierung Farbe kommen und dann alles braun werden. Wir haben es dreimal neu "
    "trainiert und jede Behauptung gemessen.",
    "why": "**Warum das Mittel aller Farben braun ist.** Ein Auto, das auf dem Foto grau ist, "
    "kann rot, grün oder blau gewesen sein, und der quadratische Fehler bestraft ein Netz am "
    "wenigsten, wenn es den Durchschnitt von allen malt. Der Durchschnitt vieler Farbtöne ist "
    "eine matte, etwas warme Farbe, denn Fotos zeigen mehr Haut, Holz, Erde und Fell als Blaues. "
    "So kann der Verlust weiter fallen, während die Farbe verblasst, und ein kleinerer Verlust "
    "verspricht kein besseres Bild.",
}

FRENCH = {
    "heading": "# Colorizer\nUn petit réseau devine les couleurs de votre photo. Parcourez ses "
    "variantes et la durée de son apprentissage.",
    "tab_colorize": "Coloriser",
    "tab_epochs": "Époques",
    "tab_uncertainty": "Incertitude",
    "tab_story": "Histoire",
    "original": "Original",
    "original_black_and_white": "Original (noir et blanc)",
    "original_toned": "Original (virage)",
    "drop": "Déposez, collez ou cliquez pour choisir une photo",
    "grayscale": "Niveaux de gris : tout ce que voit le réseau",
    "colorized": "Colorisée",
    "model_variant": "Variante du modèle",
    "epoch": "Époque",
    "samples": "Échantillons MC dropout",
    "samples_on": "1 : dropout inactif. Plus : autant de passages aléatoires.",
    "samples_off": "aucune couche de dropout à échantillonner.",
    "mean": "moyenne",
    "medoid": "médoïde",
    "temperature": "Température",
    "temperature_on": "À gauche : vif, la couleur la plus probable. À droite : sûr, la moyenne.",
    "temperature_off": "prédit une couleur, et non la probabilité de chacune.",
    "examples": "Ou essayez l’une de celles-ci",
    "download": "Télécharger le PNG",
    "copy": "Copier le lien",
    "epochs_lead": "La même photo à travers de nombreux checkpoints. Comparez-en deux.",
    "variants": "Variantes",
    "epochs": "Époques",
    "compare": "Comparer",
    "stop": "Arrêter",
    "two": "Deux checkpoints",
    "divider": "Séparation",
    "film_of": "Film de",
    "download_film": "Télécharger le film (WebP)",
    "uncertainty_lead": "Le dropout reste actif, et chaque essai diffère un peu. Là où les essais "
    "s’accordent, le réseau est sûr de lui, ce qui ne veut pas dire qu’il a raison.",
    "variant": "Variante",
    "sample": "Échantillonner",
    "uncertainty_empty": "Appuyez sur Échantillonner : le réseau colorise la photo de nombreuses "
    "fois, chaque fois sans d’autres canaux.",
    "story_lead": "Un blogueur a appris à un petit réseau à coloriser des photos, a vu la couleur "
    "venir avec la normalisation par lots, puis tout virer au brun. Nous l’avons entraîné de "
    "nouveau, trois fois, et avons mesuré chaque affirmation.",
    "why": "**Pourquoi la moyenne de toutes les couleurs est brune.** Une voiture grise sur la "
    "photo a pu être rouge, verte ou bleue, et l’erreur quadratique punit le moins un réseau qui "
    "peint la moyenne de toutes. La moyenne de nombreuses teintes est une couleur terne, un peu "
    "chaude, car les photos montrent plus de peau, de bois, de terre et de pelage que de bleu. "
    "La perte peut donc baisser encore tandis que la couleur pâlit, et une perte plus basse ne "
    "promet pas une meilleure image.",
}

LANGUAGES = gr.I18n(en=ENGLISH, de=GERMAN, fr=FRENCH)


def say(key: str) -> str:
    """What the page replaces by the words of that key; once in a text at most. Raises KeyError."""
    ENGLISH[key]
    return str(LANGUAGES(key))
