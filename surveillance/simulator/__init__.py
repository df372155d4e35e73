"""Stand-ins for PubMed, ClinicalTrials.gov and Europe PMC on loopback: demo, tests, faults."""

from surveillance.simulator.answers import Answer, Asked
from surveillance.simulator.faults import Delivery, Exchange, Fault
from surveillance.simulator.server import Simulator

__all__ = ["Answer", "Asked", "Delivery", "Exchange", "Fault", "Simulator"]
