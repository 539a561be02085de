"""A margin recomputed from docs/methodology.md by an oracle that shares no code with the engine.

mpmath at 30 digits (Python 3.11): exact normal CDF, the market's own smiles, no rounding before the last step. It answers what the
`grid` model must answer; core/src/margin/golden.test.ts holds the engine to it. In vectors/golden, M P X for the three inputs:

    node ../../cli/bin/plimsoll.js explain --json --market M --portfolio P --params X | python3 margin.py M P > margin.json

Of what the engine says only `parameterValues` is read. Not covered: orders, expiries without a slice or mark, slices with deforms.
"""

import json
import re
import sys
from datetime import datetime, timezone
from functools import partial

from mpmath import ceil, exp, floor, log, mp, mpf, ncdf, npdf, nstr, sqrt

mp.dps = 30
DIGITS, LOWEST_VOL = 20, mpf("0.001")
ZERO, ONE = mpf(0), mpf(1)
LINES = ("maintenance", "release", "initial")
MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
NAME = re.compile(r"([A-Z0-9]+)(?:_([A-Z]+))?-(PERPETUAL|(\d{1,2})([A-Z]{3})(\d\d))(?:-([\dd]+)-([CP]))?")
# M-14: the vol move of a node lane is that of the standard set's "vol down".
NODE_DOWN = {"kind": "vol", "form": "relative", "size": mpf("-0.25"), "scaling": {"short": mpf("0.3"), "long": mpf("0.13"), "dteFloor": ONE}}


instant = datetime.fromisoformat


def load(file):
    return json.load(file, parse_float=mpf, parse_int=mpf)


def total_variance(smile, k):
    """M-07: raw SVI; of two terms the far one counts `mix`, in total variance."""
    near, far = (p["a"] + p["b"] * (p["rho"] * (k - p["m"]) + sqrt((k - p["m"]) ** 2 + p["sigma"] ** 2))
                 for p in (smile["near"], smile["far"]))
    return (1 - smile["mix"]) * near + smile["mix"] * far


class Product:
    """BTC-27MAR26-100000-C, BTC_USDC-PERPETUAL, or an asset's bare name."""

    def __init__(self, name):
        self.name = self.coin = self.settle = name
        self.expiry, self.kind = None, "asset"
        parts = NAME.fullmatch(name)
        if parts:
            self.coin, self.settle, self.inverse = parts[1], parts[2] or parts[1], parts[2] is None
            self.kind = "perpetual" if parts[3] == "PERPETUAL" else "option" if parts[8] else "future"
            if parts[4]:
                self.expiry = datetime(2000 + int(parts[6]), MONTHS.index(parts[5]) + 1, int(parts[4]), 8, tzinfo=timezone.utc)
            if parts[8]:
                self.strike, self.side = mpf(parts[7].replace("d", ".")), 1 if parts[8] == "C" else -1


class Shock:
    """A lane as one underlying sees it (M-10 to M-13); `reach` is the underlying's range on the lane's line."""

    def __init__(self, lane, reach, underlying):
        # M-14: a node moves its coin alone.
        moves = {m["kind"]: m for m in lane["moves"] if lane.get("node", underlying) == underlying}
        spot, still = moves.get("spot", {}), {"relative": ZERO}
        self.spot = spot["ranges"] * reach if "ranges" in spot else spot.get("relative", ZERO)
        self.premium, self.peg = (moves.get(kind, still)["relative"] for kind in ("premium", "peg"))
        self.basis, self.par, self.only = moves.get("basis"), "par" in moves, lane.get("asset")
        self.vols = [m for kind, m in moves.items() if kind in ("vol", "skew", "wing", "term")]
        self.sticky = lane["smile"] == "sticky-strike"
        damp = lane["damp"]
        self.damp = min(ONE, damp["ladder"] * reach / abs(self.spot)) if isinstance(damp, dict) else damp

    def forward(self, years, unfixed):
        """What a forward is multiplied by; in the settlement window only the unfixed part of it moves (M-20)."""
        basis = self.basis["size"] * (self.basis["add"] + self.basis["multiple"] * years) if self.basis else ZERO
        return 1 + unfixed * ((1 + self.spot) * (1 + basis) - 1)

    def deform(self, vol, k, years):
        days = years * 365
        for m in self.vols:
            if m["kind"] == "vol":
                x = m["size"] * (30 / max(days, m["scaling"]["dteFloor"])) ** m["scaling"]["short" if days <= 30 else "long"]
                vol = max(vol * (1 + x) if m["form"] == "relative" else vol + x, m.get("floor", ZERO))
            elif m["kind"] == "skew":
                cap = max(ZERO, m["capBase"] + m["capSlope"] * sqrt(years))
                star = max(m["kStarMin"], m["width"] * m["volReference"] * sqrt(years))
                tilt = m["size"] * (k if m["form"] == "linear" else abs(k)) * cap / star
                vol *= 1 + min(abs(m["size"]) * cap, max(-abs(m["size"]) * cap, tilt))
            elif m["kind"] == "wing":
                width = m["volReference"] * sqrt(years)
                vol *= 1 + m["size"] * min(ONE, max(ZERO, abs(k) - m["start"] * width) / width)
            else:
                x = min(ONE, m["pivotDays"] / days)
                vol *= 1 + m["front"] * x + m["back"] * (1 - x)
        return vol


