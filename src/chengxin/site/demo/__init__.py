"""演示城市。An invented city of 泰安's structure: invented firms, people and acts, valid check digits, realistic dirt.

It is handed in through the same doors as a real one. No adverse fact stands beside a real name; offices carry the mark （演示）.
"""
