"""Golden numbers of the kernel, from an oracle that shares no code and no method with it.

mpmath at 50 digits (Debian: python3-mpmath), plain textbook formulas, seeded inputs. Inputs are doubles written with repr(), so
that reader and oracle see the same number to the last bit; results are strings of 21 digits. Run it here to write it all again:

    python3 generate.py

Files, all of the form {"about", "digits", "cases"}:
    elementary.json   exp, expm1, log, log1p, pow at points
    normal.json       density and distribution (relative in the left tail), inverse, bivariate distribution
    black76.json      undiscounted price and greeks over moneyness x stdev, deep tails and small stdevs included
    implied.json      (price as the nearest double) -> the vol that reprices THAT double, not the one it was made from
"""

import json
import random
from pathlib import Path

from mpmath import erfc, erfinv, exp, expm1, findroot, log, log1p, mp, mpf, nstr, pi, power, quad, sqrt

mp.dps = 50
HERE = Path(__file__).parent
DIGITS = 21
# Below the smallest normal double a result has no 53 bits to compare.
SMALLEST = mpf("2.2250738585072014e-308")
LARGEST = mpf("1.7976931348623157e308")


def text(x):
    return nstr(x, DIGITS, strip_zeros=False, min_fixed=-3, max_fixed=9)


def write(name, about, cases):
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    head = json.dumps({"about": about, "digits": DIGITS})[:-1]
    (HERE / name).write_text(f'{head}, "cases": [\n{lines}\n]}}\n')
    print(name, len(cases), "cases")


def density(x):
    return exp(-x * x / 2) / sqrt(2 * pi)


def distribution(x):
    return erfc(-x / sqrt(2)) / 2


def elementary(rng):
    cases = []

    def add(fn, args, value):
        if SMALLEST <= abs(value) <= LARGEST:
            cases.append({"fn": fn, "args": [repr(a) for a in args], "value": text(value)})

    points = [rng.uniform(-700, 700) for _ in range(60)] + [rng.uniform(-2, 2) for _ in range(60)]
    points += [s * 10.0 ** -e for e in (1, 3, 6, 10, 16, 30) for s in (1, -1)] + [709.5, -708.0, 0.34657, 0.34658, -0.34658]
    for x in points:
        add("exp", [x], exp(mpf(x)))
        if abs(x) < 50:
            add("expm1", [x], expm1(mpf(x)))
    points = [10 ** rng.uniform(-300, 300) for _ in range(60)] + [rng.uniform(0.5, 2) for _ in range(60)]
    points += [1 + s * 2.0**-e for e in (10, 20, 40, 52) for s in (1, -1)] + [1.4142135623730951, 1.414213562373095, 5e-324]
    for x in points:
        add("log", [x], log(mpf(x)))
    for u in [rng.uniform(-0.99, 3) for _ in range(60)] + [s * 10.0**-e for e in (2, 5, 9, 17, 40) for s in (1, -1)]:
        add("log1p", [u], log1p(mpf(u)))
    for _ in range(120):
        add("pow", (a := [10 ** rng.uniform(-20, 20), rng.uniform(-15, 15)]), power(mpf(a[0]), mpf(a[1])))
    for _ in range(60):
        add("pow", (a := [rng.uniform(0.5, 2), rng.uniform(-800, 800)]), power(mpf(a[0]), mpf(a[1])))
    write("elementary.json", "fn(args) = value", cases)


def bivariate(a, b, rho):
    if rho == 1:
        return distribution(min(a, b))
    spread = sqrt(1 - rho * rho)
    middle = [t for t in (b / rho + k * spread / rho for k in (-8, -4, -1, 0, 1, 4, 8)) if -14 < t < a] if rho else []
    points = sorted(set([mpf(-14), *[t for t in range(-12, 12, 3) if t < a], *middle, a]))
    return quad(lambda x: density(x) * distribution((b - rho * x) / spread), points)


def normal(rng):
    cases = []
    for x in [k / 2 for k in range(-75, 18)] + [rng.uniform(-37.5, 8) for _ in range(60)] + [-1.0, 1.0, 1e-12, -1e-300]:
        cases.append({"fn": "cdf", "args": [repr(x)], "value": text(distribution(mpf(x)))})
        cases.append({"fn": "pdf", "args": [repr(x)], "value": text(density(mpf(x)))})
    points = [10.0**-e for e in (1, 2, 3, 5, 8, 13, 20, 50, 100, 200, 300)] + [rng.uniform(0, 1) for _ in range(60)]
    points += [0.5 + s * 10.0**-e for e in (2, 5, 9, 15) for s in (1, -1)] + [1 - 1e-10, 1 - 1e-15]
    for p in points:
        q = mpf(p)
        start = sqrt(2) * erfinv(2 * q - 1) if q > mpf("1e-30") else -sqrt(-2 * log(q))
        # Newton on ln N: it does not care how small N is.
        x = start
        for _ in range(80):
            step = distribution(x) * log(distribution(x) / q) / density(x)
            x -= step
            if abs(step) < mpf(10) ** -40:
                break
        cases.append({"fn": "inverse", "args": [repr(p)], "value": text(x)})
    mp.dps = 30
    for rho in (-0.999, -0.9, -0.5, 0.1, 0.5, 0.9, 0.99, 0.9999):
        for a, b in ((-3.0, -2.5), (-1.0, 0.5), (0.0, 0.0), (0.7, 0.69), (2.0, -1.0), (1.5, 3.0)):
            value = bivariate(mpf(a), mpf(b), mpf(rho)) if rho > 0 else distribution(mpf(a)) - bivariate(mpf(a), mpf(-b), -mpf(rho))
            cases.append({"fn": "bivariate", "args": [repr(a), repr(b), repr(rho)], "value": text(value)})
    mp.dps = 50
    write("normal.json", "cdf and pdf of x, inverse of p, bivariate of (a, b, rho)", cases)


