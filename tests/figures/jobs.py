# SPDX-License-Identifier: MIT
"""The jobs that are compared: one text, given to tare and to fio unchanged.

Blocks may repeat (norandommap): fio's map of blocks already read costs it some 250 instructions an
I/O, and is not what is compared.
"""

READ_4K = {"rw": "randread", "bs": "4k", "iodepth": 64, "direct": 1, "norandommap": 1}
# 32 in, 32 out: with a smaller complete_min whatever has completed comes back, and the batches that
# follow are as small as that.
BATCHES = {"iodepth_batch_submit": 32, "iodepth_batch_complete_min": 32,
           "iodepth_batch_complete_max": 32}
REGISTERED = {"fixedbufs": 1, "registerfiles": 1}

# A job that names no batch has fio's defaults: one I/O a call.
JOBS = {
    "uring-batches": {"ioengine": "io_uring", **READ_4K, **BATCHES, **REGISTERED},
    "uring-single": {"ioengine": "io_uring", **READ_4K, **REGISTERED},
    "uring-plain": {"ioengine": "io_uring", **READ_4K},
    "aio-batches": {"ioengine": "libaio", **READ_4K, **BATCHES},
    "aio-plain": {"ioengine": "libaio", **READ_4K},
    "null-batches": {"ioengine": "null", **READ_4K, **BATCHES},
    "null-single": {"ioengine": "null", **READ_4K},
}


def text(options):
    """A job file of one job."""
    lines = [f"{name}={value}" for name, value in options.items()]
    return "\n".join(["[figure]"] + lines) + "\n"


def counted(name, ios, **more):
    """A job of JOBS that ends after so many I/Os, however often it must go over the target."""
    return text({**JOBS[name], "number_ios": ios, "io_size": ios * 4096, **more})
