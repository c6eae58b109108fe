"""From Pillow's pictures, TIFF samples and arrays to 8-bit sRGB and alpha."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, PngImagePlugin

from colorizer.depth import scaled, to_srgb, white_of
from colorizer.profile import Encoding, Transform, lab_to_srgb, through, transform_of
from colorizer.tiff import ASSOCIATED, CMYK, ICC_LAB, LAB, PALETTE, Samples

ARRAYS: str = "(H, W), (H, W, 3) or (H, W, 4) of uint8, uint16 or floating point in [0, 1]"
_BAND = 128  # rows
_PLAIN_GAMMA = 1 / 2.2  # what most writers of PNG say of sRGB
_LOW_BYTES = {"RGB;16B": "RGB;16L", "RGBA;16B": "RGBA;16L"}  # the same with the other byte first


@dataclass(frozen=True, eq=False)
class Pixels:
    """rgb: (H, W, 3) uint8 sRGB, transparent parts on white; alpha: (H, W) uint8 or None."""

    rgb: np.ndarray
    alpha: np.ndarray | None = None

    @classmethod
    def blended(cls, rgb: np.ndarray, alpha: np.ndarray | None) -> "Pixels":
        """Put colours of transparent pixels on white. Both in [0, 255]."""
        if alpha is None or alpha.min(initial=255) == 255:
            return cls(rgb)
        for top in range(0, len(rgb), _BAND):
            band = rgb[top : top + _BAND]
            share = alpha[top : top + _BAND, :, None].astype(np.uint32)
            band[:] = (band * share + 255 * (255 - share) + 127) // 255
        return cls(rgb, alpha)


def of_image(image: Image.Image) -> Pixels:
    """A Pillow image of any mode."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith(("I", "F")):
        values = np.asarray(image)[..., None]
        white = white_of(values) if image.mode == "F" else 65535.0
        return Pixels(to_srgb(values, white, encoding=encoding_of(image, 1)))
    rgb = np.empty((image.height, image.width, 3), np.uint8)
    alphas = []
    transforms: dict[str, Transform | None] = {}
    curve = None if profile else encoding_of(image, 3)
    for top in range(0, image.height, _BAND):  # so that nothing else is there for the whole picture
        bottom = min(image.height, top + _BAND)
        band, alpha = _without_alpha(image.crop((0, top, image.width, bottom)))
        if profile:
            if band.mode not in transforms:
                transforms[band.mode] = transform_of(profile, band.mode)
            band = through(band, transforms[band.mode])
        band = band.convert("RGB")
        rgb[top:bottom] = np.asarray(band)
        if curve:
            rgb[top:bottom] = curve.to_srgb(np.asarray(band).astype(np.uint16) * 257)
        if alpha is not None:
            alphas.append(np.asarray(alpha))
    return Pixels.blended(rgb, np.concatenate(alphas) if alphas else None)


def encoding_of(image: Image.Image, colours: int) -> Encoding | None:
    """What the numbers mean, by the picture's profile or a PNG's gAMA chunk; None for sRGB.

    colours: 1 or 3, those of the picture. A gAMA of 1 / 2.2 alone means sRGB, as in browsers.
    """
    if profile := image.info.get("icc_profile"):
        return Encoding.of_profile(profile, colours)
    gamma = image.info.get("gamma")
    if not isinstance(image, PngImagePlugin.PngImageFile) or not gamma or "srgb" in image.info:
        return None
    primaries = image.info.get("chromaticity", ())
    if not 0.05 < gamma < 20 or (abs(gamma - _PLAIN_GAMMA) < 1e-4 and not primaries):
        return None
    return Encoding.of_gamma(gamma, primaries)


def loses_depth(image: Image.Image) -> bool:
    """Whether Pillow would cut a PNG of 16 bits a colour to 8 before its curve is applied."""
    profile = image.info.get("icc_profile")
    return (
        _order(image) in _LOW_BYTES
        and encoding_of(image, 3) is not None
        and not (profile and transform_of(profile, "RGB") is None)
    )


def is_deep_profile(profile: bytes | None) -> bool:
    """Whether numbers of 16 bits should meet this profile before they are cut to 8."""
    return bool(profile) and transform_of(profile, "RGB") is not None


def of_deep_png(high: Image.Image, low: Image.Image) -> Pixels:
    """A PNG of 16 bits a colour, opened twice and loaded neither time: Pillow keeps one byte of
    each number, and may be told which.
    """
    assert isinstance(low, PngImagePlugin.PngImageFile)
    low.tile = [tile._replace(args=_LOW_BYTES[_order(low)]) for tile in low.tile]
    first, second = np.asarray(high), np.asarray(low)
    alpha = first[..., 3] if first.shape[2] == 4 else None
    encoding, rgb = encoding_of(high, 3), np.empty((*first.shape[:2], 3), np.uint8)
    assert encoding is not None
    for top in range(0, len(rgb), _BAND):
        band = slice(top, top + _BAND)
        codes = first[band, :, :3].astype(np.uint16) << 8 | second[band, :, :3]
        rgb[band] = encoding.to_srgb(codes)
    return Pixels.blended(rgb, alpha)


