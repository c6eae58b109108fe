"""What the networks say of the visitors' photos, remembered."""

from collections.abc import Sequence
from pathlib import Path

from torch import Tensor

from colorizer import Colorizer, Hint, Photo
from colorizer.dropout import State
from colorizer.sampling import Sampler
from interface.engine.cache import Recent
from interface.engine.checkpoints import Checkpoints
from interface.engine.errors import UserError
from interface.engine.files import identity
from interface.engine.gpu import network_output
from interface.engine.settings import Settings


class Predictions:
    def __init__(self, checkpoints: Checkpoints) -> None:
        self.checkpoints = checkpoints
        # Bytes: two photos or a large one; opening one again costs less than it would take of a
        # small server.
        self._photos = Recent[Photo](36_000_000, lambda photo: max(photo.rgb.nbytes, 18_000_000))
        self._outputs = Recent[Tensor](16_000_000, lambda output: output.nbytes)
        self._followed = Recent[Tensor](8_000_000, lambda ab: ab.nbytes)
        self._states = Recent[State](2)  # of photos with hints: a few megabytes each
        self._samplers = Recent[Sampler](2)  # each may hold tens of megabytes of samples

    def photo(self, path: Path) -> Photo:
        """Raises PhotoError for a file that is not a usable picture."""
        return self._photos.get(identity(path), lambda: Photo.open(path))

    def predict(self, path: Path, settings: Settings, hints: Sequence[Hint] = ()) -> Tensor:
        """(2, h, w) ab. What the network said is remembered; temperature is applied to that.

        With hints, what it saw and its last answers are remembered, and samples give their mean.
        Raises HintError.
        """
        colorizer = self.checkpoints.colorizer(settings.variant, settings.epoch)

        def follow() -> Tensor:
            return colorizer.predict(
                self.photo(path), settings.samples, temperature=settings.temperature,
                hints=hints, state=self.state(path, settings),
            )  # fmt: skip

        if hints:
            _check_samples(colorizer, settings)
            made_by = settings.variant, settings.epoch, settings.samples, settings.temperature
            return self._followed.get((identity(path), *made_by, *hints), follow)
        if settings.medoid and settings.samples > 1:
            sampler = self.drawn(path, settings)
            found = sampler.summary(settings.samples, settings.temperature)
            assert found.medoid is not None
            return sampler.sample(found.medoid, settings.temperature)
        return colorizer.decode(self.output(path, settings), settings.temperature)

    def output(self, path: Path, settings: Settings) -> Tensor:
        """What the network says, before temperature and hints: `Colorizer.output`."""

        def compute() -> Tensor:
            if settings.samples == 1:
                colorizer = self.checkpoints.colorizer(settings.variant, settings.epoch)
                return network_output(colorizer, self.photo(path))
            return self.drawn(path, settings).summary(settings.samples).output

        key = identity(path), settings.variant, settings.epoch, settings.samples
        return self._outputs.get(key, compute)

    def question(
        self, path: Path, settings: Settings, hints: Sequence[Hint],
        unknown: Sequence[tuple[float, float]],
    ) -> tuple[float, float]:  # fmt: skip
        """Where a further hint would help most; see `Colorizer.suggest`."""
        colorizer = self.checkpoints.colorizer(settings.variant, settings.epoch)
        state = self.state(path, settings)
        return colorizer.suggest(self.photo(path), hints, unknown, state)

    def state(self, path: Path, settings: Settings) -> State:
        """What one checkpoint sees in a photo, before any hint."""
        colorizer = self.checkpoints.colorizer(settings.variant, settings.epoch)
        key = identity(path), settings.variant, settings.epoch
        return self._states.get(key, lambda: colorizer.start(self.photo(path)))

    def drawn(self, path: Path, settings: Settings, hints: Sequence[Hint] = ()) -> Sampler:
        """The samples of a photo through one checkpoint, at least as many as `settings` ask for.

        hints: which the network sees, if it takes any; none of them is spread yet. Raises UserError
        where more than one sample is asked of a network without dropout layers.
        """
        colorizer = self.checkpoints.colorizer(settings.variant, settings.epoch)
        _check_samples(colorizer, settings)
        seen = hints if colorizer.network.takes_hints else ()

        def begin() -> Sampler:
            photo = self.photo(path)
            state = colorizer.hinted(photo, seen, self.state(path, settings)) if seen else None
            return colorizer.sampler(photo, state=state)

        key = identity(path), settings.variant, settings.epoch, *seen
        sampler = self._samplers.get(key, begin)
        sampler.draw(settings.samples)
        return sampler


def _check_samples(colorizer: Colorizer, settings: Settings) -> None:
    if settings.samples > 1 and not colorizer.can_sample:
        raise UserError(f"{settings.variant} has no dropout layers to sample; ask for 1 sample.")
