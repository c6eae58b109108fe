"""Cache of network outputs, keyed by photo and settings; the engine holds the lock."""

from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path

from torch import Tensor

from colorizer import Colorizer, Hint, Photo
from colorizer.alternatives import TEMPERATURE, Alternative
from colorizer.dropout import State
from colorizer.hints import from_json
from colorizer.parallel import alone
from colorizer.reading import digest
from colorizer.sampling import Sampler
from colorizer.worksheet import Sheet
from interface.engine.cache import Recent
from interface.engine.checkpoints import Checkpoints
from interface.engine.errors import UserError
from interface.engine.files import fingerprint
from interface.engine.gpu import network_output
from interface.engine.settings import Settings
from interface.engine.subject import Subject

MOST_PIXELS = 64_000_000  # of a photo: several are in memory at once, with their results

Certainty = Mapping[str, float] | None
Colours = tuple[Tensor, Certainty]


class Predictions:
    def __init__(self, checkpoints: Checkpoints) -> None:
        self.checkpoints = checkpoints
        # Bytes: two photos or a large one; opening one again costs less than it would take of a
        # small server.
        self.originals: dict[str, Path] = {}  # of PNGs that stand in for them, by hash
        self._photos = Recent[Photo](36_000_000, lambda photo: max(photo.rgb.nbytes, 18_000_000))
        self._fitted = Recent[Photo](4)
        self._hints = Recent[tuple[Hint, ...]](16)  # as the photo takes them
        self._outputs = Recent[Tensor](16_000_000, lambda output: output.nbytes)
        self._hinted = Recent[Colours](8_000_000, lambda colours: colours[0].nbytes)
        self._states = Recent[State](2)  # of photos with hints: a few megabytes each
        self._alternatives = Recent[list[Alternative]](8)  # a few hundred kilobytes each
        self._samplers = Recent[Sampler](2)  # each may hold tens of megabytes of samples

    def colorizer(self, settings: Settings) -> Colorizer:
        """Raises CheckpointError."""
        return self.checkpoints.colorizer(settings.variant, settings.epoch)

    def photo(self, subject: Subject) -> Photo:
        """Raises PhotoError for a file that is not a usable picture."""

        def open_photo() -> Photo:
            original = self.originals.get(digest(subject.path))
            path = original if original and original.is_file() else subject.path
            return Photo.open(path, most_pixels=MOST_PIXELS)

        return self._photos.get(fingerprint(subject.path), open_photo)

    def fitted(self, subject: Subject, longest: int) -> Photo:
        """The photo with at most `longest` pixels a side."""
        key = fingerprint(subject.path), longest
        return self._fitted.get(key, lambda: self.photo(subject).fitted(longest))

    def hints(self, subject: Subject) -> tuple[Hint, ...]:
        """Raises HintError."""
        if not subject.hints_json:
            return ()
        key = fingerprint(subject.path), subject.hints_json
        return self._hints.get(key, lambda: (*from_json(subject.hints_json, self.photo(subject)),))

    def ab(self, subject: Subject, settings: Settings) -> Tensor:
        """(2, h, w); with hints, of samples the mean. Raises HintError."""
        if hints := self.hints(subject):
            return self._with_hints(subject, settings, hints)[0]
        ab = self._plain(subject, settings)
        if settings.limit is None:
            return ab
        output = self.output(subject, settings)
        with alone():
            colorizer = self.colorizer(settings)
            return colorizer.only_sure(self.photo(subject), output, ab, settings.limit)

    def _plain(self, subject: Subject, settings: Settings) -> Tensor:
        if settings.medoid:
            sampler = self.sampler(subject, settings)
            summary = sampler.summary(settings.samples, settings.temperature)
            assert summary.medoid is not None
            return sampler.sample(summary.medoid, settings.temperature)
        output = self.output(subject, settings)
        with alone():
            return self.colorizer(settings).decode(output, settings.temperature)

    def _with_hints(self, subject: Subject, settings: Settings, hints: tuple[Hint, ...]) -> Colours:
        _check_samples(self.colorizer(settings), settings)

        def predict() -> Colours:
            with alone() if settings.samples == 1 else nullcontext():
                return self._predict(subject, settings, self.state(subject, settings))

        by = (
            settings.variant,
            settings.epoch,
            settings.samples,
            settings.temperature,
            settings.within,
        )
        return self._hinted.get((fingerprint(subject.path), *by, *hints), predict)

    def _predict(self, subject: Subject, settings: Settings, state: State | None) -> Colours:
        """Of all samples in one go, in full precision."""
        colorizer = self.colorizer(settings)
        output, ab = colorizer.predict_with_output(
            self.photo(subject),
            settings.samples,
            temperature=settings.temperature,
            hints=self.hints(subject),
            medoid=settings.medoid,
            state=state,
            within=settings.limit,
        )
        photo, hints = self.photo(subject), self.hints(subject)
        return ab, colorizer.certainty(photo, output, hints, state, settings.limit)

    def colours(self, subject: Subject, settings: Settings) -> Colours:
        """`ab`, and how sure the network is of it (`Colorizer.certainty`). Raises HintError."""
        if hints := self.hints(subject):
            return self._with_hints(subject, settings, hints)
        ab, output = self.ab(subject, settings), self.output(subject, settings)
        with alone():
            colorizer, photo = self.colorizer(settings), self.photo(subject)
            return ab, colorizer.certainty(photo, output, within=settings.limit)

    def final_colours(self, subject: Subject, settings: Settings) -> Colours:
        """The same to the last bit as `redo` paints it, whatever was sampled before."""
        if settings.samples == 1:
            return self.colours(subject, settings)
        _check_samples(self.colorizer(settings), settings)
        with alone():
            return self._predict(subject, settings, None)

    def output(self, subject: Subject, settings: Settings) -> Tensor:
        """`Colorizer.output`, before temperature and hints."""

        def compute() -> Tensor:
            if settings.samples == 1:
                with alone():  # as in the command
                    return network_output(self.colorizer(settings), self.photo(subject))
            plain = self.sampler(subject.without_hints, settings)
            return plain.summary(settings.samples).output

        key = fingerprint(subject.path), settings.variant, settings.epoch, settings.samples
        return self._outputs.get(key, compute)

    def worksheet(self, subject: Subject, settings: Settings, certainty: Certainty) -> Sheet:
        """How a picture is made: see docs/worksheet.md."""
        with alone():
            return self.colorizer(settings).worksheet(
                self.photo(subject),
                certainty,
                settings.samples,
                temperature=settings.temperature,
                hints=self.hints(subject),
                vividness=settings.vividness,
                medoid=settings.medoid,
                within=settings.limit,
            )

    def state(self, subject: Subject, settings: Settings) -> State:
        """A checkpoint's view of a photo, before any hint."""
        key = fingerprint(subject.path), settings.variant, settings.epoch

        def start() -> State:
            with alone():
                return self.colorizer(settings).start(self.photo(subject))

        return self._states.get(key, start)

    def alternatives(
        self,
        subject: Subject,
        settings: Settings,
        count: int = 6,
        first: int = 0,
        temperature: float = TEMPERATURE,
    ) -> list[Alternative]:
        """Other plausible colours of a network that chooses among bins, hints in all of them.

        Raises ValueError as `Colorizer.alternatives` does.
        """
        hints = self.hints(subject)

        def draw() -> list[Alternative]:
            state = self.state(subject, settings)
            with alone():
                return self.colorizer(settings).alternatives(
                    self.photo(subject),
                    count,
                    hints=hints,
                    first=first,
                    temperature=temperature,
                    state=state,
                )

        which = count, first, temperature
        key = fingerprint(subject.path), settings.variant, settings.epoch, *which, *hints
        return self._alternatives.get(key, draw)

    def sampler(self, subject: Subject, settings: Settings) -> Sampler:
        """At least as many samples as `settings` say; hints are seen, but not propagated yet.

        Raises UserError for more than one sample of a network without dropout layers.
        """
        colorizer = self.colorizer(settings)
        _check_samples(colorizer, settings)
        hints = self.hints(subject) if colorizer.sees_hints else ()

        def begin() -> Sampler:
            photo = self.photo(subject)
            if not hints:
                return colorizer.sampler(photo)
            state = colorizer.hinted(photo, hints, self.state(subject, settings))
            return colorizer.sampler(photo, state=state)

        key = fingerprint(subject.path), settings.variant, settings.epoch, *hints
        sampler = self._samplers.get(key, begin)
        sampler.draw(settings.samples)
        return sampler


def _check_samples(colorizer: Colorizer, settings: Settings) -> None:
    if settings.samples > 1 and not colorizer.can_sample:
        raise UserError(f"{settings.variant} has no dropout layers to sample; ask for 1 sample.")
