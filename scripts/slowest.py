"""Print the slowest tests of pytest's XML reports: python scripts/slowest.py REPORT.xml..."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

SHOWN = 30


def main(reports: list[str]) -> None:
    """Print them with their seconds, the slowest first."""
    cases = [case for report in reports if Path(report).is_file() for case in ET.parse(report).iter("testcase")]
    cases.sort(key=lambda case: -float(case.get("time", "0")))
    print(f"== the {SHOWN} slowest of {len(cases)} tests")
    for case in cases[:SHOWN]:
        print(f"{float(case.get('time', '0')):7.1f} {case.get('classname')}::{case.get('name')}")


if __name__ == "__main__":
    main(sys.argv[1:])
