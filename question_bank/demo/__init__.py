"""The demo bank, `bank.csv`: 380 items written for this project, in the manner of the SKD, free to copy.

It is put together from readable sources by `scripts/build_demo_bank.py` and is enough for three SKD forms that share
no item. It serves the demo event, the tutorial and the tests; nobody is selected with it. `Tingkat` is its authors'
estimate, not a statistic.
"""
