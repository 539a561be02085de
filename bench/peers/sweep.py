"""The plain sweep by scipy: CSR times dense, least of each row. Reads what the bench wrote, prints the best nanoseconds a multiply-add."""
import sys
import time

import numpy as np
import scipy
import scipy.sparse as sparse

with open(sys.argv[1], "rb") as file:
    accounts, positions, products, lanes = np.fromfile(file, np.int64, 4)
    book = np.fromfile(file, np.float64, products * lanes).reshape(products, lanes)
    quantities = np.fromfile(file, np.float64, positions)
    start = np.fromfile(file, np.int32, accounts + 1)
    rows = np.fromfile(file, np.int32, positions)
held = sparse.csr_matrix((quantities, rows, start), shape=(accounts, products))
best = 1e9
for _ in range(5):
    began = time.perf_counter()
    worst = np.maximum(0.0, -(held @ book).min(axis=1))
    best = min(best, time.perf_counter() - began)
print(f"{1e9 * best / (positions * lanes):.6f} {worst[0] + worst[-1]:.9g} scipy {scipy.__version__}")
