"""Reads artefacts.toml."""

import dataclasses
import pathlib
import tomllib


@dataclasses.dataclass(frozen=True)
class Source:
    """One package that carries the files. The hash of each file decides, not who carried it."""

    client: str  # "pip" or "apt"
    name: str
    version: str
    size: int
    sdist_sha256: str = ""

    @property
    def folder(self):
        return f"{self.name}-{self.version}".replace("/", "_").replace(":", "_")

    def __str__(self):
        return f"{self.name} {self.version}"


@dataclasses.dataclass(frozen=True)
class File:
    to: str  # where it ends up, below the cache
    sha256: str
    size: int
    take: str = ""  # its path inside the carrier, from the right

    @property
    def is_intermediate(self):
        return self.to.startswith("work/")


@dataclasses.dataclass(frozen=True)
class Artefact:
    name: str
    what: str
    upstream: str
    licence: str
    presets: tuple
    sources: tuple
    files: tuple
    part_hashes: tuple = ()
    part_size: int = 0
    recipe: str = ""
    makes: tuple = ()
    optional: bool = False

    @property
    def final_files(self):
        """What must be in the cache for the artefact to be complete; the rest is only needed on the way."""
        return tuple(file for file in self.files if not file.is_intermediate) + self.makes


def _source(entry):
    client = "pip" if "pip" in entry else "apt"
    name, version = entry[client].split("==" if client == "pip" else "=", 1)
    return Source(client, name, version, entry.get("size", 0), entry.get("sdist_sha256", ""))


def load(path=pathlib.Path(__file__).with_name("artefacts.toml")):
    with open(path, "rb") as file:
        tables = tomllib.load(file)
    artefacts = []
    for name, table in tables.items():
        artefacts.append(
            Artefact(
                name=name,
                what=table["what"],
                upstream=table["upstream"],
                licence=table["licence"],
                presets=tuple(table["presets"]),
                sources=tuple(_source(entry) for entry in table["sources"]),
                files=tuple(File(**entry) for entry in table.get("files", [])),
                part_hashes=tuple(table.get("part_hashes", [])),
                part_size=table.get("part_size", 0),
                recipe=table.get("recipe", ""),
                makes=tuple(File(**entry) for entry in table.get("makes", [])),
                optional=table.get("optional", False),
            )
        )
    return artefacts


def parts(artefact):
    """A file that is carried in pieces, as one (file, sources) pair for each piece."""
    (whole,) = artefact.files
    for index, sha256 in enumerate(artefact.part_hashes, start=1):
        size = min(artefact.part_size, whole.size - artefact.part_size * (index - 1))
        piece = File(
            to=f"work/{artefact.name}/part{index:02}.bin", sha256=sha256, size=size, take=f"part{index:02}.bin"
        )
        sources = [
            dataclasses.replace(source, name=source.name.replace("{part}", str(index)), size=size)
            for source in artefact.sources
        ]
        yield piece, sources
