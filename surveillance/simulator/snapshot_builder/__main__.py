"""Write the snapshot anew."""

from surveillance.simulator.snapshot_builder.build import SNAPSHOT, write

write(SNAPSHOT)
