"""The one function that a Space on ZeroGPU runs on its GPU, in a process of its own."""

from collections.abc import Callable

from torch import Tensor

from colorizer import Colorizer, Photo

try:  # a Space on ZeroGPU brings it, and starts no app without such a function
    import spaces  # pyright: ignore[reportMissingImports]

    on_gpu = spaces.GPU
except ImportError:

    def on_gpu(function: Callable) -> Callable:
        return function


@on_gpu
def network_output(colorizer: Colorizer, photo: Photo) -> Tensor:
    """`Colorizer.output` without dropout."""
    return colorizer.output(photo)
