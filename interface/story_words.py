"""What the Story tab says: for each key of the page's words English, German and French.

What the study found is not here: it comes from the study itself, see `study_words.py`.
"""

STORY = {
    "saw_name": ("What the blogger saw", "Was der Blogger sah", "Ce que le blogueur a vu"),
    "saw": (
        "A small network was to colour black-and-white photos. Its pictures were dull until batch "
        "normalisation brought colour. Trained for longer, it got better by its own measure and "
        "ended in sepia. Dropout was tried as a cure, and the pictures came out browner and out "
        "of focus.",
        "Ein kleines Netz sollte Schwarz-Weiß-Fotos kolorieren. Seine Bilder blieben fahl, bis "
        "die Batch-Normalisierung Farbe brachte. Länger trainiert, wurde es nach seinem eigenen "
        "Maß besser und endete in Sepia. Dropout sollte helfen, und die Bilder wurden brauner und "
        "unscharf.",
        "Un petit réseau devait coloriser des photos en noir et blanc. Ses images restaient "
        "ternes jusqu’à ce que la normalisation par lots apporte la couleur. Entraîné plus "
        "longtemps, il s’améliorait selon sa propre mesure et finit en sépia. Le dropout devait y "
        "remédier, et les images devinrent plus brunes et floues.",
    ),
    # The steps
    "steps_name": (
        "The same steps on your photo",
        "Dieselben Schritte auf deinem Foto",
        "Les mêmes étapes sur votre photo",
    ),
    "steps": (
        "Painted just now by the networks that we trained to test the story. One photo proves "
        "nothing; what many photos say comes further down.",
        "Eben gemalt von den Netzen, die wir trainiert haben, um die Geschichte zu prüfen. Ein "
        "einzelnes Foto beweist nichts; was viele Fotos sagen, steht weiter unten.",
        "Peintes à l’instant par les réseaux que nous avons entraînés pour vérifier l’histoire. "
        "Une seule photo ne prouve rien ; ce que disent de nombreuses photos vient plus bas.",
    ),
    "making_steps": (
        "Painting these steps on your photo …",
        "Diese Schritte werden auf deinem Foto gemalt …",
        "Ces étapes se peignent sur votre photo …",
    ),
    "step_longer_name": (
        "Longer training: browner?",
        "Länger trainiert: brauner?",
        "Entraîné plus longtemps : plus brun ?",
    ),
    "step_longer": (
        "The same network with batch normalisation, early and late.",
        "Dasselbe Netz mit Batch-Normalisierung, früh und spät.",
        "Le même réseau avec normalisation par lots, tôt et tard.",
    ),
    "step_norm_name": (
        "Batch normalisation: more colour?",
        "Batch-Normalisierung: mehr Farbe?",
        "La normalisation par lots : plus de couleur ?",
    ),
    "step_norm": (
        "The plain network, and the same with batch normalisation.",
        "Das schlichte Netz, und dasselbe mit Batch-Normalisierung.",
        "Le réseau simple, et le même avec normalisation par lots.",
    ),
    "step_dropout_name": (
        "Dropout: a cure?",
        "Dropout: ein Heilmittel?",
        "Le dropout : un remède ?",
    ),
    "step_dropout": (
        "With batch normalisation alone, and with dropout between the layers as well.",
        "Nur mit Batch-Normalisierung, und zusätzlich mit Dropout zwischen den Schichten.",
        "Avec la normalisation par lots seule, puis avec du dropout entre les couches.",
    ),
    "step_painted_name": (
        "The whole picture, as in the story",
        "Das ganze Bild, wie in der Geschichte",
        "Toute l’image, comme dans l’histoire",
    ),
    "step_painted": (
        "First colour alone, on the photo’s own lightness; then lightness painted as well. That is "
        "what went out of focus.",
        "Erst nur die Farbe, auf der Helligkeit des Fotos; dann auch die Helligkeit gemalt. Sie "
        "ist es, die unscharf wurde.",
        "D’abord la couleur seule, sur la luminosité de la photo ; puis la luminosité peinte elle "
        "aussi. C’est elle qui devenait floue.",
    ),
    "step_cure_name": ("What cures it", "Was wirklich hilft", "Ce qui y remédie"),
    "step_cure": (
        "Networks that choose among colours instead of painting their mean; the last also knows "
        "things from a million photos.",
        "Netze, die unter Farben wählen, statt deren Mittel zu malen; das letzte kennt außerdem "
        "die Dinge von einer Million Fotos.",
        "Des réseaux qui choisissent parmi les couleurs au lieu d’en peindre la moyenne ; le "
        "dernier connaît en outre les choses d’un million de photos.",
    ),
    # The claims
    "claims_name": (
        "What holds, measured on many photos",
        "Was stimmt, an vielen Fotos gemessen",
        "Ce qui est vrai, mesuré sur de nombreuses photos",
    ),
    "claims_first": (
        "{photos} photos, {epochs} epochs, {seeds} runs of each network; lines are their mean on "
        "photos not trained on, bands one standard deviation.",
        "{photos} Fotos, {epochs} Epochen, {seeds} Läufe je Netz; Linien sind ihr Mittel auf "
        "Fotos, mit denen nicht trainiert wurde, Bänder eine Standardabweichung.",
        "{photos} photos, {epochs} époques, {seeds} entraînements par réseau ; les lignes sont "
        "leur moyenne sur des photos jamais vues, les bandes un écart type.",
    ),
    "claims_other": (
        "Dashed: one run each of other trainings. rgb paints the whole picture, rebalanced and "
        "transfer choose among colours, and transfer had more photos.",
        "Gestrichelt: je ein einzelner Lauf eines anderen Trainings. rgb malt das ganze Bild, "
        "rebalanced und transfer wählen unter Farben, und transfer hatte mehr Fotos.",
        "En tirets : un seul essai de chacun des autres entraînements. rgb peint toute l’image, "
        "rebalanced et transfer choisissent parmi les couleurs, et transfer a eu plus de photos.",
    ),
    "claims_without": (
        "The other variants are not drawn where this was not recorded epoch by epoch, or is not "
        "comparable: their loss has another unit, and their time was taken on a busy machine.",
        "Die übrigen Varianten fehlen, wo dies nicht Epoche für Epoche festgehalten wurde oder "
        "nicht vergleichbar ist: Ihr Verlust hat eine andere Einheit, und ihre Zeit wurde auf "
        "einer beschäftigten Maschine gemessen.",
        "Les autres variantes manquent là où cela n’a pas été noté à chaque époque ou n’est pas "
        "comparable : leur perte a une autre unité, et leur durée vient d’une machine occupée.",
    ),
    "claims_picks": (
        "▼ an epoch that early stopping picks, one of each run",
        "▼ eine Epoche, die frühes Stoppen wählt, je Lauf eine",
        "▼ une époque que choisit l’arrêt précoce, une par entraînement",
    ),
    "figures": ("The figures", "Die Zahlen", "Les chiffres"),
    "figures_found": ("found", "gefunden", "constaté"),
    "figures_mean": ("mean ± deviation", "Mittel ± Abweichung", "moyenne ± écart type"),
    "figures_claimed": ("claimed", "behauptet", "affirmé"),
    "figures_outcome": ("outcome", "Ergebnis", "résultat"),
    "above_0": ("above 0", "über 0", "au-dessus de 0"),
    "below_0": ("below 0", "unter 0", "au-dessous de 0"),
    "outcome_holds": ("holds", "trifft zu", "vérifié"),
    "outcome_opposite": ("the opposite", "das Gegenteil", "le contraire"),
    "outcome_unclear": ("unclear", "unklar", "incertain"),
    "curve_hue_entropy": (
        "Variety of hues (entropy, bits)",
        "Vielfalt der Farbtöne (Entropie, Bit)",
        "Variété des teintes (entropie, bits)",
    ),
    "curve_sepia_index": (
        "Sepia index: 0 none, 1 all brown",
        "Sepia-Index: 0 gar nicht, 1 ganz braun",
        "Indice de sépia : 0 aucun, 1 tout brun",
    ),
    "curve_colourfulness_ratio": (
        "Colourfulness, of the originals’",
        "Farbigkeit, gemessen an den Originalen",
        "Intensité des couleurs, rapportée aux originaux",
    ),
    "curve_seconds": (
        "Seconds per epoch, variants timed in turn",
        "Sekunden je Epoche, im Wechsel gemessen",
        "Secondes par époque, mesurées à tour de rôle",
    ),
    "curve_sharpness": (
        "Sharpness of the colour, of the originals’",
        "Schärfe der Farbe, gemessen an den Originalen",
        "Netteté de la couleur, rapportée aux originaux",
    ),
    "curve_loss_gap": (
        "Validation minus training loss",
        "Validierungs- minus Trainingsverlust",
        "Perte de validation moins perte d’entraînement",
    ),
    # The map
    "map_name": (
        "Where the story is true: a map",
        "Wo die Geschichte stimmt: eine Karte",
        "Où l’histoire est vraie : une carte",
    ),
    "map_lead": (
        "The same networks, trained on few photos and on many, for few epochs and for many. Point "
        "at a cell for its numbers; click it for what such a network makes of your photo.",
        "Dieselben Netze, mit wenigen und mit vielen Fotos trainiert, wenige und viele Epochen "
        "lang. Zeige auf ein Feld, um seine Zahlen zu sehen; ein Klick zeigt, was ein solches Netz "
        "aus deinem Foto macht.",
        "Les mêmes réseaux, entraînés avec peu ou beaucoup de photos, pendant peu ou beaucoup "
        "d’époques. Pointez une case pour lire ses chiffres ; cliquez pour voir ce qu’un tel "
        "réseau fait de votre photo.",
    ),
    "map_sepia": (
        "Sepia: how brown",
        "Sepia: wie braun",
        "Sépia : à quel point brun",
    ),
    "map_colour": (
        "Colour: how much of the original’s",
        "Farbe: wie viel von der des Originals",
        "Couleur : quelle part de l’original",
    ),
    "map_ab": (
        "Colour alone is painted, on the photo’s own lightness",
        "Nur die Farbe wird gemalt, auf der Helligkeit des Fotos",
        "Seule la couleur est peinte, sur la clarté de la photo",
    ),
    "map_rgb": (
        "The whole picture is painted, as in the story",
        "Das ganze Bild wird gemalt, wie in der Geschichte",
        "L’image entière est peinte, comme dans l’histoire",
    ),
    "map_corner": ("photos", "Fotos", "photos"),
    "map_across": ("Across: epochs", "Waagerecht: Epochen", "Horizontalement : époques"),
    "map_unmeasured": ("not measured yet", "noch nicht gemessen", "pas encore mesuré"),
    "map_few": (
        "in italics: fewer than {seeds} runs, too few for a verdict",
        "kursiv: weniger als {seeds} Läufe, zu wenige für ein Urteil",
        "en italique : moins de {seeds} entraînements, trop peu pour conclure",
    ),
    "map_ships": (
        "underlined: its checkpoint is here",
        "unterstrichen: sein Checkpoint ist hier",
        "souligné : son checkpoint est ici",
    ),
    "map_story": (
        "dashed frame: where the story lies, {first} to {last} epochs by its own words and about "
        "{few} to {many} photos as we read it",
        "gestrichelter Rahmen: wo die Geschichte liegt, {first} bis {last} Epochen nach ihren "
        "eigenen Worten und etwa {few} bis {many} Fotos, wie wir sie lesen",
        "cadre en tirets : la place de l’histoire, de {first} à {last} époques selon ses propres "
        "mots et environ {few} à {many} photos selon notre lecture",
    ),
    "map_first": (
        "The row of {photos} photos is the study above: batches of {batch} photos in place of "
        "{other}, and crops and flips, which the rest of the map goes without.",
        "Die Zeile mit {photos} Fotos ist die Studie von oben: Stapel von {batch} Fotos statt "
        "{other}, dazu Ausschnitte und Spiegelungen, ohne die der Rest der Karte auskommt.",
        "La ligne de {photos} photos est l’étude ci-dessus : lots de {batch} photos au lieu de "
        "{other}, avec recadrages et retournements, dont le reste de la carte se passe.",
    ),
    "map_answers": (
        "The questions that the map answers",
        "Die Fragen, die die Karte beantwortet",
        "Les questions auxquelles la carte répond",
    ),
    "map_question": ("question", "Frage", "question"),
    "map_answer": ("holds", "trifft zu", "vérifié"),
    "map_counts": (
        "{held} of {decided} regimes",
        "{held} von {decided} Fällen",
        "{held} cas sur {decided}",
    ),
    "cell_words": (
        "{variant}, {photos} photos, epoch {epoch}: sepia index {sepia}, colourfulness {colour} "
        "of the original’s, hue entropy {hue} bits ({runs})",
        "{variant}, {photos} Fotos, Epoche {epoch}: Sepia-Index {sepia}, Farbigkeit {colour} vom "
        "Original, Farbton-Entropie {hue} Bit ({runs})",
        "{variant}, {photos} photos, époque {epoch} : indice de sépia {sepia}, intensité {colour} "
        "de l’original, entropie des teintes {hue} bits ({runs})",
    ),
    "cell_empty": (
        "{variant}, {photos} photos, epoch {epoch}: not measured yet",
        "{variant}, {photos} Fotos, Epoche {epoch}: noch nicht gemessen",
        "{variant}, {photos} photos, époque {epoch} : pas encore mesuré",
    ),
    "one_run": ("1 run", "1 Lauf", "1 entraînement"),
    "runs": ("{} runs", "{} Läufe", "{} entraînements"),
    "making_cell": (
        "Painting your photo …",
        "Dein Foto wird gemalt …",
        "Votre photo se peint …",
    ),
    "cell_none": (
        "{variant}, {photos} photos, epoch {epoch}: this network was trained for the map alone, "
        "and no checkpoint of it ships with the page. Those of {first} photos do.",
        "{variant}, {photos} Fotos, Epoche {epoch}: Dieses Netz wurde nur für die Karte trainiert, "
        "und die Seite bringt keinen Checkpoint davon mit, wohl aber die mit {first} Fotos.",
        "{variant}, {photos} photos, époque {epoch} : ce réseau n’a été entraîné que pour la "
        "carte, et la page n’en a pas de checkpoint ; elle a ceux de {first} photos.",
    ),
    # Why
    "why_name": (
        "Why the mean of all colours is brown",
        "Warum das Mittel aller Farben braun ist",
        "Pourquoi la moyenne de toutes les couleurs est brune",
    ),
    "why": (
        "A car that is grey in the photo may have been red, green or blue, and squared error "
        "punishes a network least if it paints the average of them all. The average of many hues "
        "is a dull, slightly warm colour, because photos hold more skin, wood, soil and fur than "
        "anything blue. So the loss can go on falling while the colour fades, and a lower loss "
        "promises no better picture.",
        "Ein Auto, das auf dem Foto grau ist, kann rot, grün oder blau gewesen sein, und der "
        "quadratische Fehler bestraft ein Netz am wenigsten, wenn es den Durchschnitt von allen "
        "malt. Der Durchschnitt vieler Farbtöne ist eine matte, etwas warme Farbe, denn Fotos "
        "zeigen mehr Haut, Holz, Erde und Fell als Blaues. So kann der Verlust weiter fallen, "
        "während die Farbe verblasst, und ein kleinerer Verlust verspricht kein besseres Bild.",
        "Une voiture grise sur la photo a pu être rouge, verte ou bleue, et l’erreur quadratique "
        "punit le moins un réseau qui peint la moyenne de toutes. La moyenne de nombreuses "
        "teintes est une couleur terne, un peu chaude, car les photos montrent plus de peau, de "
        "bois, de terre et de pelage que de bleu. La perte peut donc baisser encore tandis que la "
        "couleur pâlit, et une perte plus basse ne promet pas une meilleure image.",
    ),
    "mean_words": (
        "What {network} thinks possible at the marked place of your photo: each colour as wide as "
        "it is likely. Their chroma is {chroma} on average; that of their mean is {mean}.",
        "Was {network} an der markierten Stelle deines Fotos für möglich hält: jede Farbe so "
        "breit, wie sie wahrscheinlich ist. Ihre Buntheit ist im Schnitt {chroma}; die ihres "
        "Mittels ist {mean}.",
        "Ce que {network} croit possible à l’endroit marqué de votre photo : chaque couleur aussi "
        "large qu’elle est probable. Leur chroma est en moyenne de {chroma} ; celui de leur "
        "moyenne est de {mean}.",
    ),
    "mean_place": ("The marked place.", "Die markierte Stelle.", "L’endroit marqué."),
    "mean_colours": (
        "Colours that this place may have",
        "Farben, die diese Stelle haben kann",
        "Les couleurs que cet endroit peut avoir",
    ),
    "mean_mean": ("Their mean", "Ihr Mittel", "Leur moyenne"),
    "making_mean": (
        "Asking the network about this place …",
        "Das Netz wird nach dieser Stelle gefragt …",
        "Le réseau est interrogé sur cet endroit …",
    ),
    # The cure
    "cure_name": ("How the cure works", "Wie das Heilmittel wirkt", "Comment agit le remède"),
    "cure": (
        "Instead of one colour for each pixel the network says how likely each of many colours is, "
        "as a classifier does. Nothing then rewards the average: a place that is either red or "
        "green may be either, and the page paints near the likeliest. Rare colours count more in "
        "training, so that brown does not win by being common. And transfer begins with an "
        "encoder that has learnt to name things in a million photos: who knows that this is grass "
        "has fewer colours left to average.",
        "Statt einer Farbe für jeden Pixel sagt das Netz, wie wahrscheinlich jede von vielen "
        "Farben ist, wie es ein Klassifikator tut. Nichts belohnt dann den Durchschnitt: Eine "
        "Stelle, die entweder rot oder grün ist, darf eines von beiden sein, und die Seite malt "
        "nahe der wahrscheinlichsten Farbe. Seltene Farben zählen im Training mehr, damit Braun "
        "nicht gewinnt, nur weil es häufig ist. Und transfer beginnt mit einem Encoder, der an "
        "einer Million Fotos gelernt hat, Dinge zu benennen: Wer weiß, dass dies Gras ist, muss "
        "über weniger Farben mitteln.",
        "Au lieu d’une couleur par pixel, le réseau dit à quel point chacune de nombreuses "
        "couleurs est probable, comme le fait un classifieur. Rien ne récompense alors la "
        "moyenne : un endroit soit rouge, soit vert peut être l’un ou l’autre, et la page peint "
        "près de la couleur la plus probable. Les couleurs rares comptent davantage à "
        "l’entraînement, pour que le brun ne l’emporte pas par sa seule fréquence. Et transfer "
        "part d’un encodeur qui a appris à nommer les choses sur un million de photos : qui sait "
        "que ceci est de l’herbe a moins de couleurs à moyenner.",
    ),
}
