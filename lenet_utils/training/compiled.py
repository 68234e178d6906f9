"""C sources compiled on the reader's machine, for its very processor, and kept in the user's cache."""

import ctypes
import functools
import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

CACHE = Path("~/.cache/lenet/compiled")
COMMON = ("-O3", "-shared", "-fPIC")
FLAGS = (("-march=native", "-fopenmp"), ("-march=native",), ())  # the first that this compiler takes


class CompilerError(RuntimeError):
    """There is no C compiler here, or it fails; the message says so."""


def compiler() -> list[str]:
    """The command of a C compiler on this machine: that in `CC`, else cc, gcc or clang; empty if there is none."""
    commands = map(shlex.split, (os.environ.get("CC", ""), "cc", "gcc", "clang"))
    return next((command for command in commands if command and shutil.which(command[0])), [])


@functools.cache
def library(source: Path, *options: str) -> ctypes.CDLL:
    """`source` compiled with `options`, loaded from the cache if that was done before; `CompilerError` where it cannot be."""
    command = compiler()
    if not command or os.name == "nt":
        raise CompilerError("there is no C compiler (cc, gcc or clang)" if os.name != "nt" else "the C code is not for Windows")
    try:
        path = CACHE.expanduser() / f"{source.stem}-{_key(command, source, options)}.so"
        if not path.exists():
            _build(command, source, options, path)
        return ctypes.CDLL(str(path))
    except (OSError, subprocess.SubprocessError) as error:
        raise CompilerError(f"{shlex.join(command)} made no library of {source.name}: {error}") from None


def _key(command: list[str], source: Path, options: tuple[str, ...]) -> str:
    """A digest of the source, of how it is compiled, and of what the compiler says of itself and of this processor."""
    macros = subprocess.run([*command, "-march=native", "-dM", "-E", "-xc", os.devnull], capture_output=True, timeout=60)
    return hashlib.sha256(repr((source.read_bytes(), command, COMMON, FLAGS, options, macros.stdout)).encode()).hexdigest()[:24]


def _build(command: list[str], source: Path, options: tuple[str, ...], path: Path) -> None:
    """Compile in a folder of its own and move the library from there, so that it is at `path` whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        part = Path(folder) / path.name
        for flags in FLAGS:
            complaint = _compile([*command, *COMMON, *flags, *options, "-o", f"{part}", f"{source}", "-lm"], part)
            if not complaint:
                return os.replace(part, path)
    raise OSError(complaint)


def _compile(line: list[str], part: Path) -> str:
    """What is wrong after the command `line`; empty if `part` is a library that loads."""
    done = subprocess.run(line, capture_output=True, text=True, timeout=300)
    if done.returncode:
        return done.stderr.strip().partition("\n")[0] or f"it ended with status {done.returncode}"
    try:
        ctypes.CDLL(f"{part}")
    except OSError as error:
        return f"{error}"
    return ""
