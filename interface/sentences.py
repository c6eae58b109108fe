"""What the library and the page say when something cannot be done, in the reader's language.

The library speaks English, as its command line does. Here is what a visitor may meet of it.
"""

import gradio as gr

from interface.languages import language_of
from interface.phrases import Phrases, spaced

# English: (German, French). `test_sentences.py` reads every error that the sources raise, so that
# none is missing here and none stays that nobody raises.
SENTENCES = {
    # Of a request
    "There is no photo; drop one on the page first.": (
        "Es ist kein Foto da; ziehe zuerst eines auf die Seite.",
        "Il n’y a pas de photo ; déposez-en d’abord une sur la page.",
    ),
    "This photo is no longer here; drop it on the page again.": (
        "Dieses Foto ist nicht mehr hier; ziehe es noch einmal auf die Seite.",
        "Cette photo n’est plus ici ; déposez-la de nouveau sur la page.",
    ),
    "There is no such example.": (
        "Dieses Beispiel gibt es nicht.",
        "Cet exemple n’existe pas.",
    ),
    "Choose a variant and one of its epochs.": (
        "Wähle eine Variante und eine ihrer Epochen.",
        "Choisissez une variante et l’une de ses époques.",
    ),
    "samples must be 1 to {}, not {}.": (
        "Die Zahl der Stichproben muss zwischen 1 und {} liegen; {} geht nicht.",
        "Le nombre d’échantillons va de 1 à {} ; {} n’est pas possible.",
    ),
    "temperature must be above 0 and at most 1, not {}.": (
        "Die Temperatur muss über 0 und höchstens 1 sein; {} geht nicht.",
        "La température doit être au-dessus de 0 et au plus 1 ; {} n’est pas possible.",
    ),
    "epoch, samples and vividness must be whole numbers, and temperature a number.": (
        "Epoche, Stichproben und Farbkraft müssen ganze Zahlen sein, die Temperatur eine Zahl.",
        "L’époque, les échantillons et la vivacité sont des nombres entiers, la température un "
        "nombre.",
    ),
    "vividness must be 0 to {}, not {}.": (
        "Die Farbkraft liegt zwischen 0 und {}, nicht bei {}.",
        "La vivacité va de 0 à {}, et non {}.",
    ),
    "These are {} photos; choose at most {} at once.": (
        "Das sind {} Fotos; wähle höchstens {} auf einmal.",
        "Cela fait {} photos ; choisissez-en au plus {} à la fois.",
    ),
    "epochs must be whole numbers separated by commas.": (
        "Epochen sind ganze Zahlen, durch Kommas getrennt.",
        "Les époques sont des nombres entiers séparés par des virgules.",
    ),
    "{} has no uncertainty of that kind; choose another.": (
        "{} hat keine Unsicherheit dieser Art; wähle eine andere.",
        "{} n’a pas d’incertitude de ce genre ; choisissez-en une autre.",
    ),
    "Choose at least one variant and one epoch that it has.": (
        "Wähle mindestens eine Variante und eine ihrer Epochen.",
        "Choisissez au moins une variante et une époque qu’elle possède.",
    ),
    "It could not be coloured ({}).": (
        "Es konnte nicht koloriert werden ({}).",
        "Elle n’a pas pu être coloriée ({}).",
    ),
    "Its result could not be written ({}).": (
        "Das Ergebnis konnte nicht geschrieben werden ({}).",
        "Le résultat n’a pas pu être écrit ({}).",
    ),
    # Of a photo
    "This file is not a picture that can be read; try a JPEG, PNG, WebP or TIFF.": (
        "Diese Datei ist kein lesbares Bild; versuche ein JPEG, PNG, WebP oder TIFF.",
        "Ce fichier n’est pas une image lisible ; essayez un JPEG, PNG, WebP ou TIFF.",
    ),
    "This picture is damaged or of a rare kind; "
    "try to save it again from a viewer, as a PNG or JPEG.": (
        "Dieses Bild ist beschädigt oder von seltener Art; speichere es aus einem "
        "Bildbetrachter neu, als PNG oder JPEG.",
        "Cette image est endommagée ou d’un type rare ; enregistrez-la de nouveau depuis une "
        "visionneuse, en PNG ou JPEG.",
    ),
    "This picture is damaged ({}); try to save it again from a viewer.": (
        "Dieses Bild ist beschädigt ({}); speichere es aus einem Bildbetrachter neu.",
        "Cette image est endommagée ({}) ; enregistrez-la de nouveau depuis une visionneuse.",
    ),
    "This TIFF's directory is damaged; try to save it again from a viewer.": (
        "Das Verzeichnis dieses TIFFs ist beschädigt; speichere es aus einem Bildbetrachter neu.",
        "Le répertoire de ce TIFF est endommagé ; enregistrez-le de nouveau depuis une "
        "visionneuse.",
    ),
    "This picture is too large; shrink it below {} megapixels.": (
        "Dieses Bild ist zu groß; verkleinere es auf unter {} Megapixel.",
        "Cette image est trop grande ; réduisez-la à moins de {} mégapixels.",
    ),
    "This picture has {} megapixels; shrink it below {}.": (
        "Dieses Bild hat {} Megapixel; verkleinere es auf unter {}.",
        "Cette image a {} mégapixels ; réduisez-la à moins de {}.",
    ),
    "This file has {} MB; shrink it below {} MB.": (
        "Diese Datei hat {} MB; verkleinere sie auf unter {} MB.",
        "Ce fichier fait {} Mo ; réduisez-le à moins de {} Mo.",
    ),
    "This picture is {}x{} pixels; choose one with at least {} a side.": (
        "Dieses Bild hat {}x{} Pixel; wähle eines mit mindestens {} je Seite.",
        "Cette image fait {}x{} pixels ; choisissez-en une d’au moins {} de côté.",
    ),
    "This picture is more than {} times as long as wide; crop it first.": (
        "Dieses Bild ist mehr als {}-mal so lang wie breit; beschneide es zuerst.",
        "Cette image est plus de {} fois plus longue que large ; recadrez-la d’abord.",
    ),
    "This kind of {} takes too long to read; save it as a PNG or TIFF.": (
        "Diese Art von {} zu lesen dauert zu lange; speichere es als PNG oder TIFF.",
        "Ce type de {} est trop long à lire ; enregistrez-le en PNG ou TIFF.",
    ),
    "There is not enough memory left for this picture; shrink it first.": (
        "Für dieses Bild reicht der Speicher nicht; verkleinere es zuerst.",
        "Il ne reste pas assez de mémoire pour cette image ; réduisez-la d’abord.",
    ),
    "This is a HEIC photo, and the part that reads them is not installed; "
    "run `pip install pillow-heif`, or save it as a JPEG.": (
        "Das ist ein HEIC-Foto, und der Teil, der sie liest, ist nicht installiert; "
        "rufe `pip install pillow-heif` auf, oder speichere es als JPEG.",
        "C’est une photo HEIC, et le module qui les lit n’est pas installé ; lancez "
        "`pip install pillow-heif`, ou enregistrez-la en JPEG.",
    ),
    # Of colours by hand, which the library calls hints
    "This spot is not on the photo; click the picture again.": (
        "Diese Stelle liegt nicht auf dem Foto; klicke noch einmal auf das Bild.",
        "Cet endroit n’est pas sur la photo ; cliquez de nouveau sur l’image.",
    ),
    "A photo takes at most {} hints, not {}; leave some out.": (
        "Ein Foto verträgt höchstens {} Farben von Hand, nicht {}; lass einige weg.",
        "Une photo accepte au plus {} couleurs à la main, pas {} ; retirez-en.",
    ),
    "A hint needs one colour: give either its rgb or its ab.": (
        "Ein Eintrag braucht genau eine Farbe: entweder rgb oder ab.",
        "Une entrée a une seule couleur : soit rgb, soit ab.",
    ),
    "The colour of a hint is a list of numbers: rgb of three, ab of two.": (
        "Die Farbe eines Eintrags ist eine Liste von Zahlen: rgb von dreien, ab von zweien.",
        "La couleur d’une entrée est une liste de nombres : trois pour rgb, deux pour ab.",
    ),
    "A hint is made of numbers: x, y, a radius, and rgb of three or ab of two.": (
        "Ein Eintrag besteht aus Zahlen: x, y, ein Radius, dazu drei für rgb oder zwei für ab.",
        "Une entrée est faite de nombres : x, y, un rayon, et trois pour rgb ou deux pour ab.",
    ),
    "The radius of a hint is 0 or more, not {}.": (
        "Der Radius eines Eintrags ist mindestens 0, nicht {}.",
        "Le rayon d’une entrée est d’au moins 0, et non {}.",
    ),
    "The ab of a hint lies between -128 and 128.": (
        "ab liegt in jedem Eintrag zwischen -128 und 128.",
        "Dans une entrée, ab est compris entre -128 et 128.",
    ),
    "The rgb of a hint is three whole numbers from 0 to 255.": (
        "rgb besteht in jedem Eintrag aus drei ganzen Zahlen von 0 bis 255.",
        "Dans une entrée, rgb est fait de trois nombres entiers de 0 à 255.",
    ),
    "A hint at ({}, {}) lies outside the photo, which is {} x {} pixels; move it inside.": (
        "Eine Farbe bei ({}, {}) liegt außerhalb des Fotos von {} x {} Pixeln; rücke sie hinein.",
        "Une couleur en ({}, {}) est hors de la photo de {} x {} pixels ; déplacez-la dedans.",
    ),
    "These hints cannot be read; they have to be a file of JSON.": (
        "Diese Datei ist nicht lesbar; Farben von Hand stehen in einer JSON-Datei.",
        "Ce fichier n’est pas lisible ; les couleurs à la main sont dans un fichier JSON.",
    ),
    "A file of hints holds size and hints, each once, and nothing else.": (
        "Eine Datei mit Farben enthält je einmal „size“ und „hints“ und sonst nichts.",
        "Un fichier de couleurs contient « size » et « hints », une fois chacun, et rien d’autre.",
    ),
    "The size in a file of hints is the photo's width and height in pixels.": (
        "„size“ ist in einer Datei mit Farben die Breite und Höhe des Fotos in Pixeln.",
        "Dans un fichier de couleurs, « size » est la largeur et la hauteur de la photo en pixels.",
    ),
    "The hints in a file of hints are a list.": (
        "„hints“ ist in einer Datei mit Farben eine Liste.",
        "Dans un fichier de couleurs, « hints » est une liste.",
    ),
    "A hint has x and y, rgb or ab, and perhaps a radius, nothing else.": (
        "Ein Eintrag hat x und y, rgb oder ab und vielleicht einen Radius, sonst nichts.",
        "Une entrée a x et y, rgb ou ab, et peut-être un rayon, rien d’autre.",
    ),
    "These hints are for a photo of {} x {} pixels, and this one, {} x {}, has other "
    "proportions.": (
        "Diese Farben gehören zu einem Foto von {} x {} Pixeln; dieses, {} x {}, hat eine andere "
        "Form.",
        "Ces couleurs sont pour une photo de {} x {} pixels ; celle-ci, de {} x {}, a d’autres "
        "proportions.",
    ),
    # Of a checkpoint
    "{} has no checkpoint of epoch {}; choose among {}.": (
        "{} hat keinen Checkpoint der Epoche {}; wähle aus {}.",
        "{} n’a pas de checkpoint de l’époque {} ; choisissez parmi {}.",
    ),
    "There is no variant {}; choose among {}.": (
        "Es gibt keine Variante {}; wähle aus {}.",
        "Il n’y a pas de variante {} ; choisissez parmi {}.",
    ),
    "{} has no dropout layers to sample; ask for 1 sample.": (
        "{} hat keine Dropout-Schichten für Stichproben; verlange 1 Stichprobe.",
        "{} n’a pas de couches de dropout à échantillonner ; demandez 1 échantillon.",
    ),
    "{} is a Git LFS pointer, not the weights; run `git lfs pull`.": (
        "{} ist ein Git-LFS-Zeiger, nicht die Gewichte; rufe `git lfs pull` auf.",
        "{} est un pointeur Git LFS, et non les poids ; lancez `git lfs pull`.",
    ),
    "There is no checkpoint at {}; train one with `python -m train fit`.": (
        "Unter {} liegt kein Checkpoint; trainiere einen mit `python -m train fit`.",
        "Il n’y a pas de checkpoint sous {} ; entraînez-en un avec `python -m train fit`.",
    ),
    "{} is cut short or damaged; fetch or train it again.": (
        "{} ist unvollständig oder beschädigt; hole oder trainiere es neu.",
        "{} est tronqué ou endommagé ; récupérez-le ou entraînez-le de nouveau.",
    ),
    "{} is a pickle, which can run code when opened; only safetensors are read.": (
        "{} ist ein Pickle, das beim Öffnen Code ausführen kann; nur safetensors werden gelesen.",
        "{} est un pickle, qui peut exécuter du code à l’ouverture ; seul safetensors est lu.",
    ),
    "{} has {}, but only {} can be read; make checkpoints with this version's "
    "`python -m train fit`.": (
        "{} hat {}, lesbar ist nur {}; trainiere Checkpoints mit `python -m train fit` dieser "
        "Version.",
        "{} a {}, seul {} est lisible ; faites des checkpoints avec le `python -m train fit` de "
        "cette version.",
    ),
    "The metadata of {} cannot be read ({}); fetch or train it again.": (
        "Die Metadaten von {} sind nicht lesbar ({}); hole oder trainiere es neu.",
        "Les métadonnées de {} sont illisibles ({}) ; récupérez-le ou entraînez-le de nouveau.",
    ),
    "{} lacks {} of its network's tensors, {} first; use the file as it was trained, or train it "
    "again.": (
        "In {} fehlen {} Tensoren des Netzes, zuerst {}; nimm die Datei, wie sie trainiert wurde, "
        "oder trainiere sie neu.",
        "Il manque à {} {} des tenseurs du réseau, d’abord {} ; prenez le fichier tel qu’il a été "
        "entraîné, ou entraînez-le de nouveau.",
    ),
    "{} holds {} tensors that its network lacks, {} first; use the file as it was trained, or "
    "train it again.": (
        "{} enthält {} Tensoren, die das Netz nicht hat, zuerst {}; nimm die Datei, wie sie "
        "trainiert wurde, oder trainiere sie neu.",
        "{} contient {} tenseurs que le réseau n’a pas, d’abord {} ; prenez le fichier tel qu’il a "
        "été entraîné, ou entraînez-le de nouveau.",
    ),
    "{}: {} has shape {} where its network has {}; use the file as it was trained, or train it "
    "again.": (
        "{}: {} hat die Form {}, im Netz aber {}; nimm die Datei, wie sie trainiert wurde, oder "
        "trainiere sie neu.",
        "{} : {} a la forme {}, et {} dans le réseau ; prenez le fichier tel qu’il a été entraîné, "
        "ou entraînez-le de nouveau.",
    ),
    "{}: {} holds values that are not finite; use the file as it was trained, or train it again.": (
        "{}: {} enthält Werte, die nicht endlich sind; nimm die Datei, wie sie trainiert wurde, "
        "oder trainiere sie neu.",
        "{} : {} contient des valeurs qui ne sont pas finies ; prenez le fichier tel qu’il a été "
        "entraîné, ou entraînez-le de nouveau.",
    ),
}
SENTENCES = {english: (german, spaced(french)) for english, (german, french) in SENTENCES.items()}
_PHRASES = Phrases(SENTENCES)


def sentence(request: gr.Request | None, error: Exception) -> str:
    """The error's sentence for the browser that asks; in English where no other is known."""
    return translated(str(error), language_of(request))


def translated(english: str, language: str) -> str:
    return _PHRASES.translated(english, language)
