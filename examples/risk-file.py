#!/usr/bin/env python3
"""The swept loss of a portfolio from a risk-parameter file alone, in another language and with nothing but its standard library.

    python3 examples/risk-file.py risk.json portfolio.json

Prints, for every coin, the worst maintenance scenario and the loss there (docs/methodology.md, M-17), as `plimsoll risk-file margin --json`
does under `worst`. Charges, offsets between coins (M-18) and options that are given up (M-19) are left to the reader: the file holds what they need.
"""

import hashlib
import json
import sys

sealed = open(sys.argv[1], encoding="utf-8").read()
content = sealed[sealed.index(',"file":') + 8 : sealed.rindex(',"signatures":')]
risk = json.loads(content)
stated = json.loads(sealed)["digest"]
assert hashlib.sha256(content.encode()).hexdigest() == stated, "the content is not that of its digest"

portfolio = json.load(open(sys.argv[2], encoding="utf-8"))
row_of = {product["id"]: row for row, product in enumerate(risk["products"])}
held = {}
for asset, amount in {**portfolio.get("cash", {}), **portfolio.get("collateral", {})}.items():
    held[row_of[asset]] = held.get(row_of[asset], 0.0) + float(amount)
for position in portfolio["positions"]:
    held[row_of[position["product"]]] = float(position["quantity"])

lanes, groups = risk["lanes"], risk["groups"]
place = {lane["id"]: s for s, lane in enumerate(lanes)}
for u, coin in enumerate(groups["underlyings"]):
    pnl = [0.0] * len(lanes)
    for g in range(groups["underlyingStart"][u], groups["underlyingStart"][u + 1]):
        bucket = [0.0] * len(lanes)
        for row in range(groups["bucketStart"][g], groups["bucketStart"][g + 1]):
            for s in range(len(lanes) if row in held else 0):
                bucket[s] += held[row] * risk["rows"][row][s]
        for s, lane in enumerate(lanes):
            if lane["netting"] == "sum":
                pnl[s] += bucket[s]
            elif "twin" in lane:
                pnl[s] += min(0.0, bucket[s], bucket[place[lane["twin"]]])
            else:
                pnl[s] -= abs(bucket[s])
    seen = [s for s, lane in enumerate(lanes) if lane["line"] == "maintenance"]
    worst = min(seen, key=lambda s: (pnl[s], s))
    if pnl[worst] < 0:
        print(f"{coin} {lanes[worst]['id']} {-pnl[worst]!r}")
