# SPDX-License-Identifier: MIT
"""Writes OUTPUT, a C file with the bytes of every kernel source, by its path under ROOT.

Usage: embed.py OUTPUT ROOT FILE...
Bytes, not string literals: C11 promises only 4095 characters in a literal.
"""
import os
import sys

BYTES_A_LINE = 20


def main(output, root, files):
    lines = [
        '/* SPDX-License-Identifier: MIT */',
        '/* The kernel sources as bytes; made by cl/embed.py. */',
        '#include "device/embedded.h"',
        '',
    ]
    entries = []
    for i, name in enumerate(sorted(files, key=lambda f: os.path.relpath(f, root))):
        with open(name, 'rb') as f:
            data = f.read()
        path = os.path.relpath(name, root).replace(os.sep, '/')
        lines.append(f'static const unsigned char file_{i}[] = {{')
        for k in range(0, len(data), BYTES_A_LINE):
            lines.append('    ' + ' '.join(f'{b},' for b in data[k:k + BYTES_A_LINE]))
        lines.append('    0,')  # an array of no elements is not C
        lines.append('};')
        entries.append(f'    {{"{path}", file_{i}, {len(data)}}},')
    lines += ['', 'const struct embedded_file clk__embedded_files[] = {', *entries,
              '    {0, 0, 0},', '};', '']
    with open(output, 'w', encoding='utf-8') as f:
        f.write('\n'.join(lines))


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
