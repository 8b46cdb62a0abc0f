"""公务员政务诚信记录。Decisions about persons in office, sealed: asked about one at a time, seen by the person, shown to nobody else."""
