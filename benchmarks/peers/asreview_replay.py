"""ASReview replays a labelled set with its default model: the order it reads in, and the seconds.

A program of its own, run by the Python of the environment that `make bench` gives the peer (it
needs another SQLAlchemy than ours), and isolated (`-I`):

    .bench/asreview/bin/python -I benchmarks/peers/asreview_replay.py RECORDS.json ANSWER.json
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from asreview import ActiveLearningCycle, Simulate
from asreview.models.models import get_ai_config


def main() -> None:
    """Read, replay from the two records that it is given, write the order."""
    given, answer = map(Path, sys.argv[1:3])
    said = json.loads(given.read_text(encoding="utf-8"))
    records = pd.DataFrame({"title": said["titles"], "abstract": said["abstracts"]})
    begun = time.process_time()
    cycle = ActiveLearningCycle.from_meta(get_ai_config("elas_u4")["value"])
    replay = Simulate(records, np.array(said["labels"]), [cycle], print_progress=False)
    replay.label(np.array(said["start"]))
    replay.review()
    seconds = time.process_time() - begun
    order = [int(place) for place in replay._results["record_id"]][len(said["start"]) :]
    answer.write_text(json.dumps({"order": order, "seconds": seconds}), encoding="utf-8")


if __name__ == "__main__":
    main()
