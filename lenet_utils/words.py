"""Every word that explorers and checks say to the reader, in one table, so that a translation is one more table."""

LANGUAGE = "en"

WORDS = {
    "en": {
        # checks
        "right": "Right. {why}",
        "unanswered": "Not answered yet: put your answer in place of the three dots and run the cell again.",
        "wrong": "Not yet. {why}",
        "wrong-kind": "Expected {expected}, got {got}. Give it as in the cell: answer = ...",
        "a-number": "a number",
        "a-shape": "a shape such as (1, 28, 28)",
        "a-function": "a function",
        "raised": "Your function raised {error}",
        "wrong-unknown": "Not yet: got {got}. A hint helps: hint(...) with the name of the exercise.",
        "hints-over": "That was the last hint. The solution is folded below the exercise.",
        # exercises
        "convolution/side.right": "13 whole steps of 2 fit into 34 − 7 = 27, and the first place makes 14.",
        "convolution/side.no-padding": "11: you left the padding out.",
        "convolution/side.no-start": "13 counts the steps; the place where the window starts is one more.",
        "convolution/side.padded-once": "12: the padding is on both sides, so it counts twice.",
        "convolution/side.no-stride": "28: you left the stride out.",
        "convolution/side.no-floor": "14.5: a window cannot take half a step; round down.",
        "convolution/side.hint-1": "The padded side is 28 + 2 x 3 = 34 pixels.",
        "convolution/side.hint-2": "The last place starts at pixel 34 - 7 = 27 at most. How many steps of 2 lead there?",
        "convolution/shift.right": "Each output pixel reads its left neighbour, so the ink moves right.",
        "convolution/shift.left": "The ink moved to the left: a kernel reads, it does not write, so look to the other side.",
        "convolution/shift.down": "The ink moved down: that weight is in the row above the middle.",
        "convolution/shift.up": "The ink moved up: that weight is in the row below the middle.",
        "convolution/shift.nowhere": "Nothing moved: the weight in the middle copies the picture.",
        "convolution/shift.hint-1": "For the ink to move right, each output pixel must take the value of its left neighbour.",
        "convolution/shift.hint-2": "kernel[0, 0, row, column]: the middle is row 1, column 1.",
        "squash_and_pool/coefficient.right": "The average 1.5, doubled, minus 1.",
        "squash_and_pool/coefficient.sum": "11: you doubled the sum; take the average of the four.",
        "squash_and_pool/coefficient.maximum": "7: that is the largest of the four; take their average.",
        "squash_and_pool/coefficient.bias-first": "1: the bias is added after the coefficient has multiplied.",
        "squash_and_pool/coefficient.no-bias": "3: the bias is missing.",
        "squash_and_pool/coefficient.hint-1": "The average of 4, 1, 0 and 1 is 1.5.",
        "squash_and_pool/subsample.right": "Average, coefficient, bias, squash.",
        "squash_and_pool/subsample.bias-first": "The bias must be added after the multiplication: coefficient * average + bias.",
        "squash_and_pool/subsample.no-squash": "The squash is missing at the end.",
        "squash_and_pool/subsample.sigmoid": "The squash of 1998 is ScaledTanh(), not the sigmoid.",
        "squash_and_pool/subsample.no-bias": "The bias is missing.",
        "squash_and_pool/subsample.hint-1": "F.avg_pool2d(X, 2) is the average; ScaledTanh()(...) the squash.",
        "network/table.right": "36 kernels of 25 weights fewer: 61,706 - 900.",
        "network/table.all-links": "61,706 is with all 96 kernels; Table I has 60.",
        "network/table.of-1998": "60,000 is LeNet-5, which differs in the pooling and the output as well.",
        "network/table.kept-36": "You took 96 kernels away instead of the 36 that Table I leaves out.",
        "network/table.one-weight-a-link": "A link is a whole kernel, 25 weights.",
        "network/table.hint-1": "Table I keeps 60 of the 96 kernels.",
        "network/table.hint-2": "Each missing kernel saves 25 weights; no bias disappears.",
        "network/mask.right": "Kernels of zeros see nothing.",
        "network/mask.all-links": "All links are still there: the table was not used.",
        "network/mask.the-others": "You kept the links that the table leaves out.",
        "network/mask.no-bias": "The bias is missing.",
        "network/mask.hint-1": "table[:, :, None, None] has the shape (out, in, 1, 1) and multiplies whole kernels.",
        "walkthrough/larger.right": "32, pooled to 16, minus 4, in 16 maps.",
        "walkthrough/larger.padded-c3": "C3 has no padding, so it takes 4 pixels off.",
        "walkthrough/larger.from-28": "10x10 is what a 28x28 picture gives; this one has 32.",
        "walkthrough/larger.channels": "6 maps are S2's; C3 has 16.",
        "walkthrough/larger.batch": "The question is about one picture: leave the 1 of the batch out.",
        "walkthrough/larger.hint-1": "C1 keeps 32; S2 halves it.",
        "walkthrough/flat.right": "16 maps of 6x6.",
        "walkthrough/flat.from-28": "400 is 16 x 5 x 5, for a 28x28 picture.",
        "walkthrough/flat.one-map": "36 is one map; there are 16.",
        "walkthrough/flat.before-pooling": "2,304 is C3; S4 keeps a quarter of it.",
        "walkthrough/flat.hint-1": "S4 halves 12x12.",
        "cost/field.right": "16 + 4 x 4: the whole input of 1998.",
        "cost/field.step-forgotten": "20: the units of S4 lie 4 pixels apart, not 1.",
        "cost/field.five-steps": "36: a kernel of 5 has only four steps from its first to its last unit.",
        "cost/field.old-step": "24: after two poolings a step is 4 pixels, not 2.",
        "cost/field.hint-1": "The field grows by (5 - 1) steps. How long is a step after S4?",
        "cost/wide.right": "12 x 32 kernels of 25 weights, and 32 biases.",
        "cost/wide.one-side": "You doubled only the maps that come out; those that go in doubled too.",
        "cost/wide.biases": "9,664 is four times the old count; the biases only double.",
        "cost/wide.no-biases": "The 32 biases are missing.",
        "cost/wide.old-biases": "There are 32 biases now, one for each map.",
        "cost/wide.hint-1": "12 maps in, 32 out: how many kernels of 25 weights?",
        # explorer of one convolution
        "digit": "digit",
        "kernel": "kernel",
        "size": "size",
        "stride": "stride",
        "padding": "padding",
        "pooling": "pooling",
        "side": "{name}: ({n} + 2·{padding} − {kernel}) / {stride} + 1 = <b>{out}</b>",
        "side-floor": "{name}: ⌊({n} + 2·{padding} − {kernel}) / {stride}⌋ + 1 = <b>{out}</b>",
        "impossible": "This layer cannot exist. {error}",
        # explorer of the network
        "image": "image",
        "kernel-size": "kernel",
        "channels-1": "C1 maps",
        "channels-2": "C3 maps",
        "total": "<b>{params:,}</b> weights, <b>{macs:,}</b> multiply-adds an image; the LeNet of the note has {note:,} weights.",
        "picture-of": "An explorer; run the notebook to move its sliders.",
    }
}


def says(key):
    """Whether there is a text of that name."""
    return key in WORDS[LANGUAGE]


def say(key, **values):
    """The text of `key` in the book's language, its `{places}` filled in."""
    return WORDS[LANGUAGE][key].format(**values)
