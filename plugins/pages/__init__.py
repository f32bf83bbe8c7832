"""The Coverloop pages in Airflow's UI: gallery, one cover with its reasons, criteria, review."""
