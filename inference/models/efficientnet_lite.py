"""EfficientNet-Lite0: the network and its weights.

Source: Tan and Le, *EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks*, 2019,
arXiv:1905.11946; the Lite variants drop squeeze-and-excitation and use ReLU6 throughout.
"""

import torch
from torch import Tensor, nn

STAGES = (
    # repeats, kernel, stride, expansion, channels
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
STEM_CHANNELS = 32
BATCH_NORM_EPSILON = 1e-3


class EfficientNetLite0(nn.Module):
    """From pictures to 1,280 activation maps, and from their means to 1,000 ImageNet classes.

    Pictures are float, shape (n, 3, height, width), RGB, 0 to 255 mapped to about -1 to 1 by
    ``(value - 127) / 128``.
    """

    WIDTH = 1280

    def __init__(self) -> None:
        super().__init__()
        self.stem = _Convolution(3, STEM_CHANNELS, kernel=3, stride=2)
        blocks, channels = [], STEM_CHANNELS
        for repeats, kernel, stride, expansion, width in STAGES:
            for repeat in range(repeats):
                blocks.append(_Block(channels, width, kernel, stride if repeat == 0 else 1, expansion))
                channels = width
        self.blocks = nn.Sequential(*blocks)
        self.head = _Convolution(channels, self.WIDTH, kernel=1)
        self.classifier = nn.Linear(self.WIDTH, 1000)

    def maps(self, pictures: Tensor) -> Tensor:
        """Activation maps, shape (n, 1280, height / 32, width / 32)."""
        return self.head(self.blocks(self.stem(pictures)))

    def forward(self, pictures: Tensor) -> Tensor:
        """Class logits, shape (n, 1000)."""
        return self.classifier(self.maps(pictures).mean(dim=(2, 3)))

    def load(self, state: dict[str, Tensor]) -> "EfficientNetLite0":
        """Take the published weights: other names, the same tensors in the same order.

        Then fold what is constant from now on: half the time, the same maps to five digits.
        """
        own = self.state_dict()
        self.load_state_dict(dict(zip(own, state.values(), strict=True)))
        self.eval()
        for layer in [module for module in self.modules() if isinstance(module, _Convolution)]:
            layer.fold()
        return self.to(memory_format=torch.channels_last)


class _Block(nn.Module):
    """Inverted residual: widen, filter each channel, narrow again."""

    def __init__(self, channels: int, width: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = channels * expansion
        widen = [_Convolution(channels, wide, kernel=1)] if expansion > 1 else []
        filter_each = _Convolution(wide, wide, kernel, stride, groups=wide)
        narrow = _Convolution(wide, width, kernel=1, activation=False)
        self.layers = nn.Sequential(*widen, filter_each, narrow)
        self.residual = stride == 1 and channels == width

    def forward(self, maps: Tensor) -> Tensor:
        return maps + self.layers(maps) if self.residual else self.layers(maps)


class _SamePadding(nn.Module):
    """Zeros around a map as TensorFlow puts them: the odd one goes right and below."""

    def __init__(self, kernel: int, stride: int) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride

    def forward(self, maps: Tensor) -> Tensor:
        pads: list[int] = []
        for length in (maps.shape[3], maps.shape[2]):
            steps = -(-length // self.stride)
            total = max(0, (steps - 1) * self.stride + self.kernel - length)
            pads += [total // 2, total - total // 2]
        return nn.functional.pad(maps, pads) if any(pads) else maps


class _Convolution(nn.Sequential):
    """Padding, convolution, normalisation and, mostly, activation."""

    def __init__(
        self, channels: int, width: int, kernel: int, stride: int = 1, groups: int = 1, activation: bool = True
    ) -> None:
        super().__init__(
            _SamePadding(kernel, stride),
            nn.Conv2d(channels, width, kernel, stride, groups=groups, bias=False),
            nn.BatchNorm2d(width, eps=BATCH_NORM_EPSILON),
            nn.ReLU6() if activation else nn.Identity(),
        )

    def fold(self) -> None:
        """Take the normalisation into the weights: a trained one is linear."""
        _, convolution, normalisation, _ = self
        self[1], self[2] = nn.utils.fuse_conv_bn_eval(convolution, normalisation), nn.Identity()


def read_weights(path: str) -> EfficientNetLite0:
    """The network with weights from a ``.pth`` file, read as tensors only."""
    return EfficientNetLite0().load(torch.load(path, map_location="cpu", weights_only=True))
