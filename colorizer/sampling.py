"""MC dropout: many predictions of one photo, and what their spread says.

Dropout stays on while predicting (Gal & Ghahramani 2016, "Dropout as a Bayesian approximation",
arXiv:1506.02142): the mean of the samples is the prediction, their spread says where the *weights*
disagree. That is only the epistemic part of the uncertainty (Kendall & Gal 2017,
arXiv:1703.04977); the many colours a car may truly have are in the distribution of a network that
chooses among bins. `Samples.spread` covers both.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from colorizer.decoding import Decoding
from colorizer.dropout import State, dropped
from colorizer.metrics import mean_chroma
from colorizer.network import ColorNetwork

_BATCH = 8  # samples per pass: larger batches gain little speed, and memory would grow with them


@dataclass(frozen=True)
class Samples:
    """What a number of samples say about each pixel, at the network's own scale.

    Entropies are None where the network predicts one colour instead of a distribution.
    """

    count: int
    mean: Tensor  # (2, h, w) ab in Lab units; of bins, decoded from the mean of the probabilities;
    # (3, h, w) Lab of a network that paints the whole picture
    deviation: Tensor  # (h, w) in Lab units: sqrt(var a + var b), with the n - 1 of a sample; with
    # var L, where the lightness is painted, too
    # (h, w) in Lab units: how far from `mean` the colours lie that are thought possible, as a root
    # mean square. Of bins under the mean distribution, which holds both parts of the uncertainty
    # (law of total variance); the deviation of a network that names one colour.
    spread: Tensor
    chroma: float  # mean chroma of a single sample, on average, in Lab units
    output: Tensor  # (C, h, w) the mean for `Decoding.ab`: ab, or logarithms of probabilities
    entropy: Tensor | None = None  # (h, w) in nats, of the mean distribution: all uncertainty
    mutual_information: Tensor | None = None  # (h, w) in nats: the part of it due to the weights
    medoid: int | None = None  # index of the sample nearest to all others; None if none was kept


class Sampler:
    """Draws samples of one photo and remembers them: asking for more draws only the difference.

    Sample i depends only on the seed and i. One sample is the network without dropout, as
    everywhere in this project; a network without dropout layers gives that one, however many are
    asked for.
    """

    def __init__(
        self,
        network: ColorNetwork,
        views: Sequence[Tensor],
        decoding: Decoding,
        seed: int = 0,
        keep: bool = True,
        state: State | None = None,
        place: Callable[[Sequence[Tensor]], Tensor] = lambda outputs: outputs[0],
    ) -> None:
        """views: lightness, (1, 1, h, w), that the network is fed, of the photo or of each of its
        windows; decoding: how samples become colours.

        keep: False holds running moments only, so that memory does not grow with the samples.
        state: what `Colorizer.start` made of it, if that is there already, hints included.
        place: puts the outputs of all views, (N, C, h, w), where they belong in the photo.
        """
        self.network, self.views, self.decoding = network, views, decoding
        self.seed, self.keep = seed, keep
        self.drawn = 0
        self._states: Sequence[State] = (state.windows or (state,)) if state else ()
        self._place = place
        self._plain: Tensor | None = None
        self._kept: list[Tensor] = []  # what the network said in each sample
        self._colours: list[Tensor] = []  # ab of it, by its own decoding
        self._moments = _Moments(network, decoding)

    @torch.inference_mode()
    def draw(self, count: int, batch: int = _BATCH) -> None:
        """Draw until there are `count` samples. Raises ValueError for fewer than one."""
        if count < 1:
            raise ValueError(f"samples must be at least 1, not {count}.")
        if count == 1 or not self.network.can_sample:
            return
        # Batches run a third faster with their channels last.
        states = [state.channels_last() for state in self._common()]
        while self.drawn < count:
            indices = range(self.drawn, min(self.drawn + batch, count))
            with dropped(self.network, self.seed, indices):
                outputs = self._finish(states)
            colours = self._moments.add(outputs)
            if self.keep:
                self._colours.extend(colours)
                # Logits of two hundred bins are kept in half precision.
                self._kept.extend(outputs.half() if self.network.chooses else outputs)
            self.drawn += len(indices)

    def _common(self) -> Sequence[State]:
        """What all samples share, of each view."""
        self._states = self._states or [self.network.start(view) for view in self.views]
        return self._states

    def _finish(self, states: Sequence[State]) -> Tensor:
        """(N, C, h, w), of the photo."""
        outputs = [self.network.finish(state).float() for state in states]
        return self._place([self.decoding.calmed(output) for output in outputs])

    @torch.inference_mode()
    def plain(self) -> Tensor:
        """(C, h, w): the network's output without dropout; for bins, log-probabilities."""
        if self._plain is None:
            output = self._finish(self._common())[0]
            self._plain = output.log_softmax(0) if self.network.chooses else output
        return self._plain

    @torch.inference_mode()
    def sample(self, index: int, temperature: float | None = None) -> Tensor:
        """(2, h, w) ab of one sample that was kept."""
        decoding = self.decoding.at(temperature)
        if decoding == self.decoding:
            return self._colours[index]
        return decoding.ab(self._kept[index].float()[None], self.network.bins)[0]

    def outputs(self, count: int) -> Tensor:
        """(count, C, h, w): the network's output in each sample that was kept."""
        return torch.stack(self._kept[:count])

    @torch.inference_mode()
    def pixel(self, count: int, row: int, column: int, temperature: float | None = None) -> Tensor:
        """(count, 2) ab of one pixel in the first samples that were kept."""
        said = torch.stack([output[:, row, column] for output in self._kept[:count]])
        decoding = self.decoding.at(temperature)
        colours = decoding.ab(said.float()[..., None, None], self.network.bins)
        return colours[:, -2:, 0, 0]

    @torch.inference_mode()
    def output(self) -> Tensor:
        """(C, h, w): the mean of all samples that were drawn, for `Decoding.ab`: ab or, of bins,
        the logarithms of the mean probabilities. Without samples it is `plain`.
        """
        return self._moments.output() if self.drawn else self.plain()

    @torch.inference_mode()
    def summary(self, count: int | None = None, temperature: float | None = None) -> Samples:
        """Of the first `count` samples or all drawn so far, at its own temperature or another.

        Draws no samples. Raises ValueError for more than were drawn, or if it needs samples that
        were not kept.
        """
        count = self.drawn if count is None else count
        decoding = self.decoding.at(temperature)
        if count <= 1 or not self.network.can_sample:
            return _without_dropout(self.network, self.plain(), decoding)
        moments, colours = self._moments, self._colours
        if count != self.drawn or decoding != self.decoding:
            if count > self.drawn or not self.keep:
                raise ValueError(f"there are no {count} samples; draw and keep them first.")
            moments, colours = _Moments(self.network, decoding), []
            for outputs in self.outputs(count).split(_BATCH):
                colours.extend(moments.add(outputs.float()))
        return moments.summary(moments.nearest(torch.stack(colours)) if self.keep else None)


