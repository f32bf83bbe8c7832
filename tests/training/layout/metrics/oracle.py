"""The metrics of the PosterLayout evaluation written out element by element, as slow and as plain as can be.

Boxes are in pixels of a canvas of 513 × 750; kinds 1 text, 2 logo, 3 underlay.
"""

import math

WIDTH, HEIGHT = 513, 750


def is_valid(box):
    left, top, right, bottom = box
    across = min(WIDTH, right) - max(0, left)
    down = min(HEIGHT, bottom) - max(0, top)
    return abs(across * down) >= WIDTH * HEIGHT / 1000


def only_valid(elements):
    return [(kind, box) for kind, box in elements if is_valid(box)]


def shared_area(one, other):
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across * down if across > 0 and down > 0 else 0


def area(box):
    return (box[2] - box[0]) * (box[3] - box[1])


def overlap(elements):
    boxes = [box for kind, box in only_valid(elements) if kind != 3]
    total = 0
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            shared = shared_area(one, other)
            total += shared / (area(one) + area(other) - shared)
    return total / len(boxes)


def non_alignment(elements):
    boxes = [box for _, box in only_valid(elements)]
    if len(boxes) < 2:
        return 0
    lines = [
        (
            box[0] / WIDTH,
            box[1] / HEIGHT,
            (box[0] + box[2]) / 2 / WIDTH,
            (box[1] + box[3]) / 2 / HEIGHT,
            box[2] / WIDTH,
            box[3] / HEIGHT,
        )
        for box in boxes
    ]
    total = 0
    for _ in boxes:  # every element gets what the best pair has
        closest = min(
            abs(one[line] - other[line])
            for line in range(6)
            for place, one in enumerate(lines)
            for other in lines[place + 1 :]
        )
        total += -math.log10(1 - closest)
    return total


def underlay_loose(elements):
    shown = only_valid(elements)
    under = [box for kind, box in shown if kind == 3]
    over = [box for kind, box in shown if kind != 3]
    best = [max([shared_area(one, other) / area(other) for other in over] or [0]) for one in under]
    return sum(best) / len(best)


def underlay_strict(elements):
    shown = only_valid(elements)
    under = [box for kind, box in shown if kind == 3]
    over = [box for kind, box in shown if kind != 3]
    holding = [
        any(one[0] <= other[0] and one[1] <= other[1] and one[3] >= other[3] for other in over)  # no right edge
        for one in under
    ]
    return sum(holding) / len(holding)


def pixels(boxes):
    """Every pixel in any of the boxes, as (row, column)."""
    found = set()
    for box in boxes:
        left, top, right, bottom = (int(value) for value in box)
        found |= {(row, column) for row in range(HEIGHT)[top:bottom] for column in range(WIDTH)[left:right]}
    return found


def utility(elements, saliency):
    covered = pixels([box for _, box in only_valid(elements)])
    calm = sum(1 - saliency[row][column] for row in range(HEIGHT) for column in range(WIDTH))
    return sum(1 - saliency[row][column] for row, column in covered) / calm


def occlusion(elements, saliency):
    covered = pixels([box for _, box in only_valid(elements)])
    return sum(saliency[row][column] for row, column in covered) / len(covered) if covered else 0


def unreadability(elements, grey):
    """``grey`` is rows of whole numbers 0 to 255 at the canvas's size."""
    shown = only_valid(elements)
    looked_at = pixels([box for kind, box in shown if kind == 1]) - pixels([box for kind, box in shown if kind == 3])
    slopes = [[slope(grey, row, column) for column in range(WIDTH)] for row in range(HEIGHT)]
    largest = max(max(row) for row in slopes)
    if not looked_at or not largest:
        return 0
    return sum(math.floor(slopes[row][column] / largest * 255) / 255 for row, column in looked_at) / len(looked_at)


def slope(grey, row, column):
    def at(down, across):
        return grey[mirrored(row + down, HEIGHT)][mirrored(column + across, WIDTH)]

    across = sum(weight * (at(step, 1) - at(step, -1)) for step, weight in ((-1, 1), (0, 2), (1, 1)))
    down = sum(weight * (at(1, step) - at(-1, step)) for step, weight in ((-1, 1), (0, 2), (1, 1)))
    across, down = min(255, max(0, across)), min(255, max(0, down))
    squares = (across * across % 256 + down * down % 256) % 256  # bytes overflow
    return math.sqrt(squares / 2)


def mirrored(place, length):
    """Beyond an edge the picture goes on as seen in a mirror on the middle of its last pixel."""
    if place < 0:
        return -place
    return 2 * length - 2 - place if place >= length else place
