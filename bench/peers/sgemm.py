"""Times float32 matrix products of one library on one thread: OpenBLAS, by its C
interface, or the library that torch.mm calls. Prints JSON."""

import ctypes
import json
import sys
import time

import numpy as np


def openblas():
    import scipy_openblas32

    lib = ctypes.CDLL(scipy_openblas32.get_lib_dir() + "/libscipy_openblas.so")
    lib.scipy_openblas_set_num_threads(1)
    for name in ("scipy_openblas_get_corename", "scipy_openblas_get_config"):
        getattr(lib, name).restype = ctypes.c_char_p
    row_major, transpose = 101, {"N": 111, "T": 112}
    pointer = lambda x: x.ctypes.data_as(ctypes.c_void_p)

    def product(ta, tb, m, n, k, a, b, c):
        args = (
            row_major, transpose[ta], transpose[tb], m, n, k, ctypes.c_float(1),
            pointer(a), a.shape[1], pointer(b), b.shape[1], ctypes.c_float(0), pointer(c), n,
        )  # fmt: skip
        return lambda: lib.scipy_cblas_sgemm(*args)

    version = lib.scipy_openblas_get_config().decode().split()[1]
    return product, f"{version} {lib.scipy_openblas_get_corename().decode()}"


def torch_mm():
    import torch

    torch.set_num_threads(1)

    def product(ta, tb, m, n, k, a, b, c):
        a, b, c = map(torch.from_numpy, (a, b, c))
        a, b = a.t() if ta == "T" else a, b.t() if tb == "T" else b
        return lambda: torch.mm(a, b, out=c)

    return product, torch.__version__


def gflops(run, operations, seconds):
    run()
    done, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds:
        run()
        done += 1
    return done * operations / spent / 1e9


def main(library, seconds, shapes):
    product, version = {"openblas": openblas, "torch": torch_mm}[library]()
    rng = np.random.default_rng(1)
    rates = {}
    for shape in shapes:
        (ta, tb), (m, n, k) = shape.split("/")[0], map(int, shape.split("/")[1].split("x"))
        a = rng.standard_normal((k, m) if ta == "T" else (m, k), dtype=np.float32)
        b = rng.standard_normal((n, k) if tb == "T" else (k, n), dtype=np.float32)
        c = np.zeros((m, n), dtype=np.float32)
        run = product(ta, tb, m, n, k, a, b, c)
        run()
        want = (a.T if ta == "T" else a) @ (b.T if tb == "T" else b)
        assert np.allclose(c, want, rtol=1e-4, atol=1e-2), shape
        rates[shape] = gflops(run, 2 * m * n * k, seconds)
    print(json.dumps({"version": version, "gflops": rates}))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3:])
