"""The words of the page, in each language it is read in.

`say` leaves the choice to the browser, `tell` makes it for an answer of the server. Those of the
Story tab are in `story_words.py`, sentences that the library raises in `sentences.py`.
`test_access.py` holds the languages against each other.
"""

import json

import gradio as gr

from colorizer.decoding import TEMPERATURE
from interface.phrases import spaced
from interface.settings import USUAL_VIVIDNESS, Settings
from interface.story_words import STORY

ENGLISH = {
    "tagline": "A small network guesses the colours of your photo. The sliders change how it was "
    "built and how long it was trained.",
    "tab_colorize": "Colorize",
    "tab_epochs": "Epochs",
    "tab_uncertainty": "Uncertainty",
    "tab_story": "Story",
    # The bar
    "title": "Colorizer",
    "choose": "Choose a photo",
    "or_drop": "or drop or paste one anywhere.",
    "examples": "Examples:",
    "example_rocket": "Example: a rocket",
    "example_chelsea": "Example: a cat",
    "example_coffee": "Example: a cup of coffee",
    "example_astronaut": "Example: an astronaut",
    "example_camera": "Example: a black-and-white photo",
    "remove": "Remove",
    "opening": "Opening the photo …",
    "not_sent": "The photo did not reach the server; check the connection and try again.",
    "too_large": "This file is {} MB and the limit is {} MB; save it smaller or choose another.",
    "first_of_files": "The first of these {count} files is shown; the page shows one at a time.",
    "many_offer": "Colour all {} and download them as a ZIP",
    "many_sending": "Sending {} of {} …",
    "many_so_far": "{done} of {count} coloured with {how} …",
    "many_done": "{done} of {count} photos coloured with {how}.",
    "many_download": "Download the ZIP",
    "download_jpeg": "JPEG",
    "download_both": "Before and after",
    "link_changed": "The link asked for {asked}, which is not here; the page shows {shown}.",
    # Made by the server or by the page's script
    "making_colour": "Colouring with {} …",
    "making_grid": "This choice is not drawn yet; press Compare.",
    "making_grid_photo": "Drawing the grid of this photo …",
    "making_two": "Colouring these two …",
    "making_film": "Making the film …",
    "epoch_word": "epoch",
    "mean_of": "mean of {count} samples",
    "medoid_of": "medoid of {count} samples",
    "temperature_word": "temperature",
    "vividness_word": "vividness",
    "of_original": "original",
    "of_result": "result",
    "of_ratio": "ratio",
    "sepia_word": "sepia",
    "colourfulness": "Colourfulness",
    "colourfulness_means": "Hasler and Süsstrunk 2003: 0 is grey, 15 slightly, 59 highly colourful",
    "chroma": "Mean chroma",
    "chroma_means": "Mean distance from grey, in Lab units",
    "does_baseline": "averages all colours: brown",
    "does_batchnorm": "learns faster, averages less: more colour",
    "does_dropout": "can be asked many times: shows its uncertainty",
    "does_rgb": "paints the whole picture, as the story did: blurred",
    "does_rebalanced": "weighs rare colours more: bright, sometimes wrong",
    "does_transfer": "knows things from a million photos: the surest colours",
    "about_network": "About this network",
    "no_checkpoint": "no checkpoint of this epoch",
    "lowest_loss": "lowest validation loss of the row",
    "most_colour": "most colour on the validation photos",
    "ratio_means": "colourfulness against the original’s",
    "sepia_means": "how much of the colour moved to brown, 0 to 1",
    "left": "left",
    "right": "right",
    "play": "Play",
    "pause": "Pause",
    "film_epoch": "Epoch of the film",
    "one_checkpoint": "1 checkpoint",
    "checkpoints": "{count} checkpoints",
    "so_far": "{done} of {count} …",
    "stopped_after": "Stopped after {what}.",
    # Colorize
    "original": "Original",
    "original_black_and_white": "Original (black and white)",
    "original_toned": "Original (toned)",
    "grayscale": "Grayscale",
    "grayscale_means": ": all the network sees",
    "colorized": "Colorized",
    "model_variant": "Model variant",
    "epoch": "Epoch",
    "samples": "MC-dropout samples",
    "samples_on": "1: dropout off. More: that many random passes.",
    "samples_off": "no dropout layers to sample.",
    "mean": "mean",
    "medoid": "medoid",
    "shown_of_samples": "Of several samples, show",
    "medoid_on": "Their mean is safe and pale; the medoid is the sample in their middle.",
    "vividness": "Vividness (%)",
    "vividness_means": "Less or more of the colours it chose.",
    "more": "More",
    "temperature": "Temperature",
    "temperature_on": "Left: the likeliest colour, bold. Right: the mean of the likely, safe.",
    "temperature_off": "predicts one colour, not how likely each one is.",
    "download": "Download PNG",
    "copy": "Copy link",
    "pin": "Pin",
    "unpin": "Unpin",
    "pinned": "Pinned",
    "look_closer": "Look closer",
    "close": "Close",
    "left_picture": "Left picture",
    "right_picture": "Right picture",
    "zoom_in": "Zoom in",
    "zoom_out": "Zoom out",
    "fit": "Fit",
    "closer_hint": "Zoom with the wheel, two fingers or + and −, and 0 fits the window; drag or "
    "use the arrow keys to move.",
    "making_pair": "The pictures are on their way …",
    # Colours by hand
    "hint_lead": "Click the colorized picture to name a colour; everything that looks alike "
    "follows.",
    "hint_ask": "Where is it least sure?",
    "hint_undo": "Undo",
    "hint_redo": "Redo",
    "hint_clear": "Clear",
    "hint_hide": "Hide rings",
    "hint_show": "Show rings",
    "hint_save": "Save colours",
    "hint_load": "Load colours",
    "hint_layer": "The colorized picture. Arrow keys move a cross-hair; Enter names the colour "
    "there.",
    "hint_ring": "Colour by hand, number {}. Enter changes it, arrow keys move it, Delete removes "
    "it.",
    "hint_question": "What colour is it here?",
    "hint_original": "as in the original",
    "hint_grey": "neutral grey",
    "hint_picker": "another colour",
    "hint_dropper": "take it from the picture",
    "hint_dropping": "Now click the place whose colour you want.",
    "hint_remove": "Remove",
    "hint_unknown": "I don’t know",
    "hint_close": "Close",
    "hint_full": "A photo takes at most {} colours by hand; remove one first.",
    "by_hand_one": "1 colour by hand",
    "by_hand": "{count} colours by hand",
    "with_by_hand_one": "Your colour is in it: the uncertainty is {now} on average, and {before} "
    "without it.",
    "with_by_hand": "Your {count} colours are in it: the uncertainty is {now} on average, and "
    "{before} without them.",
    "map_before": "Uncertainty before",
    "map_after": "Uncertainty after",
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
    "part": "What the map shows",
    "part_whole": "how far off the colour may be",
    "part_weights": "how far the guesses differ",
    "nothing_to_ask": "this network names one colour for each spot and cannot be asked twice, "
    "so it has no uncertainty to show. Choose another variant.",
    "sampling": "{count} of {wanted} samples …",
    "sampled": "Samples: {count}",
    "uncertainty_stopped": "Stopped after {count} of {wanted} samples. Press Sample to carry on.",
    "choose_spot": "Click or use the arrow keys to choose a spot.",
    "mean_picture": "The colours painted",
    "uncertainty_map": "Uncertainty",
    "sure": "sure",
    "unsure": "unsure",
    "meaning_whole": "For two pixels of three, the true colour lies within the distance shown, "
    "and for 98 of 100 within about two to three of them: measured on photos the network had "
    "not seen.",
    "meaning_whole_raw": "How far apart the colours lie that the network thinks possible; "
    "nobody has measured how often the truth is among them.",
    "meaning_weights": "Bright where other channels would have painted another colour. It does "
    "not show which colours the thing may really have.",
    "scale": "The bright end is {most} Lab units or more, the average here {here}; a difference"
    " of 2 is just visible.",
    "guess": "Guess",
    "one_by_one": "One by one",
    "first_shown": "(the first {count})",
    "mean_paler": "Their mean has {percent} % less colour than one guess: averaging takes "
    "colour away.",
    "mean_same": "They agree here, and averaging them takes no colour away.",
    "medoid_is": "The medoid is the guess in their middle.",
    "spot": "At this spot",
    "spot_bins": "How likely the network thinks each colour here. Where several are likely, a "
    "mean of them is one that none of them is: that is where brown comes from.",
    "spot_samples": "How many of the guesses painted each colour here.",
    "spot_one": "This network names one colour, the mean of all it cannot tell apart.",
    "spot_numbers": "The numbers, and where the colours lie",
    "spot_radius": "The true colour most likely lies within {radius} Lab units of the one painted.",
    "spot_deviation": "The guesses differ by {deviation} Lab units.",
    "plane": "The colours of this spot on the ab plane: {marks}",
    "plane_mean": "the mean of all of them",
    "plane_mode": "the likeliest",
    "plane_painted": "painted",
    "plane_true": "the photo’s own",
    "colour_grey": "grey",
    "colour_red": "red",
    "colour_pink": "pink",
    "colour_brown": "brown",
    "colour_orange": "orange",
    "colour_yellow": "yellow",
    "colour_olive": "olive",
    "colour_green": "green",
    "colour_teal": "teal",
    "colour_blue": "blue",
    "colour_purple": "purple",
    "no_study": "The study has not been run yet. Make it with: python -m train study --photos DIR, "
    "then python -m train report",
    # Of pictures and buttons, for those who hear the page
    "alt_photo": "The original photo",
    "alt_grayscale": "The photo without colour",
    "alt_pinned": "The pinned result",
    "alt_colorized": "The photo with predicted colours",
    "fullscreen": "Fullscreen",
    "leave_fullscreen": "Leave fullscreen",
    "more_tabs": "More tabs",
    "no_picture": "No picture",
    "footer": "More about this page",
    "errors.use_via_api_or_mcp": "Use via API or MCP",
    "errors.use_via_api": "Use via API",
    "checkpoints_instead": "The checkpoints chosen for this page are out of reach; it shows those "
    "that come with it.",
    "app_busy": "Many people are colouring photos at this moment; try again shortly.",
    "app_gone": "The server is out of reach; the page waits for it and then starts anew.",
    "app_gone_title": "No connection",
    "app_error": "Error",
    "no_checkpoints": "There are no checkpoints yet. Make them with: python -m train fit --variant "
    "baseline --photos DIR",
}