class _Moments:
    """Running sums over samples, in the space of ab and of the network's own output."""

    def __init__(self, network: ColorNetwork, decoding: Decoding) -> None:
        self.network, self.decoding = network, decoding
        self.count = 0
        # Doubles: the variance is a small difference of two large sums.
        self.ab = self.squares = self.said = torch.zeros((), dtype=torch.float64)
        self.entropy = torch.zeros(())
        self.chroma = 0.0

    def add(self, outputs: Tensor) -> Tensor:
        """outputs: (n, C, h, w). Returns their ab, (n, 2, h, w), or Lab."""
        colours = self.decoding.ab(outputs, self.network.bins)
        ab = colours.double()
        self.count += len(outputs)
        self.chroma += mean_chroma(ab[:, -2:]).sum().item()
        self.ab = self.ab + ab.sum(0)
        self.squares = self.squares + ab.square().sum(0)
        if self.network.chooses:
            likely = outputs.log_softmax(1)
            chance = likely.exp()
            self.said = self.said + chance.sum(0)
            self.entropy = self.entropy - likely.mul_(chance).sum((0, 1))
        else:
            self.said = self.said + outputs.sum(0)
        return colours

    def output(self) -> Tensor:
        """(C, h, w), for `Decoding.ab`."""
        mean = (self.said / self.count).float()
        return mean.clamp(min=1e-30).log() if self.network.chooses else mean

    def summary(self, medoid: int | None) -> Samples:
        n, output = self.count, self.output()
        mean = self.ab / n
        variance = (self.squares / n - mean.square()).clamp(min=0).sum(0) * (n / max(n - 1, 1))
        deviation = variance.sqrt().float()
        ab = self.decoding.ab(output[None], self.network.bins)[0]
        entropy = mutual = None
        if self.network.chooses:
            entropy = _entropy(output)
            mutual = (entropy - self.entropy / n).clamp(min=0)
        spread = spread_of(output, ab, self.network.bins) if self.network.chooses else deviation
        chroma = self.chroma / n
        return Samples(n, ab, deviation, spread, chroma, output, entropy, mutual, medoid)

    def nearest(self, colours: Tensor) -> int:
        """The medoid under squared distances: the sample nearest to the mean of ab.

        colours: (n, 2, h, w), or (n, 3, h, w) Lab.
        """
        mean = (self.ab / self.count).float()
        return int((colours - mean).square().sum((1, 2, 3)).argmin())


def _without_dropout(network: ColorNetwork, output: Tensor, decoding: Decoding) -> Samples:
    """One prediction: there is nothing to spread."""
    ab = decoding.ab(output[None], network.bins)[0]
    zero, chroma = torch.zeros(ab.shape[1:]), mean_chroma(ab[-2:]).item()
    if not network.chooses:
        return Samples(1, ab, zero, zero, chroma, output)
    spread = spread_of(output, ab, network.bins)
    return Samples(1, ab, zero, spread, chroma, output, _entropy(output), zero)


def spread_of(log_chances: Tensor, ab: Tensor, bins: Tensor) -> Tensor:
    """Root mean square distance of the bins from `ab`, in Lab units.

    log_chances: (Q, h, w), of probabilities that sum to 1; ab: (2, h, w); bins: (Q, 2) in Lab
    units. Returns (h, w).
    """
    chances = log_chances.softmax(0)  # logarithms of a mean over samples are a little off
    moments = torch.cat([bins, bins.square().sum(1, keepdim=True)], dim=1)
    a, b, square = torch.einsum("qhw,qm->mhw", chances, moments)
    return (square - 2 * (a * ab[0] + b * ab[1]) + ab.square().sum(0)).clamp(min=0).sqrt()


def _entropy(log_chances: Tensor) -> Tensor:
    """(C, h, w) to (h, w), in nats."""
    return -(log_chances.exp() * log_chances).sum(0)
