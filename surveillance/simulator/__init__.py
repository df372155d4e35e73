"""Stand-ins for PubMed's E-utilities and ClinicalTrials.gov on loopback: demo, tests, faults."""

from surveillance.simulator.answers import Asked, Fault, FaultKind
from surveillance.simulator.server import Simulator

__all__ = ["Asked", "Fault", "FaultKind", "Simulator"]
