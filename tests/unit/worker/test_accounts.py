"""Accounts are for one run on the whole machine, and nothing of a run that has ended lives on in them."""

import os
import select
import subprocess

import pytest

from yantra_bot.errors import Transient
from yantra_bot.worker.accounts import end_processes, find_processes, take_account, try_account

FIRST = 56_000
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a run an account of its own")


def test_an_account_is_held_once() -> None:
    """What one holds nobody else gets, and a range can be used up."""
    held = [take_account(FIRST, 2), take_account(FIRST, 2)]
    try:
        assert {account.number for account in held} == {FIRST, FIRST + 1}
        assert try_account(FIRST) is None
        with pytest.raises(Transient, match="All 2 accounts"):
            take_account(FIRST, 2)
    finally:
        for account in held:
            account.release()
            account.release()


def test_everything_of_an_account_is_ended_before_it_is_given_out() -> None:
    """No process of an account survives, whatever session it is in."""
    account = take_account(FIRST + 10, 10)
    number = account.number
    process = subprocess.Popen(
        ["/usr/bin/env", "sleep", "600"], user=number, group=number, extra_groups=[], start_new_session=True
    )
    handle = os.pidfd_open(process.pid)
    assert find_processes(number) == [process.pid]
    account.release()
    again = try_account(number)
    assert again is not None
    assert select.select([handle], [], [], 0)[0]
    os.close(handle)
    assert process.wait() == -9
    end_processes(number)
    again.release()
