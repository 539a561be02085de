"""SPAN recomputed from docs/methodology.md (M-50 to M-58) by an oracle that shares no code with the engine.

mpmath at 30 digits. Products, smiles and files are read with margin.py, the oracle of `grid`; scenarios, deltas, spreads, credits and lines
are written here from the rules. In vectors/golden, M P X for the three inputs:

    node ../../cli/bin/plimsoll.js explain --json --model span --market M --portfolio P --params X | python3 span.py M P > span.json

Of what the engine says only `parameterValues` is read. Not covered: orders, expiries without a slice or mark, slices with deforms.
"""

import json
import sys

from margin import DIGITS, LINES, LOWEST_VOL, ONE, ZERO, Product, instant, load, total_variance
from mpmath import log, mpf, ncdf, nstr, sqrt

THIRDS = (0, 1, -1, 2, -2, 3, -3)


class Span:
    def __init__(self, market, portfolio, parameters):
        self.p, self.at = parameters, instant(market["at"])
        self.coins = {one["underlying"]: one for one in market["underlyings"]}
        self.pegs = market["pegs"]
        self.slices = {(c, instant(s["expiry"])): s for c, one in self.coins.items() for s in one["slices"]}
        self.marks = {(c, instant(f["expiry"])): f["forward"] for c, one in self.coins.items() for f in one["futures"]}
        self.held, self.unsettled = {}, {}
        for kind in ("cash", "collateral", "unsettled"):
            for asset, q in portfolio.get(kind, {}).items():
                self.add(asset, mpf(q), kind == "unsettled")
        for row in portfolio["positions"]:
            one, q, entry = Product(row["product"]), mpf(row["quantity"]), mpf(row.get("entryPrice", 0))
            self.add(one.name, q, False)
            if entry:
                mark = self.quoted(one)
                self.add(one.settle, q * (1 / entry - 1 / mark if one.inverse else mark - entry), True)

    def add(self, name, q, unsettled):
        self.held[name] = self.held.get(name, ZERO) + q
        if unsettled:
            self.unsettled[name] = self.unsettled.get(name, ZERO) + q

    def coin(self, name):
        return self.p["coins"].get(name, self.p["otherCoin"])

    def level(self, asset):
        return self.coins[asset]["index"] if asset in self.coins else self.pegs.get(asset, ONE)

    def days(self, one):
        return ZERO if one.expiry is None else mpf((one.expiry - self.at).total_seconds()) / 86400

    def dollars(self, one, x=ZERO):
        """A perpetual or dated future in dollars after spot moved by x; of an average that is half fixed half moves."""
        if one.expiry is None:
            return self.coins[one.coin]["perpetual"] * (1 + x)
        open_part = self.slices.get((one.coin, one.expiry), {}).get("unfixed", ONE)
        now = self.marks.get((one.coin, one.expiry)) or self.slices[one.coin, one.expiry]["forward"]
        return now * (1 + open_part * x)

    def quoted(self, one):
        return self.dollars(one) if one.inverse else self.dollars(one) / self.level(one.settle)

    def option(self, one, x=ZERO, sign=0, days=ZERO):
        """Dollars per option: spot moved by x, vol by `sign` vol scans, then so many days gone (M-50)."""
        s = self.slices[one.coin, one.expiry]
        forward, index = s["forward"] * (1 + s["unfixed"] * x), self.level(one.coin) * (1 + x)
        strike = one.strike * (ONE if one.inverse else self.level(one.settle))
        vol = sqrt(total_variance(s["smile"], log(strike / s["smileForward"])) / s["smileYears"])
        scale, left = self.p["volScaling"], s["years"] * 365
        move = sign * self.coin(one.coin)["volScan"] * (30 / max(left, scale["dteFloor"])) ** scale["short" if left <= 30 else "long"]
        vol = max(LOWEST_VOL, vol + move if self.p["volForm"] == "points" else vol * (1 + move))
        years = max(ZERO, s["years"] - days / 365)
        if years == 0:
            value = max(ZERO, one.side * (forward - strike))
        else:
            stdev = vol * sqrt(years)
            d1 = log(forward / strike) / stdev + stdev / 2
            value = one.side * (forward * ncdf(one.side * d1) - strike * ncdf(one.side * (d1 - stdev)))
        return value * index / forward if one.inverse else value

    def gain(self, one, x, sign):
        if one.kind == "option":
            return self.option(one, x, sign, self.p["lookAheadDays"]) - self.option(one)
        now, then = self.dollars(one), self.dollars(one, x)
        return (1 / now - 1 / then) * self.level(one.coin) * (1 + x) if one.inverse else then - now

    def array(self, one):
        """Sixteen P&Ls of one unit; the last two counted in part."""
        reach, extreme = self.coin(one.coin)["priceScan"], self.p["extreme"]
        scan = [self.gain(one, reach * third / 3, sign) for third in THIRDS for sign in (1, -1)]
        return scan + [extreme["cover"] * self.gain(one, reach * extreme["ranges"] * sign, 0) for sign in (1, -1)]

    def composite(self, one):
        """M-52: slopes of the mean of both vols over neighbouring prices, weighted."""
        array, w = self.array(one), self.p["deltaWeights"]
        at = {third: (array[2 * i] + array[2 * i + 1]) / 2 for i, third in enumerate(THIRDS)}
        step, delta = self.coin(one.coin)["priceScan"] / 3, ZERO
        for third, weight in zip(range(-3, 4), (w["whole"], w["twoThirds"], w["third"], w["still"], w["third"], w["twoThirds"], w["whole"])):
            low, high = max(-3, third - 1), min(3, third + 1)
            delta += weight * (at[high] - at[low]) / ((high - low) * step)
        return delta

    def calendar(self, coin, expiries):
        """M-53 and M-54: (what calendar spreads cost, what delivery costs)."""
        names, cost = [t["name"] for t in self.p["tiers"]], ZERO
        tier = {e: next(t["name"] for t in self.p["tiers"] if e <= t["days"]) for e in expiries}
        whole = {(n, side): sum((max(ZERO, side * d) for e, d in expiries.items() if tier[e] == n), ZERO) for n in names for side in (1, -1)}
        left = dict(whole)
        for row in sorted(self.p["calendar"], key=lambda r: (r["priority"], f"{r['near']}/{r['far']}")):
            for side in (1, -1) if row["near"] != row["far"] else (1,):
                taken = min(left[row["near"], side], left[row["far"], -side])
                left[row["near"], side] -= taken
                left[row["far"], -side] -= taken
                cost += taken * row["rate"]
        rates, delivery = self.p["delivery"], ZERO
        for e, d in expiries.items():
            if 0 < e <= rates["days"] and d:
                key = tier[e], 1 if d > 0 else -1
                alone = left[key] / whole[key]
                delivery += abs(d) * (alone * rates["outright"] + (1 - alone) * rates["spread"])
        return cost * self.coin(coin)["calendarFactor"], delivery

    def credits(self, parts):
        """M-55: what each coin is given back."""
        left, given = {c: part["delta"] for c, part in parts.items()}, {}
        for row in sorted(self.p["credits"], key=lambda r: (r["priority"], f"{r['left']}/{r['right']}")):
            a, b = row["left"], row["right"]
            if left.get(a, ZERO) * left.get(b, ZERO) >= 0:
                continue
            n = min(abs(left[a]) / row["leftDelta"], abs(left[b]) / row["rightDelta"])
            for c, per in ((a, row["leftDelta"]), (b, row["rightDelta"])):
                risk = min(parts[c]["price"] / abs(parts[c]["delta"]), self.coin(c)["priceScan"])
                given[c] = given.get(c, ZERO) + row["rate"] * risk * n * per
                left[c] -= n * per if left[c] > 0 else -n * per
        return given

    def risk(self, held):
        """Scan and charges, coin by coin, of what is held; balances are not scanned."""
        parts = {}
        for name, q in held.items():
            one = Product(name)
            if one.kind == "asset":
                continue
            part = parts.setdefault(one.coin, {"pnl": [ZERO] * 16, "expiries": {}, "shorts": ZERO})
            part["pnl"] = [a + q * b for a, b in zip(part["pnl"], self.array(one))]
            days = self.days(one)
            part["expiries"][days] = part["expiries"].get(days, ZERO) + q * self.composite(one)
            part["shorts"] += max(ZERO, -q) if one.kind == "option" else ZERO
        for part in parts.values():
            loss = [-x for x in part["pnl"]]
            points = [(loss[2 * i] + loss[2 * i + 1]) / 2 for i in range(7)] + loss[14:]
            part["scan"] = max(ZERO, *loss)
            part["price"] = min(part["scan"], max(ZERO, max(points) - points[0]))
            part["delta"] = sum(part["expiries"].values(), ZERO)
        credits, charges = self.credits(parts), {}
        for coin, part in parts.items():
            charges["calendar-spread", coin], charges["delivery", coin] = self.calendar(coin, part["expiries"])
            charges["inter-commodity-credit", coin] = -credits.get(coin, ZERO)
            sofar = part["scan"] + sum(x for (_, c), x in charges.items() if c == coin)
            charges["short-minimum", coin] = max(ZERO, self.p["shortMinimum"] * part["shorts"] * self.level(coin) - sofar)
        return parts, charges

    def kept(self):
        """M-58: holdings without the bought options of no coin, of each, of all; and what those were worth."""
        bought = {n: Product(n).coin for n, q in self.held.items() if Product(n).kind == "option" and q > 0}
        coins = sorted({*bought.values()})
        for gone in ([], *([c] for c in coins), *([coins] if len(coins) > 1 else [])):
            let_go = [n for n, c in bought.items() if c in gone]
            rest = {n: q for n, q in self.held.items() if n not in let_go}
            yield rest, sum((self.held[n] * self.option(Product(n)) for n in let_go), ZERO)

    def lines(self):
        found = {line: [] for line in (*LINES, "staying")}
        for rest, worth in self.kept():
            parts, charges = self.risk(rest)
            swept = sum((part["scan"] for part in parts.values()), ZERO)
            at_risk = swept + sum(charges.values())
            for name, q in rest.items():
                if Product(name).kind == "asset":
                    cut = (self.coin(name) if name in self.coins else self.p["pegs"][name])["haircut" if q >= 0 else "owed"]
                    charges["collateral-haircut", name] = cut * abs(q) * self.level(name)
            charges["bought-options", None] = worth
            for line, extra, name in (("maintenance", ZERO, None), ("release", self.p["releaseBuffer"], "release-buffer"),
                                      ("initial", self.p["initialRatio"] - 1, "initial-ratio")):
                own = {**charges, (name, None): at_risk * extra} if name else charges
                found[line].append({"parts": parts, "charges": own, "swept": swept, "requirement": swept + sum(own.values())})
            net = {}
            for name, q in rest.items():
                one = Product(name)
                if one.kind == "option":
                    net[one.coin] = net.get(one.coin, ZERO) + q * self.option(one)
            found["staying"].append({"requirement": found["initial"][-1]["requirement"] + sum(max(ZERO, x) for x in net.values())})
        return {line: min(of, key=lambda x: x["requirement"]) for line, of in found.items()}


