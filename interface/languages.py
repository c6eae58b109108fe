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
    "story_lead": "## What the blogger saw\nA small network was to colour black-and-white photos. "
    "Its pictures were dull until batch normalisation brought colour. Trained for longer, it got "
    "better by its own measure and ended in sepia. Dropout was tried as a cure, and the pictures "
    "came out browner and out of focus. Here is each step again, on your own photo, with what we "
    "found when we trained it three times over.",
    "step_norm": "## Colour comes\nAfter ten epochs, without batch normalisation and with it.",
    "step_longer": "## Longer, and browner?\nThe same network after ten epochs and after 25.",
    "step_dropout": "## Dropout\nAfter 25 epochs, without dropout and with it.",
    "step_whole": "## As the story painted\nColour alone on your photo’s own lightness, and the "
    "whole picture painted by the network: only that can go out of focus.",
    "step_cure": "## What cures it\nA network that chooses among colours, instead of painting "
    "their mean, does not have to settle for brown. It is trained to name a bin of the colour "
    "plane, rare colours counting more. *transfer* also starts from an encoder that has seen a "
    "million photos, so it knows more often what a thing is.",
    "claim_range": "Batch normalisation brings a wider range of colours.",
    "claim_browner": "25 epochs are browner than ten, while the losses still fall.",
    "claim_early_stopping": "Early stopping picks the more colourful epoch.",
    "claim_time": "Dropout makes every epoch longer than the last.",
    "claim_fuzzier": "With dropout the picture is fuzzier, and browner.",
    "claim_diagnosis": "It ends in sepia because it has learnt its photos by heart.",
    "verdict_yes": "reproduced",
    "verdict_no": "not reproduced",
    "verdict_partly": "in part",
    "verdict_open": "undecided",
    "figures": "The figures",
    "curves": "## All variants, epoch by epoch\nOn photos that none of them was trained on. The "
    "loss compares only networks that are trained by the same one.",
    "map_lead": "## Where it is true\nThe same networks, from few photos to many and for few "
    "epochs to many. The dashed frame is where the story probably lies. Point at a cell for its "
    "numbers.",
    "sepia": "Sepia",
    "colourfulness": "Colour",
    "why": "## Why the mean of all colours is brown\nA car that is grey in the photo may have "
    "been red, green or blue, and squared error punishes a network least if it paints the "
    "average of them all. The average of many hues is a dull, slightly warm colour, "
    "because photos hold more skin, wood, soil and fur than anything blue. Here are the colours "
    "that a place of your photo may have had, and their mean.",
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
    "story_lead": "## Was der Blogger sah\nEin kleines Netz sollte Schwarz-Weiß-Fotos kolorieren. "
    "Seine Bilder blieben fahl, bis die Batch-Normalisierung Farbe brachte. Länger trainiert, "
    "wurde es nach seinem eigenen Maß besser und endete in Sepia. Dropout sollte helfen, und die "
    "Bilder wurden brauner und unscharf. Hier ist jeder Schritt noch einmal, auf deinem eigenen "
    "Foto, und was wir fanden, als wir ihn dreimal neu trainierten.",
    "step_norm": "## Die Farbe kommt\nNach zehn Epochen, ohne Batch-Normalisierung und mit ihr.",
    "step_longer": "## Länger, und brauner?\nDasselbe Netz nach zehn und nach 25 Epochen.",
    "step_dropout": "## Dropout\nNach 25 Epochen, ohne Dropout und mit Dropout.",
    "step_whole": "## Wie in der Geschichte gemalt\nNur die Farbe, auf der Helligkeit deines "
    "Fotos, und das ganze Bild vom Netz gemalt: Nur so kann es unscharf werden.",
    "step_cure": "## Was hilft\nEin Netz, das unter Farben wählt, statt ihr Mittel zu malen, muss "
    "sich nicht mit Braun begnügen. Es lernt, ein Feld der Farbebene zu nennen, und seltene Farben "
    "zählen mehr. *transfer* beginnt zudem mit einem Encoder, der eine Million Fotos gesehen hat; "
    "so weiß es öfter, was ein Ding ist.",
    "claim_range": "Batch-Normalisierung bringt ein breiteres Spektrum an Farben.",
    "claim_browner": "25 Epochen sind brauner als zehn, obwohl die Verluste weiter fallen.",
    "claim_early_stopping": "Early Stopping wählt die farbigere Epoche.",
    "claim_time": "Mit Dropout dauert jede Epoche länger als die vorige.",
    "claim_fuzzier": "Mit Dropout wird das Bild unschärfer und brauner.",
    "claim_diagnosis": "Es endet in Sepia, weil es seine Fotos auswendig gelernt hat.",
    "verdict_yes": "bestätigt",
    "verdict_no": "nicht bestätigt",
    "verdict_partly": "zum Teil",
    "verdict_open": "offen",
    "figures": "Die Zahlen",
    "curves": "## Alle Varianten, Epoche für Epoche\nAuf Fotos, mit denen keine trainiert wurde. "
    "Der Verlust vergleicht nur Netze, die mit demselben trainiert werden.",
    "map_lead": "## Wo es stimmt\nDieselben Netze mit wenigen und mit vielen Fotos, nach wenigen "
    "und nach vielen Epochen. Im gestrichelten Rahmen liegt vermutlich die Geschichte. Zeige auf "
    "ein Feld, um seine Zahlen zu sehen.",
    "sepia": "Sepia",
    "colourfulness": "Farbe",
    "why": "## Warum das Mittel aller Farben braun ist\nEin Auto, das auf dem Foto grau ist, "
    "kann rot, grün oder blau gewesen sein, und der quadratische Fehler bestraft ein Netz am "
    "wenigsten, wenn es den Durchschnitt von allen malt. Der Durchschnitt vieler Farbtöne ist "
    "eine matte, etwas warme Farbe, denn Fotos zeigen mehr Haut, Holz, Erde und Fell als Blaues. "
    "Hier sind die Farben, die eine Stelle deines Fotos gehabt haben kann, und ihr Mittel.",
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
    "story_lead": "## Ce que le blogueur a vu\nUn petit réseau devait coloriser des photos en "
    "noir et blanc. Ses images restaient ternes jusqu’à ce que la normalisation par lots apporte "
    "la couleur. Entraîné plus longtemps, il s’améliorait selon sa propre mesure et finit en "
    "sépia. Le dropout devait y remédier, et les images devinrent plus brunes et floues. Voici "
    "chaque étape sur votre propre photo, avec ce que nous avons trouvé en l’entraînant trois "
    "fois.",
    "step_norm": "## La couleur vient\nAprès dix époques, sans normalisation par lots et avec.",
    "step_longer": "## Plus long, et plus brun ?\nLe même réseau après dix époques et après 25.",
    "step_dropout": "## Le dropout\nAprès 25 époques, sans dropout et avec.",
    "step_whole": "## Comme l’histoire peignait\nLa couleur seule, sur la clarté de votre photo, "
    "et l’image entière peinte par le réseau : elle seule peut devenir floue.",
    "step_cure": "## Ce qui y remédie\nUn réseau qui choisit parmi des couleurs, au lieu d’en "
    "peindre la moyenne, n’a pas à se contenter de brun. Il apprend à nommer une case du plan des "
    "couleurs, et les couleurs rares comptent davantage. *transfer* part en outre d’un encodeur "
    "qui a vu un million de photos ; il sait donc plus souvent ce qu’est une chose.",
    "claim_range": "La normalisation par lots élargit l’éventail des couleurs.",
    "claim_browner": "25 époques sont plus brunes que dix, alors que les pertes baissent encore.",
    "claim_early_stopping": "L’arrêt précoce choisit l’époque la plus colorée.",
    "claim_time": "Avec le dropout, chaque époque dure plus longtemps que la précédente.",
    "claim_fuzzier": "Avec le dropout, l’image est plus floue, et plus brune.",
    "claim_diagnosis": "Il finit en sépia parce qu’il a appris ses photos par cœur.",
    "verdict_yes": "reproduit",
    "verdict_no": "non reproduit",
    "verdict_partly": "en partie",
    "verdict_open": "indécis",
    "figures": "Les chiffres",
    "curves": "## Toutes les variantes, époque par époque\nSur des photos qui n’ont servi à "
    "entraîner aucune d’elles. La perte ne compare que des réseaux entraînés avec la même.",
    "map_lead": "## Où c’est vrai\nLes mêmes réseaux, de peu de photos à beaucoup et de peu "
    "d’époques à beaucoup. Le cadre en tirets marque la place probable de l’histoire. Pointez une "
    "case pour lire ses chiffres.",
    "sepia": "Sépia",
    "colourfulness": "Couleur",
    "why": "## Pourquoi la moyenne de toutes les couleurs est brune\nUne voiture grise sur la "
    "photo a pu être rouge, verte ou bleue, et l’erreur quadratique punit le moins un réseau qui "
    "peint la moyenne de toutes. La moyenne de nombreuses teintes est une couleur terne, un peu "
    "chaude, car les photos montrent plus de peau, de bois, de terre et de pelage que de bleu. "
    "Voici les couleurs qu’un endroit de votre photo a pu avoir, et leur moyenne.",
}

LANGUAGES = gr.I18n(en=ENGLISH, de=GERMAN, fr=FRENCH)


def say(key: str) -> str:
    """What the page replaces by the words of that key; once in a text at most. Raises KeyError."""
    ENGLISH[key]
    return str(LANGUAGES(key))
