"""What surrounds the platform: the lock file, profiles, launch files and samples for the first run."""