class Book:
    """One account against one market; `holdings` are signed quantities by product name, unsettled profit among them."""

    def __init__(self, market, portfolio, parameters):
        self.market, self.p, self.at = market, parameters, instant(market["at"])
        self.coins = {one["underlying"]: one for one in market["underlyings"]}
        self.slices = {(c, instant(s["expiry"])): s for c, one in self.coins.items() for s in one["slices"]}
        self.futures = {(c, instant(f["expiry"])): f["forward"] for c, one in self.coins.items() for f in one["futures"]}
        rows = [*portfolio.get("cash", {}).items(), *portfolio.get("collateral", {}).items()]
        # M-16: profit that is not settled is a balance of the settle asset, stated or of a position with an entry price.
        self.unsettled = {asset: mpf(q) for asset, q in portfolio.get("unsettled", {}).items()}
        for row in portfolio.get("positions", []):
            one, q, entry = Product(row["product"]), mpf(row["quantity"]), mpf(row.get("entryPrice", 0))
            rows.append((one.name, q))
            if entry:
                profit = q * (1 / entry - 1 / self.price(one) if one.inverse else self.price(one) - entry)
                self.unsettled[one.settle] = self.unsettled.get(one.settle, ZERO) + profit
        self.holdings, self.known = {}, {}
        for name, q in [*rows, *self.unsettled.items()]:
            self.holdings[name] = self.holdings.get(name, ZERO) + mpf(q)
        self.lanes = [*parameters["scenarios"]["lanes"], *self.own_lanes([Product(name) for name in self.holdings])]

    def coin(self, name):
        return self.p["coins"].get(name, self.p["otherCoin"])

    def reach(self, underlying, line):
        return self.coin(underlying)[line] if underlying in self.coins else self.p["pegs"][underlying]["range"]

    def level(self, asset, shock=None):
        """Dollars per unit of a balance."""
        if asset in self.coins:
            return self.coins[asset]["index"] * (1 + (shock.spot if shock else 0))
        now = self.market["pegs"].get(asset, ONE)
        if shock is None or asset == "USD" or shock.only not in (None, asset):
            return now
        return ONE if shock.par else now * (1 + shock.peg)

    def years(self, expiry):
        return ZERO if expiry is None else mpf((expiry - self.at).total_seconds()) / (365 * 86400)

    def unfixed(self, one):
        """The part of an expiry's settlement average that is still open (M-20)."""
        return self.slices.get((one.coin, one.expiry), {}).get("unfixed", ONE)

    def price(self, one, shock=None):
        """A perpetual or dated future as it is quoted; a linear one in its settle asset (M-15)."""
        if one.kind == "perpetual":
            dollars = self.coins[one.coin]["perpetual"] * ((1 + shock.spot) * (1 + shock.premium) if shock else 1)
        else:
            dollars = self.futures.get((one.coin, one.expiry)) or self.slices[one.coin, one.expiry]["forward"]
            dollars *= shock.forward(self.years(one.expiry), self.unfixed(one)) if shock else 1
        return dollars if one.inverse else dollars / self.level(one.settle, shock)

    def dollar_strike(self, one, shock=None):
        """A linear strike is an amount of the settle asset: in dollars it moves with the peg."""
        return one.strike * (1 if one.inverse else self.level(one.settle, shock))

    def option(self, one, shock=None):
        """(value in dollars, delta in coins, vega in dollars per 1.00 of vol) of one option (M-03, M-15)."""
        s = self.slices[one.coin, one.expiry]
        assert not s["deforms"], "a market that was shifted is not covered"
        years, index = s["years"], self.level(one.coin, shock)
        moved = shock.forward(years, s["unfixed"]) if shock else ONE
        forward = s["forward"] * moved
        strike = self.dollar_strike(one, shock)
        k = log(strike / (s["smileForward"] * (ONE if shock is None or shock.sticky else moved)))
        vol = sqrt(total_variance(s["smile"], k) / s["smileYears"])
        stdev = max(shock.deform(vol, k, years) if shock else vol, LOWEST_VOL) * sqrt(years)
        d1 = log(forward / strike) / stdev + stdev / 2
        # An inverse option pays C/F coins of S dollars each; a linear one pays C.
        carry = index / forward if one.inverse else ONE
        share = one.side * ncdf(one.side * d1)
        value = (forward * share - strike * one.side * ncdf(one.side * (d1 - stdev))) * carry
        return value, share * carry * forward / index, forward * npdf(d1) * sqrt(years) * carry

    def gain(self, one, shock):
        """Dollars that one unit gains in a lane, before the damp."""
        if one.kind == "asset":
            return self.level(one.name, shock) - self.level(one.name)
        if one.kind == "option":
            return self.option(one, shock)[0] - self.option(one)[0]
        now, then = self.price(one), self.price(one, shock)
        return ((1 / now - 1 / then) if one.inverse else (then - now)) * self.level(one.settle, shock)

    def gain_in(self, lane, one, shock):
        if (lane, one.name) not in self.known:
            self.known[lane, one.name] = self.gain(one, shock)
        return self.known[lane, one.name]

    def own_lanes(self, products):
        """The lanes that a book brings: every stable asset by its range (M-13), the forward at every near strike (M-14)."""
        rest, made = {"damp": ONE, "smile": "sticky-strike", "netting": "sum"}, {}
        for asset in sorted({one.settle for one in products} - {*self.coins, "USD"}):
            for sign in ("-", "+"):
                move = {"kind": "peg", "relative": mpf(sign + "1") * self.reach(asset, "maintenance")}
                made[f"peg/{asset}{sign}"] = {"line": "maintenance", "asset": asset, "moves": [move], **rest}
        for one in products:
            if one.kind == "option" and self.years(one.expiry) * 365 <= self.p["strikeNodeDays"]:
                x = self.dollar_strike(one) / self.slices[one.coin, one.expiry]["forward"] - 1
                if abs(x) <= self.coin(one.coin)["initial"]:
                    move = {"kind": "spot", "relative": x / self.unfixed(one)}
                    for vol, moves in (("same", [move]), ("down", [move, NODE_DOWN])):
                        made[f"node/{one.name[:-2]}/vol-{vol}"] = {"line": "initial", "node": one.coin, "moves": moves, **rest}
        return [{"id": name, **lane} for name, lane in made.items()]

    def rows(self, holdings):
        """Legs by underlying."""
        rows = {}
        for one in map(Product, holdings):
            rows.setdefault(one.coin, []).append((one, holdings[one.name]))
        return rows

    def sweep(self, rows, left_out):
        """P&L of every lane and underlying (M-17); of bought options the part that is not left out (M-30)."""
        by_expiry = {}
        for lane in self.lanes:
            for u, legs in rows.items():
                shock, sums = Shock(lane, self.reach(u, lane["line"]), u), {}
                for one, q in legs:
                    counted = q * (1 - left_out.get(one.name, ZERO))
                    sums[one.expiry] = sums.get(one.expiry, ZERO) + counted * shock.damp * self.gain_in(lane["id"], one, shock)
                by_expiry[lane["id"], u] = sums

        def total(lane, u):
            mine, twin = by_expiry[lane["id"], u], by_expiry[lane.get("twin", lane["id"]), u]
            if lane["netting"] == "sum":
                return sum(mine.values(), ZERO)
            return sum((min(ZERO, x, twin[e]) if "twin" in lane else -abs(x) for e, x in mine.items()), ZERO)

        return {lane["id"]: {u: total(lane, u) for u in rows} for lane in self.lanes}

    def stand(self, lane, u):
        """Where a lane puts an underlying, in its ranges, and whether it may stand there as a partner."""
        move = next((m for m in lane["moves"] if m["kind"] == "spot"), {"ranges": ZERO})
        if "ranges" in move or lane.get("node", u) != u:
            return move.get("ranges", ZERO), True
        # A tail counts as one full range, and nobody follows into it.
        node = "node" in lane
        return (move["relative"] / self.reach(u, "initial") if node else ONE if move["relative"] > 0 else -ONE), node

    def across(self, rows, pnl, line):
        """M-18: the worst lane of each underlying, the joint loss and the swept loss of a line."""
        lanes = [lane for lane in self.lanes if line == "initial" or lane["line"] == "maintenance"]
        alone = {u: min((pnl[lane["id"]][u], i, lane["id"]) for i, lane in enumerate(lanes)) for u in rows}
        separate = -sum(x for x, _, _ in alone.values())
        joint = max(-sum(pnl[lane["id"]].values()) for lane in lanes if "node" not in lane)
        shapes = {lane["id"]: repr([lane.get("asset"), *(m for m in lane["moves"] if m["kind"] != "spot")]) for lane in lanes}
        stands = {u: [(lane["line"], shapes[lane["id"]], *self.stand(lane, u), -pnl[lane["id"]][u]) for lane in lanes] for u in rows}
        c = self.p["correlations"]
        for lead in [*self.p["coins"], *(u for u in rows if u in self.coins), "one that stands for all others"]:
            for lane in lanes:
                x, loss = self.stand(lane, lead)[0], -pnl[lane["id"]].get(lead, ZERO)
                # A partner's vol moves as the driver's or not at all; a price-only lane has the shape "[None]".
                like = (shapes[lane["id"]], "[None]")
                for u in (u for u in rows if u != lead):
                    rho = c["pairs"].get(f"{lead}/{u}", c["pairs"].get(f"{u}/{lead}", c["unnamed"]))
                    low, high = sorted((x * (rho + c["stress"] * (1 - rho)), x * (rho - c["stress"] * (rho + 1))))
                    low, high = floor(low * 4) / 4, ceil(high * 4) / 4
                    loss += max(worth for line_of, shape, at, follows, worth in stands[u]
                                if line_of == lane["line"] and shape in like and follows and low <= at <= high)
                joint = max(joint, loss)
        return {"alone": {u: (-x, lane) for u, (x, _, lane) in alone.items()}, "joint": joint, "separate": separate,
                "swept": joint + self.p["retained"] * (separate - joint)}

    def option_value(self, rows):
        """M-30: {underlying: (charge, credited)} and {product: share that is left out of the initial sweep}."""
        out, left_out = {}, {}
        for u, legs in rows.items():
            net, sales = ZERO, {}
            for one, q in (leg for leg in legs if leg[0].kind == "option"):
                value, _, vega = self.option(one)
                net += q * value
                if q > 0:
                    # What nobody bids for brings nothing.
                    bid = self.market["touches"].get(one.name, {}).get("bid", ZERO) * self.level(one.settle)
                    sale = max(ZERO, min(bid, value - self.slices[u, one.expiry]["quality"]["fitError"] * vega))
                    sales[one.name] = (q * sale, q * (value - sale))
            if net > 0:
                sale, unsold = (sum(part) for part in zip(*sales.values()))
                credited = min(self.p["charges"]["optionValueCap"], max(ZERO, net - unsold))
                out[u] = (net - credited, credited)
                # First of what could not be sold, then of the rest.
                first = min(net - credited, unsold)
                shares = first / unsold if unsold else ZERO, (net - credited - first) / sale if sale else ZERO
                for name, (sold, rest) in sales.items():
                    left_out[name] = (shares[0] * rest + shares[1] * sold) / (sold + rest)
        return out, left_out

    def charges(self, rows, alone, line):
        """M-21 to M-29 on a line: {(name, underlying): dollars}, in the order of the rules."""
        c, out = self.p["charges"], {}

        def impact(move, size, volume):
            return c["impact"] * move * size * sqrt(size / volume)

        for u, legs in rows.items():
            level, balance = self.level(u), sum((q for one, q in legs if one.kind == "asset"), ZERO)
            if u not in self.coins:
                if line == "initial":
                    out["peg", u] = min(c["pegCap"], c["pegFactor"] * max(ZERO, c["pegThreshold"] - level)) * abs(balance) * level
                continue
            coin, by_expiry, ladders = self.coin(u), {}, {}
            owed = min(ZERO, balance)
            closing, doubt, vega = abs(owed) * level * (coin["halfSpread"] + c["futureFee"]), ZERO, ZERO
            for one, q in (leg for leg in legs if leg[0].kind != "asset"):
                if one.kind == "option":
                    (value, d, v), quality = self.option(one), self.slices[u, one.expiry]["quality"]
                    delta = q * d
                    closing += abs(q) * v * max(quality["quoteWidth"], c["closeOutVol"]) + abs(delta) * level * coin["halfSpread"]
                    closing += abs(q) * min(c["optionFee"] * level, c["optionFeeCap"] * value)
                    doubt += abs(q) * v * quality["uncertainty"]
                    vega += abs(q) * v / 100
                    ladders.setdefault((one.expiry, one.side, one.settle), []).append((one.side * one.strike, q))
                else:
                    delta = q / self.price(one) if one.inverse else q * self.price(one) * self.level(one.settle) / level
                    closing += abs(delta) * level * (coin["halfSpread"] + c["futureFee"])
                by_expiry[one.expiry] = by_expiry.get(one.expiry, ZERO) + delta
            # What is bought is used up by what is sold at the strikes beyond it.
            uncovered = ZERO
            for ladder in ladders.values():
                bought = ZERO
                for _, q in sorted(ladder):
                    uncovered, bought = uncovered + max(ZERO, -q - bought), max(ZERO, bought + q)
            net, pledged, rate = sum(by_expiry.values(), ZERO), max(ZERO, balance) * level, c["impact"] * coin["dailyMove"]
            # M-24: the size at which the next dollar would be charged the cap, 3/2 rate sqrt(size / volume) = cap.
            knee = min(pledged, coin["deltaVolume"] * (c["collateralCap"] / (rate * mpf("1.5"))) ** 2)
            least = c["shortMinimum"]["initial" if line == "initial" else "maintenance"] * level * uncovered
            leaving = ((d, max(c["basisMin"], exp(c["basisYearly"] * self.years(expiry)) - 1)) for expiry, d in by_expiry.items())
            out["close-out-cost", u] = closing
            out["concentration", u] = impact(coin["dailyMove"], abs(net + owed) * level, coin["deltaVolume"])
            out["vega-concentration", u] = impact(coin["dailyVolMove"] * 100, vega, coin["vegaVolume"])
            out["collateral-liquidity", u] = impact(coin["dailyMove"], knee, coin["deltaVolume"]) + c["collateralCap"] * (pledged - knee)
            out["short-option-minimum", u] = max(ZERO, least - alone[u][0])
            out["basis", u] = sum((abs(d) * level * share for d, share in leaving), ZERO)
            out["surface-confidence", u] = doubt
            out["oracle-confidence", u] = abs(net + balance) * level * self.coins[u]["indexUncertainty"]
        return out

    def worth(self, legs):
        value = {"asset": lambda one: self.level(one.name), "option": lambda one: self.option(one)[0]}
        return sum((q * value[one.kind](one) for one, q in legs if one.kind in value), ZERO)

    def given_up(self, holdings):
        """M-19: what may be left of the holdings, and the worth of the bought options that were let go."""
        bought = {name: one.coin for name, one in ((name, Product(name)) for name in holdings) if one.kind == "option" and holdings[name] > 0}
        coins = sorted({*bought.values()})
        for gone in ((), *((coin,) for coin in coins), *([coins] if len(coins) > 1 else [])):
            rest = {name: ZERO if bought.get(name) in gone else q for name, q in holdings.items()}
            yield rest, sum(((q - rest[name]) * self.option(Product(name))[0] for name, q in holdings.items() if name in bought), ZERO)

    def line(self, holdings, worth, line):
        """One line of what was kept, and the worth of what was not."""
        rows = self.rows(holdings)
        value, left_out = self.option_value(rows) if line == "initial" else ({}, {})
        pnl = self.sweep(rows, {})
        if left_out:
            # M-30: in every lane the better of all legs and of what is left of them.
            rest = self.sweep(rows, left_out)
            pnl = {lane: {u: max(x, rest[lane][u]) for u, x in by.items()} for lane, by in pnl.items()}
        swept = self.across(rows, pnl, line)
        charges = self.charges(rows, swept["alone"], line) | {("option-value", u): charge for u, (charge, _) in value.items()}
        charges["bought-options", None] = worth
        return {**swept, "pnl": pnl, "charges": charges, "requirement": swept["swept"] + sum(charges.values())}

    def requirement(self, holdings):
        """The lines of M-19 for some of the holdings, initial still without its floor."""
        lines = {line: [] for line in (*LINES, "staying")}
        for rest, worth in self.given_up(holdings):
            held = self.line(rest, worth, "maintenance")
            buffer = self.p["releaseBuffer"] * (held["requirement"] - worth)
            buffered = {**held["charges"], ("release-buffer", None): buffer}
            lines["maintenance"].append(held)
            lines["release"].append({**held, "charges": buffered, "requirement": held["requirement"] + buffer})
            lines["initial"].append(self.line(rest, worth, "initial"))
            # M-31: what is credited may not be withdrawn.
            credited = sum(one for _, one in self.option_value(self.rows(rest))[0].values())
            lines["staying"].append({"requirement": lines["initial"][-1]["requirement"] + credited})
        return {line: min(of, key=lambda x: x["requirement"]) for line, of in lines.items()}


