"""How the time without service is counted."""

from outages import outages, slow_outages, summary


def test_it_is_from_the_fault_to_the_first_message_sent_after_it_that_was_acknowledged():
    said = [(1, 0.5, 0.6), (1, 0.9, 5.0), (1, 1.1, 4.0), (1, 1.2, 3.0)]
    assert outages([{"began": 1.0}], said) == [2.0]


def test_the_channel_that_waits_longest_counts():
    assert outages([{"began": 1.0}], [(1, 1.0, 1.5), (2, 1.5, 4.0)]) == [3.0]


def test_a_channel_without_a_message_after_it_tells_nothing():
    assert outages([{"began": 1.0}], [(1, 2.0, 2.5), (2, 0.5, 0.6)]) == [None]
    assert outages([{"began": 1.0}], []) == [None]


def test_what_takes_hold_later_counts_from_the_moment_from_which_it_took_longest():
    said = [(1, 0.5, 0.6), (1, 1.5, 1.75), (1, 2.0, 9.0), (1, 7.0, 8.0), (1, 8.5, 8.6)]
    assert slow_outages([{"began": 1.0, "ended": 6.0}], said) == [6.5]
    assert slow_outages([{"began": 1.0, "ended": 1.2}], said) == [0.75]
    assert slow_outages([{"began": 1.0, "ended": 9.0}], said) == [None]


def test_the_summary_has_median_and_worst_of_each_kind():
    rows = summary([{"kind": "kill", "outage": o} for o in (1.0, 3.0, 9.0, None)] + [{"kind": "stop", "outage": None}])
    assert rows == {"kill": {"count": 4, "median": 3.0, "worst": 9.0}, "stop": {"count": 1, "median": None, "worst": None}}
