# SPDX-License-Identifier: MIT
"""Writes OUTPUT, the C file of one room's registry: the table of its classes, from the names that the
room's meson.build lists.

Usage: table.py OUTPUT ROOM KIND [--as-string] [--open] [--number=NAME] NAME...
table.py layers_table.c layers layer dense flatten: clk__layers, of clk__layer_dense, clk__layer_flatten,
which are `const struct layer_class` and declared nowhere else. --number: the class that a lone number stands for.
--open: clk__layers_added() finds those of run time.
"""
import sys


def main(output, room, kind, *names):
    as_string = '--as-string' in names
    number = [name.removeprefix('--number=') for name in names if name.startswith('--number=')]
    is_open = '--open' in names
    names = [name for name in names if not name.startswith('--')]
    lines = [
        '/* SPDX-License-Identifier: MIT */',
        f'/* The {room} there are; made by src/table.py. */',
        f'#include "{room}/{kind}.h"',
        '',
        *(f'extern const struct {kind}_class clk__{kind}_{name};' for name in number + names),
        '',
        'static const struct object_class *const classes[] = {',
        *(f'    &clk__{kind}_{name}.object,' for name in names),
        '};',
        '',
        f'const struct registry clk__{room} = {{',
        f'    .kind = "{kind}",',
        '    .classes = classes,',
        '    .n_classes = sizeof(classes) / sizeof(classes[0]),',
        *(['    .as_string = true,'] if as_string else []),
        *(f'    .number = &clk__{kind}_{name}.object,' for name in number),
        *([f'    .added = clk__{room}_added,'] if is_open else []),
        '};',
        '',
    ]
    with open(output, 'w', encoding='utf-8') as f:
        f.write('\n'.join(lines))


if __name__ == '__main__':
    main(*sys.argv[1:])
