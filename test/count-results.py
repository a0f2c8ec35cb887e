#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts meson's test log: prints "PASSED FAILED SKIPPED".

A TAP program counts each of its tests, any other one. A program that failed
without a "not ok" (it crashed, timed out, or its plan was wrong) counts as one
failure more. A suite without any test is a failure: nothing was tested.
"""
import json
import re
import sys

RESULT = re.compile(r"^(ok|not ok)\b[^#\n]*(#\s*(skip|todo)\b)?", re.I | re.M)


def count(test):
    passed = failed = skipped = 0
    result = test["result"]
    for status, _, directive in RESULT.findall(test.get("stdout", "")):
        if (directive or "").lower() == "skip":
            skipped += 1
        elif (directive or "").lower() == "todo":
            pass  # known not to work yet: neither
        elif status == "ok":
            passed += 1
        else:
            failed += 1
    if result == "SKIP":
        return passed, failed, max(skipped, 1)
    if result in ("OK", "EXPECTEDFAIL"):
        return (passed or (0 if skipped else 1)), failed, skipped
    return passed, max(failed, 1), skipped


def main():
    totals = [0, 0, 0]
    try:
        with open(sys.argv[1], encoding="utf-8") as log:
            tests = [json.loads(line) for line in log]
    except FileNotFoundError:
        tests = []
    for test in tests:
        totals = [a + b for a, b in zip(totals, count(test))]
    if not tests:
        print("no test was run", file=sys.stderr)
        totals[1] = 1
    print(*totals)


main()
