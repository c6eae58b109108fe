"""What the library and the page say when something cannot be done, in the reader's language.

The library speaks English, as its command line does. Here is what a visitor may meet of it.
"""

import gradio as gr

from interface.languages import language_of
from interface.phrases import Phrases

# English: (German, French). `test_sentences.py` raises them, so that none drifts from its source.
SENTENCES = {
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
    "A photo takes at most {} hints, not {}; leave some out.": (
        "Ein Foto verträgt höchstens {} Hinweise, nicht {}; lass einige weg.",
        "Une photo accepte au plus {} indications, pas {} ; retirez-en.",
    ),
    "Choose at least one variant and one epoch that it has.": (
        "Wähle mindestens eine Variante und eine ihrer Epochen.",
        "Choisissez au moins une variante et une époque qu’elle possède.",
    ),
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
}
_PHRASES = Phrases(SENTENCES)


def sentence(request: gr.Request | None, error: Exception) -> str:
    """The error's sentence for the browser that asks; in English where no other is known."""
    return translated(str(error), language_of(request))


def translated(english: str, language: str) -> str:
    return _PHRASES.translated(english, language)
