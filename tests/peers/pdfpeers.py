# SPDX-License-Identifier: MIT
"""What the tests of PDF share beside the documents."""

import os

from peers import PeerCase

LEAKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'pdf-leaks.txt')


class PdfCase(PeerCase):
    def environment(self, **more):
        """Fontconfig loses sight of a few hundred bytes, once in a process: no leak of ours."""
        return super().environment(LSAN_OPTIONS=f'suppressions={LEAKS}:print_suppressions=0', **more)
