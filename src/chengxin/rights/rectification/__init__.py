"""限期整改。An office puts its own shortcomings right on a clock; another office checks; a second person there finds the breach."""
