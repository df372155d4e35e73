"""ASReview asked in the same run: from the same two records, on the same machine."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.screening_sets import Result
from surveillance.pipeline.rank_files import LabelledTable
from surveillance.screening.rank_replay import Replay, figures

_ROOT = Path(__file__).resolve().parents[1]
_PYTHON = _ROOT / ".bench" / "asreview" / "bin" / "python"
_PROGRAM = Path(__file__).with_name("peers") / "asreview_replay.py"


class PeerFailed(RuntimeError):
    """The peer ended without an answer; the other results stand."""


def peer_runs() -> bool:
    """Whether `make bench` has installed it."""
    return _PYTHON.is_file()


def peer_replay(name: str, seed: int, table: LabelledTable, start: tuple[int, ...]) -> Result:
    """What the peer makes of a set from this start."""
    given = {
        "titles": [text.title for text in table.texts],
        "abstracts": [text.abstract for text in table.texts],
        "labels": [int(label) for label in table.included],
        "start": start,
    }
    with TemporaryDirectory() as folder:
        records, answer = Path(folder, "records.json"), Path(folder, "answer.json")
        records.write_text(json.dumps(given), encoding="utf-8")
        command = [str(_PYTHON), "-I", str(_PROGRAM), str(records), str(answer)]
        # It leaves a cache where it is started.
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
        if done.returncode:
            raise PeerFailed(f"ASReview failed on {name}: {done.stderr.strip()[-500:]}")
        said = json.loads(answer.read_text(encoding="utf-8"))
    # It stops at the last included record; no figure depends on the rest.
    left = set(range(len(table.texts))) - {*said["order"], *start}
    replayed = Replay(start, (*said["order"], *sorted(left)))
    return result_of(name, seed, table, replayed, said["seconds"])


def result_of(
    name: str, seed: int, table: LabelledTable, replayed: Replay, seconds: float
) -> Result:
    """A replay's figures; every set here has more than one included record."""
    of = figures(replayed, table.included)
    if of.wss95 is None or of.wss100 is None or of.rrf10 is None or of.atd is None:
        raise ValueError(f"{name} has no included record but the one to start from")
    return Result(name, seed, of.wss95, of.wss100, of.rrf10, of.atd, seconds)
