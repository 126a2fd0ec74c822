# SPDX-License-Identifier: MIT
"""Compiles and runs what README.md shows.

Usage: test_readme.py SOURCE_ROOT BUILD_ROOT CC...
The C blocks of a section are one program: those with functions or includes as they are, the others, in
their order, inside of main(). Blocks of shell commands are run, Python is only parsed.
"""
import os
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r'^```(\w+)\n(.*?)^```$', re.M | re.S)


def blocks_by_section(text):
    """Yields (title, [(language, code)])."""
    for section in re.split(r'^## ', text, flags=re.M)[1:]:
        yield section.splitlines()[0], BLOCK.findall(section)


def program_of(blocks):
    at_file_scope = [b for b in blocks if re.search(r'^(#include|static |int main)', b, re.M)]
    if any('int main' in b for b in at_file_scope):
        return '\n'.join(at_file_scope)
    body = [b for b in blocks if b not in at_file_scope]
    return '\n'.join([*at_file_scope, 'int main(void)\n{', *body, 'return 0;\n}\n'])


def run(title, command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode != 0:
        sys.exit(f'README.md, "{title}": exit status {done.returncode}\n{done.stdout}{done.stderr}')


def main(source, build, *cc):
    library = os.path.join(build, 'src')
    tools = os.path.join(build, 'tools')
    with open(os.path.join(source, 'README.md'), encoding='utf-8') as f:
        text = f.read()
    ran = {'c': 0, 'sh': 0, 'python': 0}
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, 'PATH': tools + os.pathsep + os.environ['PATH'],
               'LD_LIBRARY_PATH': library}
        for title, blocks in blocks_by_section(text):
            c = [code for language, code in blocks if language == 'c']
            if c:
                program = os.path.join(folder, 'program')
                with open(program + '.c', 'w', encoding='utf-8') as f:
                    f.write(program_of(c))
                run(title, [*cc, '-std=c11', '-Wall', '-Wextra', '-Wpedantic', '-Werror', program + '.c',
                            '-I', os.path.join(source, 'include'), '-L', library, '-lclkeras',
                            '-o', program])
                run(title, [program], cwd=folder, env=env)
                ran['c'] += 1
            for language, code in blocks:
                if language == 'sh':
                    run(title, ['sh', '-eu'], input=code, cwd=folder, env=env)
                    ran['sh'] += 1
                elif language == 'python':
                    compile(code, title, 'exec')
                    ran['python'] += 1
    print(', '.join(f'{n} of {language}' for language, n in ran.items()))
    assert all(ran.values()), 'README.md lost its examples'


if __name__ == '__main__':
    main(*sys.argv[1:])
