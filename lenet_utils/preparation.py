"""From any drawn digit to a picture like those of MNIST: cropped, fitted into 20x20 pixels, centred in 28x28.

The steps are those of LeCun et al. 1998 (p. 10 of the preprint); how the centre is rounded is read off MNIST itself.
Pictures are tensors `(H, W)`, 0 where they are blank and above 0 where there is ink.
"""

import warnings

import torch

from lenet_utils.errors import as_whole

ROUNDING = 1e-3  # by so much may the ink of a picture that was resized or blended be above 1


def prepare(picture: torch.Tensor, box: int = 20, side: int = 28) -> torch.Tensor:
    """A digit `(H, W)` of any size as float32 `(side, side)`, its longer side `box` pixels, its centre of mass in the middle.

    Of bytes it takes the 255th part. Raises `TypeError` if it is no tensor, `ValueError` if it is not `(H, W)`, blank, or has
    values below 0, above 1 or none at all; warns if most of its edge has ink.
    """
    box = as_whole(box=box)
    side = as_whole(box, side=side)
    digit = scaled(cropped(picture), box)
    row, column = (_first(middle, length, side) for middle, length in zip(centre_of_mass(digit), digit.shape, strict=True))
    prepared = torch.zeros(side, side, dtype=torch.float32)
    prepared[row : row + digit.shape[0], column : column + digit.shape[1]] = digit
    return prepared


def cropped(picture: torch.Tensor) -> torch.Tensor:
    """The smallest part `(h, w)` of a picture `(H, W)` that holds all its ink, as float32."""
    picture = _expect_ink(picture)
    spans = ((picture > 0).any(axis).nonzero().flatten() for axis in (1, 0))
    rows, columns = (slice(int(span[0]), int(span[-1]) + 1) for span in spans)
    return picture[rows, columns]


def scaled(picture: torch.Tensor, box: int = 20) -> torch.Tensor:
    """A picture `(h, w)` made so large that its longer side has `box` pixels; the other one keeps its share, rounded.

    Every new pixel is the mean of the ink that falls into it, which is where grey levels come from.
    """
    height, width = (max(1, round(box * length / max(picture.shape))) for length in picture.shape)
    return _means(picture.shape[0], height) @ picture.float() @ _means(picture.shape[1], width).T


def centre_of_mass(picture: torch.Tensor) -> torch.Tensor:
    """Row and column of the mean place of the ink of a picture `(H, W)`: a tensor `(2,)`, pixels counted from 0."""
    ink = picture.double()
    rows, columns = (torch.arange(length, dtype=torch.float64) for length in picture.shape)
    return torch.stack([(ink.sum(1) * rows).sum(), (ink.sum(0) * columns).sum()]) / ink.sum()


def _means(before: int, after: int) -> torch.Tensor:
    """The matrix `(after, before)` that averages `before` pixels in a line over `after` equal parts of it."""
    edges = torch.arange(after + 1, dtype=torch.float64) * before / after
    pixels = torch.arange(before, dtype=torch.float64)
    shared = torch.minimum(edges[1:, None], pixels + 1) - torch.maximum(edges[:-1, None], pixels)
    return (shared.clamp(min=0) * after / before).float()


def _first(middle: torch.Tensor, length: int, side: int) -> int:
    """Where the digit starts so that its centre lies in pixel `side // 2`, unless ink would be cut off."""
    start = int(torch.floor(side // 2 - middle + 0.5))
    return min(max(start, 0), side - length)


def _expect_ink(picture: object) -> torch.Tensor:
    """The picture as float32 from 0 to 1, of bytes their 255th part; warns of dark paper."""
    if not isinstance(picture, torch.Tensor):
        raise TypeError(f"Expected a tensor (H, W), got {type(picture).__name__}; use torch.as_tensor(np.array(picture)).")
    if picture.dim() != 2:
        raise ValueError(f"Expected one picture (H, W), got {tuple(picture.shape)}; take one digit, such as X[0, 0].")
    ink = picture.float() / 255 if picture.dtype == torch.uint8 else picture.float()
    if not torch.isfinite(ink).all() or (ink < 0).any():
        raise ValueError("Expected ink above 0 and blank pixels of 0; got values below 0, or such as are no numbers.")
    if not (ink > 0).any():
        raise ValueError("The picture is blank: there is no ink to crop to.")
    if ink.max() > 1 + ROUNDING:
        raise ValueError(f"Expected ink up to 1, got up to {ink.max():g}; use prepare(picture / 255) for bytes.")
    edge = torch.cat([ink[0], ink[-1], ink[:, 0], ink[:, -1]])
    if min(ink.shape) > 4 and (edge > 0).double().mean() > 0.5:
        warnings.warn("Most of the edge has ink: paper must be 0. Of dark ink on light paper take 1 - picture.", stacklevel=4)
    return ink
