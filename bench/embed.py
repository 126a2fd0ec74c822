# SPDX-License-Identifier: MIT
"""Writes OUTPUT, a C file with the text of INPUT as `const char NAME[]`: embed.py OUTPUT NAME INPUT."""
import sys

output, name, source = sys.argv[1:4]
with open(source, 'rb') as f:
    data = f.read() + b'\0'
with open(output, 'w', encoding='utf-8') as f:
    f.write('/* SPDX-License-Identifier: MIT */\n/* Made by bench/embed.py. */\n')
    f.write(f'extern const char {name}[{len(data)}];\nconst char {name}[{len(data)}] = {{\n')
    for k in range(0, len(data), 20):
        f.write('    ' + ' '.join(f'{b},' for b in data[k:k + 20]) + '\n')
    f.write('};\n')