GERMAN = {
    "tagline": "Ein kleines Netz errät die Farben deines Fotos. Die Regler ändern, wie es gebaut "
    "ist und wie lange es gelernt hat.",
    "tab_colorize": "Kolorieren",
    "tab_epochs": "Epochen",
    "tab_uncertainty": "Unsicherheit",
    "tab_story": "Geschichte",
    "title": "Colorizer: Fotos kolorieren",
    "choose": "Foto wählen",
    "or_drop": "oder irgendwohin ziehen oder einfügen.",
    "examples": "Beispiele:",
    "example_rocket": "Beispiel: eine Rakete",
    "example_chelsea": "Beispiel: eine Katze",
    "example_coffee": "Beispiel: eine Tasse Kaffee",
    "example_astronaut": "Beispiel: eine Astronautin",
    "example_camera": "Beispiel: ein Schwarz-Weiß-Foto",
    "remove": "Entfernen",
    "opening": "Das Foto wird geöffnet …",
    "not_sent": "Das Foto kam nicht beim Server an; prüfe die Verbindung und versuche es erneut.",
    "too_large": "Diese Datei hat {} MB, erlaubt sind {} MB; speichere sie kleiner oder wähle eine "
    "andere.",
    "first_of_files": "Die erste dieser {count} Dateien wurde genommen; die Seite zeigt eine auf "
    "einmal.",
    "many_offer": "Alle {} kolorieren und als ZIP herunterladen",
    "many_sending": "{} von {} wird gesendet …",
    "many_so_far": "{done} von {count} koloriert mit {how} …",
    "many_done": "{done} von {count} Fotos koloriert mit {how}.",
    "many_download": "ZIP herunterladen",
    "download_jpeg": "JPEG",
    "download_both": "Vorher und nachher",
    "link_changed": "Der Link verlangt {asked}; das gibt es hier nicht. Gezeigt wird {shown}.",
    "making_colour": "Wird koloriert: {} …",
    "making_grid": "Diese Auswahl ist noch nicht gezeichnet; drücke Vergleichen.",
    "making_grid_photo": "Das Raster dieses Fotos wird gezeichnet …",
    "making_two": "Die beiden werden koloriert …",
    "making_film": "Der Film entsteht …",
    "epoch_word": "Epoche",
    "mean_of": "Mittel aus {count} Stichproben",
    "medoid_of": "Medoid von {count} Stichproben",
    "temperature_word": "Temperatur",
    "vividness_word": "Farbkraft",
    "of_original": "Original",
    "of_result": "Ergebnis",
    "of_ratio": "Verhältnis",
    "sepia_word": "Sepia",
    "colourfulness": "Farbigkeit",
    "colourfulness_means": "Hasler und Süsstrunk 2003: 0 ist grau, 15 etwas, 59 sehr farbig",
    "chroma": "Mittlere Buntheit",
    "chroma_means": "Mittlerer Abstand von Grau, in Lab-Einheiten",
    "does_baseline": "mittelt alle Farben: braun",
    "does_batchnorm": "lernt schneller, mittelt weniger: mehr Farbe",
    "does_dropout": "lässt sich oft fragen: zeigt seine Unsicherheit",
    "does_rgb": "malt das ganze Bild wie in der Geschichte: unscharf",
    "does_rebalanced": "gewichtet seltene Farben stärker: kräftig, manchmal falsch",
    "does_transfer": "kennt Dinge aus einer Million Fotos: die sichersten Farben",
    "about_network": "Über dieses Netz (englisch)",
    "no_checkpoint": "kein Checkpoint dieser Epoche",
    "lowest_loss": "kleinster Validierungsverlust der Zeile",
    "most_colour": "am meisten Farbe auf den Validierungsfotos",
    "ratio_means": "Farbigkeit im Verhältnis zum Original",
    "sepia_means": "wie viel der Farbe zu Braun wurde, 0 bis 1",
    "left": "links",
    "right": "rechts",
    "play": "Abspielen",
    "pause": "Pause",
    "film_epoch": "Epoche des Films",
    "one_checkpoint": "1 Checkpoint",
    "checkpoints": "{count} Checkpoints",
    "so_far": "{done} von {count} …",
    "stopped_after": "Angehalten nach {what}.",
    "original": "Original",
    "original_black_and_white": "Original (schwarz-weiß)",
    "original_toned": "Original (getont)",
    "grayscale": "Graustufen",
    "grayscale_means": ": mehr sieht das Netz nicht",
    "colorized": "Koloriert",
    "model_variant": "Modellvariante",
    "epoch": "Epoche",
    "samples": "Dropout-Stichproben",
    "samples_on": "1: Dropout aus. Mehr: so viele zufällige Durchgänge.",
    "samples_off": "keine Dropout-Schichten, also keine Stichproben.",
    "mean": "Mittel",
    "medoid": "Medoid",
    "shown_of_samples": "Von mehreren Stichproben zeigen",
    "medoid_on": "Ihr Mittel ist sicher und blass; der Medoid ist die Stichprobe in ihrer Mitte.",
    "vividness": "Farbkraft (%)",
    "vividness_means": "Weniger oder mehr von den gewählten Farben.",
    "more": "Mehr",
    "temperature": "Temperatur",
    "temperature_on": "Links: kühn, die wahrscheinlichste Farbe. Rechts: sicher, das Mittel.",
    "temperature_off": "sagt eine Farbe voraus, nicht wie wahrscheinlich jede ist.",
    "download": "PNG herunterladen",
    "copy": "Link kopieren",
    "pin": "Anheften",
    "unpin": "Lösen",
    "pinned": "Angeheftet",
    "look_closer": "Genauer ansehen",
    "close": "Schließen",
    "left_picture": "Linkes Bild",
    "right_picture": "Rechtes Bild",
    "zoom_in": "Vergrößern",
    "zoom_out": "Verkleinern",
    "fit": "Einpassen",
    "closer_hint": "Vergrößere mit dem Mausrad, zwei Fingern oder + und −, 0 passt ein; verschiebe "
    "durch Ziehen oder mit den Pfeiltasten.",
    "making_pair": "Die Bilder sind unterwegs …",
    "hint_lead": "Klicke ins kolorierte Bild und nenne eine Farbe; alles, was ähnlich aussieht, "
    "folgt ihr.",
    "hint_ask": "Wo ist es am unsichersten?",
    "hint_undo": "Rückgängig",
    "hint_redo": "Wiederholen",
    "hint_clear": "Alle entfernen",
    "hint_hide": "Ringe ausblenden",
    "hint_show": "Ringe zeigen",
    "hint_save": "Farben speichern",
    "hint_load": "Farben laden",
    "hint_layer": "Das kolorierte Bild. Die Pfeiltasten bewegen ein Fadenkreuz; mit der "
    "Eingabetaste nennst du die Farbe dort.",
    "hint_ring": "Farbe von Hand, Nummer {}. Eingabetaste: ändern, Pfeiltasten: verschieben, "
    "Entf: entfernen.",
    "hint_question": "Welche Farbe ist hier?",
    "hint_original": "wie im Original",
    "hint_grey": "neutrales Grau",
    "hint_picker": "andere Farbe",
    "hint_dropper": "aus dem Bild nehmen",
    "hint_dropping": "Klicke nun auf die Stelle, deren Farbe du willst.",
    "hint_remove": "Entfernen",
    "hint_unknown": "Weiß ich nicht",
    "hint_close": "Schließen",
    "hint_full": "Ein Foto nimmt höchstens {} Farben von Hand; entferne zuerst eine.",
    "by_hand_one": "1 Farbe von Hand",
    "by_hand": "{count} Farben von Hand",
    "with_by_hand_one": "Deine Farbe ist eingerechnet: Die Unsicherheit beträgt im Mittel {now}, "
    "ohne sie {before}.",
    "with_by_hand": "Deine {count} Farben sind eingerechnet: Die Unsicherheit beträgt im Mittel "
    "{now}, ohne sie {before}.",
    "map_before": "Unsicherheit vorher",
    "map_after": "Unsicherheit nachher",
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
    "uncertainty_empty": "Drücke Ziehen: Das Netz koloriert das Foto viele Male, und jedes Mal "
    "fallen andere Kanäle aus.",
    "part": "Was die Karte zeigt",
    "part_whole": "wie weit die Farbe danebenliegen kann",
    "part_weights": "wie weit die Versuche auseinandergehen",
    "nothing_to_ask": "Dieses Netz nennt für jede Stelle eine Farbe und antwortet immer gleich, "
    "also hat es keine Unsicherheit zu zeigen. Wähle eine andere Variante.",
    "sampling": "{count} von {wanted} Stichproben …",
    "sampled": "Stichproben: {count}",
    "uncertainty_stopped": "Nach {count} von {wanted} Stichproben angehalten. Drücke Ziehen, um"
    " weiterzumachen.",
    "choose_spot": "Klicke oder wähle mit den Pfeiltasten eine Stelle.",
    "mean_picture": "Die gemalten Farben",
    "uncertainty_map": "Unsicherheit",
    "sure": "sicher",
    "unsure": "unsicher",
    "meaning_whole": "Bei zwei von drei Pixeln liegt die wahre Farbe innerhalb des gezeigten "
    "Abstands, bei 98 von 100 innerhalb von etwa zwei bis drei solchen: gemessen an Fotos, die "
    "das Netz nicht kannte.",
    "meaning_whole_raw": "Wie weit die Farben auseinanderliegen, die das Netz für möglich hält;"
    " wie oft die wahre darunter ist, wurde nicht gemessen.",
    "meaning_weights": "Hell, wo andere Kanäle eine andere Farbe gemalt hätten. Welche Farben "
    "das Ding wirklich haben kann, zeigt es nicht.",
    "scale": "Das helle Ende sind {most} Lab-Einheiten oder mehr, der Durchschnitt hier {here};"
    " ein Unterschied von 2 ist gerade sichtbar.",
    "guess": "Versuch",
    "one_by_one": "Einzeln",
    "first_shown": "(die ersten {count})",
    "mean_paler": "Ihr Mittel hat {percent} % weniger Farbe als ein einzelner Versuch: Mitteln "
    "nimmt Farbe weg.",
    "mean_same": "Hier sind sie sich einig, und das Mitteln nimmt keine Farbe weg.",
    "medoid_is": "Der Medoid ist der Versuch in ihrer Mitte.",
    "spot": "An dieser Stelle",
    "spot_bins": "Für wie wahrscheinlich das Netz hier jede Farbe hält. Wo mehrere "
    "wahrscheinlich sind, ist ihr Mittel keine von ihnen: daher kommt das Braun.",
    "spot_samples": "Wie viele der Versuche hier jede Farbe gemalt haben.",
    "spot_one": "Dieses Netz nennt eine Farbe, das Mittel aller, die es nicht unterscheiden kann.",
    "spot_numbers": "Die Zahlen, und wo die Farben liegen",
    "spot_radius": "Die wahre Farbe liegt wahrscheinlich höchstens {radius} Lab-Einheiten von "
    "der gemalten entfernt.",
    "spot_deviation": "Die Versuche gehen um {deviation} Lab-Einheiten auseinander.",
    "plane": "Die Farben dieser Stelle in der ab-Ebene: {marks}",
    "plane_mean": "das Mittel von allen",
    "plane_mode": "die wahrscheinlichste",
    "plane_painted": "gemalt",
    "plane_true": "die des Fotos",
    "colour_grey": "grau",
    "colour_red": "rot",
    "colour_pink": "rosa",
    "colour_brown": "braun",
    "colour_orange": "orange",
    "colour_yellow": "gelb",
    "colour_olive": "oliv",
    "colour_green": "grün",
    "colour_teal": "türkis",
    "colour_blue": "blau",
    "colour_purple": "violett",
    "no_study": "Die Studie wurde noch nicht gemacht. So entsteht sie: python -m train study "
    "--photos DIR, dann python -m train report",
    "alt_photo": "Das Originalfoto",
    "alt_grayscale": "Das Foto ohne Farbe",
    "alt_pinned": "Das angeheftete Ergebnis",
    "alt_colorized": "Das Foto mit vorhergesagten Farben",
    "fullscreen": "Vollbild",
    "leave_fullscreen": "Vollbild verlassen",
    "more_tabs": "Weitere Reiter",
    "no_picture": "Kein Bild",
    "footer": "Mehr zu dieser Seite",
    "errors.use_via_api_or_mcp": "Über API oder MCP nutzen",
    "errors.use_via_api": "Über API nutzen",
    "checkpoints_instead": "Die für diese Seite gewählten Checkpoints sind nicht erreichbar; sie "
    "zeigt die mitgelieferten.",
    "app_busy": "Gerade kolorieren viele Leute Fotos; versuche es gleich noch einmal.",
    "app_gone": "Der Server ist nicht erreichbar; die Seite wartet auf ihn und beginnt dann neu.",
    "app_gone_title": "Keine Verbindung",
    "app_error": "Fehler",
    "no_checkpoints": "Es gibt noch keine Checkpoints. So entstehen sie: python -m train fit "
    "--variant baseline --photos DIR",
}

