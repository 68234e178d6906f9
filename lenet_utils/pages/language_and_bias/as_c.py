"""A trained network of 1989 as one program in C: no library but the standard one, the weights as literals in its source."""

import subprocess
from pathlib import Path

import torch

from lenet_utils.nets.papers import Full, Net1989
from lenet_utils.training.compiled import compiler

# One layer of any kind: a full connection is a convolution of one pixel, and a kernel that covers the map gives one place.
_LAYER = """
static void layer(const float *x, int inputs, int side, const float *w, const float *b, int unit_biases,
                  int maps, int kernel, int stride, int padding, float background, int out, float *y) {
    for (int m = 0; m < maps; m++)
        for (int r = 0; r < out; r++)
            for (int c = 0; c < out; c++) {
                float sum = unit_biases ? b[(m * out + r) * out + c] : b[m];
                for (int i = 0; i < inputs; i++)
                    for (int u = 0; u < kernel; u++)
                        for (int v = 0; v < kernel; v++) {
                            int row = r * stride + u - padding, column = c * stride + v - padding;
                            int inside = row >= 0 && row < side && column >= 0 && column < side;
                            float pixel = inside ? x[(i * side + row) * side + column] : background;
                            sum += pixel * w[((m * inputs + i) * kernel + u) * kernel + v];
                        }
                y[(m * out + r) * out + c] = 1.7159f * tanhf(2.0f / 3.0f * sum);
            }
}
"""

_MAIN = """
int main(void) {{
    while (fread(x0, sizeof(float), {pixels}, stdin) == {pixels}) {{
{calls}
        int best = 0;
        for (int k = 1; k < 10; k++)
            if (x{last}[k] > x{last}[best]) best = k;
        printf("%d\\n", best);
    }}
    return 0;
}}
"""


def array(name: str, values: torch.Tensor) -> str:
    """A constant array of C with all of `values`, each with nine digits, which is every float32 exactly."""
    numbers = ", ".join(f"{value:.8e}f" for value in torch.as_tensor(values).detach().flatten().tolist())
    return f"static const float {name}[] = {{{numbers}}};"


def as_c(net: Net1989) -> str:
    """The source of a program that reads 16x16 floats a picture and prints the answer of `net`, a `papers.Net1989`."""
    arrays, calls, inputs, side = [f"static float x0[{net.size**2}];"], [], 1, net.size
    for number, name in enumerate(net.layers):
        layer = net[name]
        full = isinstance(layer, Full)
        weight = layer.weight if full else layer.weight * layer.links
        kernel, stride, padding, background = (
            (1, 1, 0, 0.0) if full else (layer.kernel, layer.stride, layer.padding, layer.background)
        )
        maps, out = len(weight), 1 if full else layer.size
        arrays += [array(f"{name}_w", weight), array(f"{name}_b", layer.bias), f"static float x{number + 1}[{maps * out**2}];"]
        shape = f"{int(layer.bias.numel() > maps)}, {maps}, {kernel}, {stride}, {padding}, {background}f, {out}"
        calls.append(f"        layer(x{number}, {inputs}, {side}, {name}_w, {name}_b, {shape}, x{number + 1});")
        inputs, side = maps, out
    main = _MAIN.format(pixels=net.size**2, calls="\n".join(calls), last=len(net.layers))
    return "\n".join(["#include <math.h>", "#include <stdio.h>", "", *arrays]) + "\n" + _LAYER + main


def answers(source: str, X: torch.Tensor, folder: str | Path) -> torch.Tensor:
    """What the program `source`, compiled in `folder`, says to pictures `X` `(N, 1, 16, 16)`: labels `(N,)`."""
    path, program = Path(folder) / "net.c", Path(folder) / "net"
    path.write_text(source, encoding="utf-8")
    subprocess.run([*(compiler() or ["cc"]), "-O2", "-o", program, path, "-lm"], check=True, capture_output=True)
    said = subprocess.run([program], input=X.contiguous().numpy().tobytes(), check=True, capture_output=True)
    return torch.tensor([int(line) for line in said.stdout.split()])
