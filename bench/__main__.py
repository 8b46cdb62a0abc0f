"""``python -m bench``: every measurement of the report, one after the other. ``--quick`` takes a tenth of the rows and one round."""

from __future__ import annotations

import argparse
import os
import platform

from bench import cases, draw, evaluation, evaluation_city, intake, ledger, portal, reads


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    print(f"{platform.platform()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    print("Ledger: leaves a second with two writers; fsck with rebuild")
    ledger.main(["--seconds", "2", "--fsck", "100000"] if quick else [])
    print("Intake: from a CSV file in the CF_ standard to records that are matched, ledgered and found by search")
    intake.main(["--rows", "100000", "--rounds", "1"] if quick else ["--growth"])
    print("Evaluation: a million subjects and ten million records, by the engine, by hand, on Spark; two policies")
    evaluation.main(["--subjects", "100000", "--records", "1000000", "--rounds", "1"] if quick else ["--growth", "--spark"])
    print("Evaluation from the database on: a million subjects and five million records")
    evaluation_city.main(["--subjects", "100000"] if quick else ["--growth"])
    print("Draw: a hundred thousand firms from files to files, and its verification")
    draw.main(["--firms", "10000"] if quick else [])
    print("Portal: what is found, read and listed at a million subjects and five million records")
    portal.main(["--subjects", "100000", "--requests", "50"] if quick else ["--growth"])

    print("Reads: what a look at what is not public costs beside the same page without its row")
    reads.main(["--requests", "100"] if quick else [])
    print("Cases: desks, lists, reminders and deadlines with a hundred thousand open cases")
    cases.main(["--cases", "10000"] if quick else [])


if __name__ == "__main__":
    main()
