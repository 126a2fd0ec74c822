#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes <version>-<model>-windows.<form> of the files that tf.keras 2.12 and 2.15 wrote: the same as these write it on
Windows, where the groups of layers are joined by backslashes. Needs h5py, no Keras."""

import io
import os
import zipfile

import h5py

HERE = os.path.dirname(os.path.abspath(__file__))
WEIGHTS = "model.weights.h5"


def windows_name(path):
    """ "layers/lstm/cell/vars/0" -> "layers\\lstm\\cell/vars/0"; what is not of layers stays."""
    head, vars_, tail = path.partition("/vars")
    return head.replace("/", "\\") + vars_ + tail if vars_ and not head.startswith("optimizer") else path


def copy(source, target):
    """Groups and arrays under their new names."""
    def visit(path, item):
        name = windows_name(path)
        if isinstance(item, h5py.Dataset):
            target.create_dataset(name, data=item[()])
        elif path.endswith("/vars") or path == "vars":
            target.require_group(name)

    source.visititems(visit)


def windows_image(image):
    out = io.BytesIO()
    with h5py.File(io.BytesIO(image)) as source, h5py.File(out, "w") as target:
        copy(source, target)
    return out.getvalue()


def main():
    for name in ("2.15.0-mlp", "2.15.0-graph"):
        with zipfile.ZipFile(os.path.join(HERE, name + ".keras")) as z:
            members = {i.filename: z.read(i) for i in z.infolist()}
        members[WEIGHTS] = windows_image(members[WEIGHTS])
        with zipfile.ZipFile(os.path.join(HERE, name + "-windows.keras"), "w", zipfile.ZIP_STORED) as z:
            for member, data in members.items():
                z.writestr(zipfile.ZipInfo(member, (2024, 1, 1, 0, 0, 0)), data)
    for name in ("2.12.0-mlp", "2.15.0-mlp"):
        with open(os.path.join(HERE, name + ".weights.h5"), "rb") as f:
            image = windows_image(f.read())
        with open(os.path.join(HERE, name + "-windows.weights.h5"), "wb") as f:
            f.write(image)


if __name__ == "__main__":
    main()