FRENCH = {
    "tagline": "Un petit réseau devine les couleurs de votre photo. Les curseurs changent sa "
    "construction et la durée de son apprentissage.",
    "tab_colorize": "Coloriser",
    "tab_epochs": "Époques",
    "tab_uncertainty": "Incertitude",
    "tab_story": "Histoire",
    "title": "Colorizer : coloriser des photos",
    "choose": "Choisir une photo",
    "or_drop": "ou déposez-la, ou collez-la, n’importe où.",
    "examples": "Exemples :",
    "example_rocket": "Exemple : une fusée",
    "example_chelsea": "Exemple : un chat",
    "example_coffee": "Exemple : une tasse de café",
    "example_astronaut": "Exemple : une astronaute",
    "example_camera": "Exemple : une photo en noir et blanc",
    "remove": "Retirer",
    "opening": "Ouverture de la photo …",
    "not_sent": "La photo n’est pas arrivée au serveur ; vérifiez la connexion et réessayez.",
    "too_large": "Ce fichier fait {} Mo et la limite est de {} Mo ; réduisez-le ou choisissez-en "
    "un autre.",
    "first_of_files": "Le premier de ces {count} fichiers a été pris ; la page en montre un à la "
    "fois.",
    "many_offer": "Coloriser les {} et les télécharger en ZIP",
    "many_sending": "Envoi de {} sur {} …",
    "many_so_far": "{done} sur {count} colorisées avec {how} …",
    "many_done": "{done} photos sur {count} colorisées avec {how}.",
    "many_download": "Télécharger le ZIP",
    "download_jpeg": "JPEG",
    "download_both": "Avant et après",
    "link_changed": "Le lien demande {asked}, qui n’existe pas ici ; la page montre {shown}.",
    "making_colour": "Colorisation : {} …",
    "making_grid": "Ce choix n’est pas encore dessiné ; appuyez sur Comparer.",
    "making_grid_photo": "La grille de cette photo se dessine …",
    "making_two": "Colorisation de ces deux-là …",
    "making_film": "Le film se prépare …",
    "epoch_word": "époque",
    "mean_of": "moyenne de {count} échantillons",
    "medoid_of": "médoïde de {count} échantillons",
    "temperature_word": "température",
    "vividness_word": "vivacité",
    "of_original": "original",
    "of_result": "résultat",
    "of_ratio": "rapport",
    "sepia_word": "sépia",
    "colourfulness": "Intensité des couleurs",
    "colourfulness_means": "Hasler et Süsstrunk 2003 : 0 gris, 15 peu coloré, 59 très coloré",
    "chroma": "Chroma moyen",
    "chroma_means": "Distance moyenne au gris, en unités Lab",
    "does_baseline": "fait la moyenne de toutes les couleurs : brun",
    "does_batchnorm": "apprend plus vite, moyenne moins : plus de couleur",
    "does_dropout": "peut être interrogée souvent : montre son incertitude",
    "does_rgb": "peint toute l’image, comme dans l’histoire : floue",
    "does_rebalanced": "donne du poids aux couleurs rares : vive, parfois fausse",
    "does_transfer": "connaît les choses d’un million de photos : les couleurs les plus sûres",
    "about_network": "À propos de ce réseau (en anglais)",
    "no_checkpoint": "aucun checkpoint de cette époque",
    "lowest_loss": "plus petite perte de validation de la ligne",
    "most_colour": "le plus de couleur sur les photos de validation",
    "ratio_means": "intensité des couleurs par rapport à l’original",
    "sepia_means": "part de la couleur devenue brune, de 0 à 1",
    "left": "gauche",
    "right": "droite",
    "play": "Lire",
    "pause": "Pause",
    "film_epoch": "Époque du film",
    "one_checkpoint": "1 checkpoint",
    "checkpoints": "{count} checkpoints",
    "so_far": "{done} sur {count} …",
    "stopped_after": "Arrêté après {what}.",
    "original": "Original",
    "original_black_and_white": "Original (noir et blanc)",
    "original_toned": "Original (virage)",
    "grayscale": "Niveaux de gris",
    "grayscale_means": "\u00a0: tout ce que voit le réseau",
    "colorized": "Colorisée",
    "model_variant": "Variante du modèle",
    "epoch": "Époque",
    "samples": "Échantillons MC dropout",
    "samples_on": "1 : dropout inactif. Plus : autant de passages aléatoires.",
    "samples_off": "aucune couche de dropout à échantillonner.",
    "mean": "moyenne",
    "medoid": "médoïde",
    "shown_of_samples": "De plusieurs échantillons, montrer",
    "medoid_on": "Leur moyenne est sûre et pâle ; le médoïde est l’échantillon en leur milieu.",
    "vividness": "Vivacité (%)",
    "vividness_means": "Moins ou plus des couleurs choisies.",
    "more": "Plus",
    "temperature": "Température",
    "temperature_on": "À gauche : hardi, la couleur la plus probable. À droite : sûr, la moyenne.",
    "temperature_off": "prédit une couleur, et non la probabilité de chacune.",
    "download": "Télécharger le PNG",
    "copy": "Copier le lien",
    "pin": "Épingler",
    "unpin": "Détacher",
    "pinned": "Épinglée",
    "look_closer": "Voir de plus près",
    "close": "Fermer",
    "left_picture": "Image de gauche",
    "right_picture": "Image de droite",
    "zoom_in": "Agrandir",
    "zoom_out": "Réduire",
    "fit": "Ajuster",
    "closer_hint": "Agrandissez avec la molette, deux doigts ou + et −, 0 ajuste à la fenêtre ; "
    "déplacez en faisant glisser ou avec les flèches.",
    "making_pair": "Les images arrivent …",
    "hint_lead": "Cliquez sur l’image coloriée et nommez une couleur ; tout ce qui se ressemble "
    "la suit.",
    "hint_ask": "Où hésite-t-il le plus ?",
    "hint_undo": "Annuler",
    "hint_redo": "Rétablir",
    "hint_clear": "Tout retirer",
    "hint_hide": "Masquer les repères",
    "hint_show": "Montrer les repères",
    "hint_save": "Enregistrer les couleurs",
    "hint_load": "Charger des couleurs",
    "hint_layer": "L’image coloriée. Les flèches déplacent une croix ; Entrée nomme la couleur à "
    "cet endroit.",
    "hint_ring": "Couleur à la main, numéro {}. Entrée la change, les flèches la déplacent, Suppr "
    "la retire.",
    "hint_question": "Quelle couleur y a-t-il ici ?",
    "hint_original": "comme dans l’original",
    "hint_grey": "gris neutre",
    "hint_picker": "une autre couleur",
    "hint_dropper": "la prendre dans l’image",
    "hint_dropping": "Cliquez maintenant à l’endroit dont vous voulez la couleur.",
    "hint_remove": "Retirer",
    "hint_unknown": "Je ne sais pas",
    "hint_close": "Fermer",
    "hint_full": "Une photo accepte au plus {} couleurs à la main ; retirez-en d’abord une.",
    "by_hand_one": "1 couleur à la main",
    "by_hand": "{count} couleurs à la main",
    "with_by_hand_one": "Votre couleur est prise en compte : l’incertitude est de {now} en "
    "moyenne, et de {before} sans elle.",
    "with_by_hand": "Vos {count} couleurs sont prises en compte : l’incertitude est de {now} en "
    "moyenne, et de {before} sans elles.",
    "map_before": "Incertitude avant",
    "map_after": "Incertitude après",
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
    "part": "Ce que montre la carte",
    "part_whole": "à quelle distance la vraie couleur peut être",
    "part_weights": "à quel point les essais diffèrent",
    "nothing_to_ask": "ce réseau nomme une seule couleur par endroit et répond toujours de même"
    " ; il n’a aucune incertitude à montrer. Choisissez une autre variante.",
    "sampling": "{count} échantillons sur {wanted} …",
    "sampled": "Échantillons : {count}",
    "uncertainty_stopped": "Arrêté après {count} échantillons sur {wanted}. Appuyez sur "
    "Échantillonner pour continuer.",
    "choose_spot": "Cliquez ou utilisez les flèches pour choisir un endroit.",
    "mean_picture": "Les couleurs peintes",
    "uncertainty_map": "Incertitude",
    "sure": "sûr",
    "unsure": "pas sûr",
    "meaning_whole": "Pour deux pixels sur trois, la vraie couleur se trouve à l’intérieur de "
    "la distance montrée, pour 98 sur 100 à l’intérieur de deux à trois fois celle-ci : mesuré "
    "sur des photos que le réseau n’avait pas vues.",
    "meaning_whole_raw": "La distance entre les couleurs que le réseau croit possibles ; "
    "personne n’a mesuré si la vraie en fait partie.",
    "meaning_weights": "Clair là où d’autres canaux auraient peint une autre couleur. Les "
    "couleurs que la chose peut vraiment avoir n’y sont pas.",
    "scale": "L’extrémité claire vaut {most} unités Lab ou plus, la moyenne ici {here} ; une "
    "différence de 2 est à peine visible.",
    "guess": "Essai",
    "one_by_one": "Un par un",
    "first_shown": "(les {count} premiers)",
    "mean_paler": "Leur moyenne a {percent} % de couleur en moins qu’un seul essai : faire la "
    "moyenne enlève de la couleur.",
    "mean_same": "Ils s’accordent ici, et leur moyenne n’enlève aucune couleur.",
    "medoid_is": "Le médoïde est l’essai qui se trouve au milieu.",
    "spot": "À cet endroit",
    "spot_bins": "La probabilité que le réseau donne ici à chaque couleur. Là où plusieurs sont"
    " probables, leur moyenne n’est aucune d’elles : c’est de là que vient le brun.",
    "spot_samples": "Combien d’essais ont peint ici chaque couleur.",
    "spot_one": "Ce réseau nomme une seule couleur, la moyenne de toutes celles qu’il ne "
    "distingue pas.",
    "spot_numbers": "Les chiffres, et où se trouvent les couleurs",
    "spot_radius": "La vraie couleur se trouve probablement à moins de {radius} unités Lab de "
    "celle qui est peinte.",
    "spot_deviation": "Les essais diffèrent de {deviation} unités Lab.",
    "plane": "Les couleurs de cet endroit sur le plan ab : {marks}",
    "plane_mean": "la moyenne de toutes",
    "plane_mode": "la plus probable",
    "plane_painted": "peinte",
    "plane_true": "celle de la photo",
    "colour_grey": "gris",
    "colour_red": "rouge",
    "colour_pink": "rose",
    "colour_brown": "brun",
    "colour_orange": "orange",
    "colour_yellow": "jaune",
    "colour_olive": "olive",
    "colour_green": "vert",
    "colour_teal": "turquoise",
    "colour_blue": "bleu",
    "colour_purple": "violet",
    "no_study": "L’étude n’a pas encore été faite. Lancez python -m train study --photos DIR, puis "
    "python -m train report",
    "alt_photo": "La photo d’origine",
    "alt_grayscale": "La photo sans couleur",
    "alt_pinned": "Le résultat épinglé",
    "alt_colorized": "La photo aux couleurs prédites",
    "fullscreen": "Plein écran",
    "leave_fullscreen": "Quitter le plein écran",
    "more_tabs": "Autres onglets",
    "no_picture": "Aucune image",
    "footer": "À propos de cette page",
    "errors.use_via_api_or_mcp": "Utiliser via API ou MCP",
    "errors.use_via_api": "Utiliser via API",
    "checkpoints_instead": "Les checkpoints choisis pour cette page sont hors d’atteinte ; elle "
    "montre ceux qui l’accompagnent.",
    "app_busy": "Beaucoup de monde colorie des photos en ce moment ; réessayez dans un instant.",
    "app_gone": "Le serveur est hors d’atteinte ; la page l’attend, puis recommence.",
    "app_gone_title": "Pas de connexion",
    "app_error": "Erreur",
    "no_checkpoints": "Il n’y a pas encore de checkpoints. Pour en faire : python -m train fit "
    "--variant baseline --photos DIR",
}

