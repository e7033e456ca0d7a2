#!/usr/bin/python3
"""Passed, failed and skipped of a JUnit file: junit_counts.py FILE."""
import sys
import xml.etree.ElementTree as tree

suites = list(tree.parse(sys.argv[1]).getroot().iter("testsuite"))


def count(key):
    return sum(int(suite.get(key, 0)) for suite in suites)


bad = count("failures") + count("errors")
print(count("tests") - bad - count("skipped"), bad, count("skipped"))