def price(right, f, k, s):
    d1 = log(f / k) / s + s / 2
    d2 = d1 - s
    # Callers raise mp.dps to 120 or 400 first: far out of the money the two terms share hundreds of digits.
    return f * distribution(d1) - k * distribution(d2) if right == "call" else k * distribution(-d2) - f * distribution(-d1)


def greeks(right, f, k, vol, t):
    mp.dps = 400  # a price of 1e-300 of forward is what is left of two terms near 1
    f, k, vol, t = mpf(f), mpf(k), mpf(vol), mpf(t)
    root = sqrt(t)
    s = vol * root
    d1 = log(f / k) / s + s / 2
    d2 = d1 - s
    value = price(right, f, k, s)
    vega = f * density(d1) * root
    net = k / f * distribution(d2) if right == "call" else -k / f * distribution(-d2)
    out = {
        "value": value,
        "delta": distribution(d1) if right == "call" else -distribution(-d1),
        "gamma": density(d1) / (f * s),
        "vega": vega,
        "theta": -f * density(d1) * vol / (2 * root),
        "vanna": -density(d1) * d2 / vol,
        "volga": vega * d1 * d2 / vol,
        "coinNetDelta": net,
        "coinGamma": (density(d1) / s - 2 * net) / f**2,
        "coinVanna": -density(d1) * d1 / (vol * f),
    }
    mp.dps = 50
    return out


def black76(rng):
    cases = []

    def add(right, f, k, vol, years):
        g = greeks(right, f, k, vol, years)
        if g["value"] / mpf(f) < mpf("1e-300"):
            return
        cases.append({"right": right, "F": repr(f), "K": repr(k), "vol": repr(vol), "years": repr(years)} | {n: text(v) for n, v in g.items()})

    for years in (1 / 365, 30 / 365, 1.0):
        for vol in (0.05, 0.6, 3.0):
            for k in (600.0, 30000.0, 59000.0, 59999.99, 60000.0, 60010.0, 63000.0, 90000.0, 600000.0):
                add("call" if k >= 60000 else "put", 60000.0, k, vol, years)
    for _ in range(110):
        s = 10 ** rng.uniform(-4, 1)
        k = 60000.0 * float(exp(s * rng.uniform(-36, 36)))
        if 1e-8 < k < 1e15:
            years = rng.uniform(0.001, 2)
            add(rng.choice(("call", "put")), 60000.0, k, s / years**0.5, years)
    # The price alone, from a stdev that is itself a double: nothing but the pricer's own error is left.
    mp.dps = 400
    while len(cases) < 300:
        s = 10 ** rng.uniform(-5, 0.9)
        k = 60000.0 * float(exp(s * rng.uniform(-30, 30)))
        right = "call" if k > 60000 else "put"
        value = price(right, mpf(60000), mpf(k), mpf(s)) if 1e-8 < k < 1e15 else 0
        if value > mpf("1e-290"):
            cases.append({"right": right, "F": "60000.0", "K": repr(k), "stdev": repr(s), "value": text(value)})
    mp.dps = 50
    write("black76.json", "undiscounted Black-76 price and greeks; coin* are of the price in coin; rows with a stdev have the price alone", cases)


def implied(rng):
    cases = []
    while len(cases) < 150:
        s = 10 ** rng.uniform(-3.5, 0.9)
        years = rng.uniform(0.002, 2)
        k = 60000.0 * float(exp(s * rng.uniform(-20, 20)))
        right = rng.choice(("call", "put"))
        mp.dps = 120
        made = s / years**0.5
        quoted = float(price(right, mpf(60000), mpf(k), mpf(s)))
        ceiling = 60000.0 if right == "call" else k
        if not 1e-8 < k < 1e15 or not 0 < quoted < ceiling or quoted < 1e-100 * 60000:
            continue
        vega = min(mpf(60000), mpf(k)) * density(abs(log(60000 / mpf(k))) / -s + s / mpf(2)) * sqrt(mpf(years))
        if quoted * 2.0**-53 / vega > mpf("1e-9"):
            continue
        root = findroot(lambda v: log(price(right, mpf(60000), mpf(k), v) / mpf(quoted)), (mpf(s), mpf(s) * (1 + mpf(10) ** -9)), tol=mpf(10) ** -60)
        cases.append({"right": right, "F": "60000.0", "K": repr(k), "years": repr(years), "price": repr(quoted), "vol": text(root / sqrt(mpf(years)))})
        mp.dps = 50
        assert abs(root / sqrt(mpf(years)) - made) < mpf("1e-7") * max(1, mpf(made))
    write("implied.json", "the vol whose undiscounted Black-76 price is exactly this double", cases)


if __name__ == "__main__":
    elementary(random.Random(1))
    normal(random.Random(2))
    black76(random.Random(3))
    implied(random.Random(4))