for place, language in enumerate((ENGLISH, GERMAN, FRENCH)):
    language |= {key: texts[place] for key, texts in STORY.items()}
FRENCH |= {key: spaced(text) for key, text in FRENCH.items()}

LANGUAGES = gr.I18n(en=ENGLISH, de=GERMAN, fr=FRENCH)


# The page's script reads these in the browser's language, by the rule that Gradio has.
SCRIPT = f"""
window.colorizerLanguage = ["de", "fr"].find((code) => navigator.language.startsWith(code)) ?? "en";
window.colorizerWords = {json.dumps(LANGUAGES.translations)}[window.colorizerLanguage];
"""


def say(key: str) -> str:
    """What the page replaces by the words of that key; once in a text at most. Raises KeyError."""
    ENGLISH[key]
    return str(LANGUAGES(key))


def language_of(request: gr.Request | None) -> str:
    """Of the browser that asks: "en", "de" or "fr"."""
    accepted = request.headers.get("accept-language", "") if request else ""
    code = accepted.strip()[:2].lower()
    return code if code in LANGUAGES.translations else "en"


def tell(request: gr.Request | None, key: str, **values: object) -> str:
    """The words of that key for the browser that asks. Raises KeyError."""
    return words_in(language_of(request), key, **values)


def words_in(language: str, key: str, **values: object) -> str:
    """language: "en", "de" or "fr". Raises KeyError."""
    return LANGUAGES.translations[language][key].format(**values)


def figure(request: gr.Request | None, value: float, form: str) -> str:
    """A number in the format `form`, with the decimal sign of the browser that asks."""
    text = format(value, form)
    return text if language_of(request) == "en" else text.replace(".", ",")


def describe(request: gr.Request | None, settings: Settings) -> str:
    """Settings, as a caption names them."""
    words = [settings.variant, f"{tell(request, 'epoch_word')} {settings.epoch}"]
    if settings.samples > 1:
        which = "medoid_of" if settings.medoid else "mean_of"
        words.append(tell(request, which, count=settings.samples))
    if settings.temperature != TEMPERATURE:
        words.append(
            f"{tell(request, 'temperature_word')} {figure(request, settings.temperature, 'g')}"
        )
    if settings.vividness != USUAL_VIVIDNESS:
        words.append(f"{tell(request, 'vividness_word')} {settings.vividness} %")
    return " · ".join(words)
