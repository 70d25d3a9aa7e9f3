# SPDX-License-Identifier: MIT
"""Run the contests and print them as Markdown. tools/dev/bench builds the programs and calls this."""

import argparse
import datetime
import os
import platform
import re
import subprocess
import sys

sys.dont_write_bytecode = True
import inputs  # noqa: E402
import jobs  # noqa: E402
from contest import MIM, say  # noqa: E402

BEGIN, END = '<!-- figures on {}: tools/dev/bench -->', '<!-- end of figures -->'
MAKERS = {'AuthenticAMD': 'AMD', 'GenuineIntel': 'Intel'} # of processors, by their vendor_id


def first_match(pattern, path):
    with open(path, encoding='utf-8') as file:
        found = re.search(pattern, file.read(), re.M)
    return found.group(1).strip() if found else 'unknown'


def version(*command):
    printed = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.decode(errors='replace')
    found = re.search(r'\d+(?:\.\d+)+(?:-\d+)?', printed)
    return found.group(0) if found else 'unknown'


def machine(options):
    """Describe the machine and the run in one paragraph."""
    peers = {'mim': [MIM, '--version'], 'ffmpeg': ['ffmpeg', '-version'], 'gifsicle': ['gifsicle', '--version'],
             'ImageMagick': ['/usr/bin/convert', '-version'],
             'Pillow': ['/usr/bin/python3', '-c', 'import PIL; print(PIL.__version__)'],
             'tifffile': ['/usr/bin/python3', '-c', 'import tifffile; print(tifffile.__version__)']}
    system = first_match(r'^PRETTY_NAME="(.*)"', '/etc/os-release')
    where = (f'{datetime.date.today()}, {first_match(r"^model name.*: (.*)", "/proc/cpuinfo")}, '
             f'{len(os.sched_getaffinity(0))} cores, {system}, Linux {platform.release()}; load at the start '
             f'{os.getloadavg()[0]:.1f}. ')
    versions = ', '.join(f'{name} {version(*command)}' for name, command in peers.items())
    clock = 'CPU' if options.clock == 'cpu' else 'wall clock'
    return (f'{where}{versions}. Medians of {options.rounds} rounds in turns, {clock} time; in brackets how many times '
            f'the first line\'s time that is, by the median over the rounds.')


def maker():
    """The maker of this machine's processor, whose figures have a section of their own."""
    vendor = first_match(r'^vendor_id.*: (.*)', '/proc/cpuinfo')
    return MAKERS.get(vendor, platform.machine() if vendor == 'unknown' else vendor)


def put_into(page, lines):
    """Replace the figures of this maker, or append them as a new section."""
    begin = BEGIN.format(maker())
    with open(page, encoding='utf-8') as file:
        text = file.read()
    head, mark, rest = text.partition(begin)
    head = head if mark else f'{text.rstrip()}\n\n## Figures on {maker()}\n\n'
    tail = rest.partition(END)[2] if mark else '\n'
    with open(page, 'w', encoding='utf-8') as file:
        file.write(f'{head}{begin}\n' + '\n'.join(lines) + f'\n{END}{tail}')


def main():
    parser = argparse.ArgumentParser(prog='tools/dev/bench', description='Compare mim with other programs.')
    parser.add_argument('--rounds', type=int, default=5, help='measurements of each contestant (5)')
    parser.add_argument('--only', action='append', choices=jobs.ALL, metavar='JOB', help=', '.join(jobs.ALL))
    parser.add_argument('--clock', choices=['wall', 'cpu'], default='wall', help='cpu: for a busy machine')
    parser.add_argument('--inputs', required=True, help='directory for the input files')
    parser.add_argument('--into', metavar='PAGE', help='insert the tables into this page, in the section of the processor\'s maker')
    options = parser.parse_args()

    bench = jobs.Bench(inputs.Inputs(options.inputs), options.rounds, options.clock)
    lines = [machine(options)]
    for name in options.only or jobs.ALL:
        say(name)
        lines += ['', f'**{jobs.ALL[name].__doc__}**', '', *jobs.ALL[name](bench)]
    print('\n'.join(lines))
    if options.into:
        put_into(options.into, lines)


main()