def _order(image: Image.Image) -> str:
    tiles = getattr(image, "tile", ())
    if image.format != "PNG" or len(tiles) != 1:
        return ""
    args = tiles[0].args
    return args if isinstance(args, str) else str(args[0]) if args else ""


def _without_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """In a mode that profiles are made for (L, RGB, CMYK, LAB), and its alpha if it has any."""
    alpha = None
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        grey = image.mode in ("1", "L", "LA", "La")
        image = image.convert("LA" if grey else "RGBA")
        alpha = image.getchannel("A")
        image = image.convert("L" if grey else "RGB")
    if image.mode not in ("L", "CMYK", "LAB"):
        image = image.convert("RGB")
    return image, alpha


def of_samples(samples: Samples, profile: bytes | None) -> Pixels:
    """The numbers of a TIFF file."""
    values, count = samples.values, samples.colours
    white = samples.white if 0 < samples.white < 2**24 else white_of(values[..., :count])
    alpha = None
    if samples.alpha:
        alpha = scaled(values[..., count], white, False, 255)
        if samples.alpha == ASSOCIATED:
            values = _unassociated(values[..., :count], values[..., count], white)
    values = values[..., :count]
    if samples.photometric == PALETTE and samples.colormap is not None:
        palette = (samples.colormap >> 8).astype(np.uint8)
        indices = np.minimum(values[..., 0], palette.shape[1] - 1)
        return Pixels.blended(np.ascontiguousarray(palette.T[indices]), alpha)
    if samples.photometric in (LAB, ICC_LAB):
        return Pixels.blended(lab_to_srgb(_lab(samples)), alpha)
    if samples.photometric == CMYK:
        inks = Image.fromarray(scaled(values, white, False, 255), "CMYK")
        if profile:
            inks.info["icc_profile"] = profile
        return Pixels.blended(of_image(inks).rgb, alpha)
    encoding = Encoding.of_profile(profile, count) if profile else None
    rgb = to_srgb(values, white, samples.photometric == 0, encoding)
    if profile and encoding is None and (transform := transform_of(profile, "RGB")):
        rgb = np.array(through(Image.fromarray(rgb), transform))
    return Pixels.blended(rgb, alpha)


def _unassociated(values: np.ndarray, alpha: np.ndarray, white: float) -> np.ndarray:
    """Colours that were multiplied by their alpha, divided by it."""
    share = np.maximum(alpha[..., None], 1e-6) / np.float32(white)
    return np.minimum(values / share, white).astype(values.dtype)


def _lab(samples: Samples) -> np.ndarray:
    """(H, W, 3) in Lab units (TIFF 6.0, section 23; ICC profile format, annex A)."""
    values, largest = samples.values[..., :3], float(samples.white or 255)
    step = (largest + 1) / 256  # of a and b, in Lab units
    ab = values[..., 1:].astype(np.float64)
    if samples.photometric == LAB:  # signed numbers
        ab = np.where(ab >= (largest + 1) / 2, ab - largest - 1, ab)
    else:
        ab = ab - (largest + 1) / 2
    lightness = values[..., :1].astype(np.float64) * (100 / largest)
    return np.concatenate([lightness, ab / step], axis=2)


def of_array(array: np.ndarray) -> Pixels:
    """An array of one of the kinds in `ARRAYS`, alpha last. Raises TypeError for all others."""
    kind = array.dtype.newbyteorder("=")
    known = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))
    if not known or (kind not in (np.uint8, np.uint16) and kind.kind != "f"):
        raise TypeError(f"An array of a photo is {ARRAYS}, not {array.shape} of {array.dtype}.")
    if kind.kind == "f" and not (_limit(np.fmin, array) >= 0 and _limit(np.fmax, array) <= 1):
        raise TypeError(f"An array of a photo is {ARRAYS}, not of numbers outside [0, 1].")
    values = array[..., None] if array.ndim == 2 else array
    white = 1.0 if kind.kind == "f" else float(np.iinfo(kind).max)
    alpha = scaled(values[..., 3], white, False, 255) if values.shape[2] == 4 else None
    return Pixels.blended(to_srgb(values[..., :3], white), alpha)


def _limit(of: np.ufunc, array: np.ndarray) -> float:
    """The smallest or largest number, leaving out what is not a number."""
    return float(of.reduce(array, axis=None, initial=0.5))


def turned(array: np.ndarray, orientation: int) -> np.ndarray:
    """(H, W, ...) made upright, by EXIF's orientation, 2 to 8."""
    if orientation >= 5:
        array = array.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        array = array[::-1]
    if orientation in (2, 3, 6, 7):
        array = array[:, ::-1]
    return np.ascontiguousarray(array)
