# SPDX-License-Identifier: MIT
"""A small animation for tests of the command."""

import numpy as np

from gifbytes import control, gif, image, netscape

PALETTE = [(10, 20, 30), (255, 0, 0), (0, 255, 0), (0, 0, 255)]


def animation(count=4, delay=5):
    parts = [part for i in range(count) for part in (control(1, delay), image(np.full((6, 8), i % 4)))]
    return gif(8, 6, netscape(2), *parts, palette=PALETTE)
