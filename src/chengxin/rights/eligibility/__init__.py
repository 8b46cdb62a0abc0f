"""参评资格核查。May an office take part in honours on a day? Yes, no, or somebody must look, with the record, the clause and the dates."""
