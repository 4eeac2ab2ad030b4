"""Builds libllama once, from the source archive that the set-up fetched and verified."""

import json
import os
import pathlib
import re
import shutil
import tarfile

from command import run

HEADERS = (
    "include/llama.h",
    *(f"ggml/include/{name}.h" for name in ("ggml", "ggml-alloc", "ggml-backend", "ggml-cpu", "ggml-opt", "gguf")),
)
RECORD = "native/llama.json"
AVX512 = {"avx512f", "avx512cd", "avx512vl", "avx512dq", "avx512bw", "avx512_vnni"}


def flags(cpu_flags):
    chosen = [
        "-DCMAKE_BUILD_TYPE=Release",
        # The C++ compiler whose OpenMP is libgomp; Swift's clang may come first on the PATH and has none.
        "-DCMAKE_C_COMPILER=gcc",
        "-DCMAKE_CXX_COMPILER=g++",
        "-DBUILD_SHARED_LIBS=ON",
        *(f"-DLLAMA_BUILD_{part}=OFF" for part in ("TESTS", "TOOLS", "EXAMPLES", "SERVER", "COMMON")),
        "-DLLAMA_CURL=OFF",
        # A virtual machine may promise instructions it can't run, which ends in SIGILL. So: AVX2, and more by list.
        "-DGGML_NATIVE=OFF",
        # ggml's own threads spin while they wait and starve each other on a busy machine; OpenMP's can be told not to.
        "-DGGML_OPENMP=ON",
        "-DGGML_CCACHE=OFF",
        # The libraries find each other wherever the folder is moved.
        "-DCMAKE_INSTALL_RPATH=$ORIGIN",
        "-DCMAKE_BUILD_WITH_INSTALL_RPATH=ON",
    ]
    if AVX512 <= cpu_flags:
        chosen += ["-DGGML_AVX512=ON", "-DGGML_AVX512_VNNI=ON"]
    return chosen


def is_built(store, source, cpu_flags):
    try:
        record = json.loads(store.path(RECORD).read_text())
    except (OSError, ValueError):
        return False
    if record["source"] != source.sha256 or record["flags"] != flags(cpu_flags):
        return False
    # exists() follows the links libllama.so -> libllama.so.0 -> the library
    links = all(store.path(link).exists() for link in record["links"])
    return links and all(store.has_hash(relative, sha256) for relative, sha256 in record["files"].items())


def build(store, progress, environments, source, cpu_flags):
    """`source` is the verified archive. An interrupted build goes on where it stopped."""
    work = store.path("work/llama.cpp")
    tree = work / "source"
    if not tree.is_dir():
        unpacked = work / "source.part"
        shutil.rmtree(unpacked, ignore_errors=True)
        with progress.wait("Unpacking llama.cpp"), tarfile.open(store.path(source.to)) as archive:
            archive.extraction_filter = getattr(tarfile, "data_filter", None)  # not in Python before 3.11.4
            inside = re.compile(r"[^/]+/vendor/llama\.cpp/(.+)")
            for member in archive:
                if found := inside.fullmatch(member.name):
                    member.name = found[1]
                    archive.extract(member, unpacked)
        os.replace(unpacked, tree)

    tools = environments.python("build").parent
    options = flags(cpu_flags)
    folder = work / "build"
    with progress.wait("Configuring llama.cpp"):
        configure = [tools / "cmake", "-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={tools / 'ninja'}", *options]
        run([*configure, "-S", tree, "-B", folder])
    steps = {"done": 0, "all": 0}

    def count(line):
        if found := re.match(r"\[(\d+)/(\d+)\]", line):
            steps["done"], steps["all"] = int(found[1]), int(found[2])

    with progress.wait("Building llama.cpp (once, a few minutes)", 100, lambda: _percent(steps), unit="%"):
        run([tools / "ninja", "-C", folder, "llama"], on_line=count, politely=True)
    _install(store, tree, folder / "bin", source, options)
    store.remove("work/llama.cpp")
    environments.remove("build")


def _percent(steps):
    return 100 * steps["done"] // steps["all"] if steps["all"] else 0


def _install(store, tree, built, source, options):
    libraries = store.path("native/lib")
    headers = store.path("native/include/llama")
    for folder in (libraries, headers):
        folder.mkdir(parents=True, exist_ok=True)
    store.path(RECORD).unlink(missing_ok=True)
    for stale in [*libraries.glob("libllama.so*"), *libraries.glob("libggml*.so*")]:
        stale.unlink()
    copies = [(path, libraries / path.name) for path in sorted(built.glob("*.so*"))]
    copies += [(tree / name, headers / pathlib.PurePath(name).name) for name in HEADERS]
    for original, copy in copies:
        scratch = copy.with_name(copy.name + ".part")
        scratch.unlink(missing_ok=True)
        shutil.copy2(original, scratch, follow_symlinks=False)
        os.replace(scratch, copy)
    placed = {str(copy.relative_to(store.folder)): copy for _, copy in copies}
    record = {
        "source": source.sha256,
        "flags": options,
        "files": {name: store.stamp(name) for name, copy in placed.items() if not copy.is_symlink()},
        "links": [name for name, copy in placed.items() if copy.is_symlink()],
    }
    store.write(RECORD, [json.dumps(record, indent=1).encode() + b"\n"])