def answer(market, portfolio, parameters):
    span = Span(market, portfolio, parameters)
    lines = span.lines()
    worth = {"asset": lambda one: span.level(one.name), "option": span.option}
    products = [(Product(name), q) for name, q in span.held.items()]
    equity = sum((q * worth[one.kind](one) for one, q in products if one.kind in worth), ZERO)
    profit = max(ZERO, sum((q * span.level(asset) for asset, q in span.unsettled.items()), ZERO))
    free = equity - max(lines["initial"]["requirement"], lines["staying"]["requirement"]) - profit
    text = lambda x: nstr(x, n=DIGITS, min_fixed=-6, max_fixed=DIGITS)
    return {
        "about": "What span.py answers, from docs/methodology.md alone; dollars.",
        "digits": DIGITS, "equity": text(equity), "withdrawable": text(max(ZERO, free)),
        "lines": {line: {key: text(lines[line][key]) for key in ("requirement", "swept")} for line in LINES},
        "deltas": {one.name: text(span.composite(one)) for one, _ in products if one.kind != "asset"},
        "parts": {c: {key: text(part[key]) for key in ("scan", "price", "delta", "shorts")} | {"pnl": [text(x) for x in part["pnl"]]}
                  for c, part in lines["maintenance"]["parts"].items()},
        "charges": [{"line": line, "name": name, **({"underlying": u} if u else {}), "amount": text(x)}
                    for line in LINES for (name, u), x in lines[line]["charges"].items() if x],
    }


if __name__ == "__main__":
    with open(sys.argv[1]) as market, open(sys.argv[2]) as portfolio:
        print(json.dumps(answer(load(market), load(portfolio), load(sys.stdin)["parameterValues"]), indent=1))