def answer(market, portfolio, parameters):
    book = Book(market, portfolio, parameters)
    lines = book.requirement(book.holdings)
    # M-20: each line is the larger with and without the legs in their settlement window.
    rest = {name: q for name, q in book.holdings.items() if book.unfixed(Product(name)) == 1}
    if len(rest) < len(book.holdings):
        without = book.requirement(rest)
        lines = {line: max(lines[line], without[line], key=lambda x: x["requirement"]) for line in lines}
    initial = lines["initial"]
    initial["charges"]["release-floor", None] = max(ZERO, lines["release"]["requirement"] - initial["requirement"])
    initial["requirement"] += initial["charges"]["release-floor", None]
    equity = sum(map(book.worth, book.rows(book.holdings).values()))
    # M-31: profit is netted over all assets before it counts as positive.
    profit = max(ZERO, sum((q * book.level(asset) for asset, q in book.unsettled.items()), ZERO))
    free = equity - max(initial["requirement"], lines["staying"]["requirement"]) - profit
    text = partial(nstr, n=DIGITS, min_fixed=-6, max_fixed=DIGITS)
    return {
        "about": "What margin.py answers, from docs/methodology.md alone; dollars. A worst lane without a loss is the first of equals.",
        "digits": DIGITS, "equity": text(equity), "withdrawable": text(max(ZERO, free)),
        "lines": {line: {key: text(lines[line][key]) for key in ("requirement", "swept", "joint", "separate")} for line in LINES},
        "worst": [{"line": line, "underlying": u, "lane": lane, "loss": text(loss)} for line in ("maintenance", "initial")
                  for u, (loss, lane) in sorted(lines[line]["alone"].items())],
        "charges": [{"line": line, "name": name, **({"underlying": u} if u else {}), "amount": text(x)}
                    for line in LINES for (name, u), x in lines[line]["charges"].items() if x],
        "pnl": {lane: {u: text(x) for u, x in sorted(by.items())} for lane, by in lines["initial"]["pnl"].items()},
    }


if __name__ == "__main__":
    with open(sys.argv[1]) as market, open(sys.argv[2]) as portfolio:
        print(json.dumps(answer(load(market), load(portfolio), load(sys.stdin)["parameterValues"]), indent=1))
