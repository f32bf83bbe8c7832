"""Coverloop on one machine: start the services, run the loop, watch it, report, stop."""
