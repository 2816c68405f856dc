"""Whether every word of every chart can be read: contrast, size, cut words, collisions."""

from typing import Any

from playwright.sync_api import Page

ENOUGH = 4.5
# The text of charts with its colour, its background, whether it leaves its picture, and which texts
# overlap.
MARKS = """() => {
    const parts = text => (text.match(/[\\d.]+/g) || []).map(Number);
    const light = rgb => {
        const [r, g, b] = rgb.map(v => v / 255)
            .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (ink, ground) => {
        const [a, b] = [light(ink), light(ground)];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    };
    const app = parts(getComputedStyle(document.querySelector('[data-testid=stApp]'))
        .backgroundColor).slice(0, 3);
    const found = [];
    for (const svg of document.querySelectorAll('[data-testid=stVegaLiteChart] svg')) {
        const frame = svg.getBoundingClientRect();
        if (frame.width === 0) continue;
        const tiles = [...svg.querySelectorAll('.mark-rect path')].map(tile =>
            [tile.getBoundingClientRect(), parts(getComputedStyle(tile).fill).slice(0, 3),
             Number(getComputedStyle(tile).fillOpacity)
                 * Number(tile.getAttribute('opacity') ?? 1)]);
        const written = [];
        for (const text of svg.querySelectorAll('text')) {
            if (!text.textContent.trim()) continue;
            const box = text.getBoundingClientRect();
            const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
            const under = tiles.findLast(([tile, , opacity]) => opacity > 0.9
                && tile.left <= x && x <= tile.right && tile.top <= y && y <= tile.bottom);
            const ink = parts(getComputedStyle(text).fill).slice(0, 3);
            const one = {
                words: text.textContent, contrast: contrast(ink, under ? under[1] : app),
                size: box.width * box.height,
                cut: box.left < frame.left - 6 || box.right > frame.right + 6
                    || box.top < frame.top - 6 || box.bottom > frame.bottom + 6,
                dots: text.textContent.endsWith('…'), upon: null,
            };
            found.push(one);
            if (text.closest('.mark-text.role-mark')) written.push([one, box]);
        }
        for (const [place, [one, box]] of written.entries()) {
            for (const [other, near] of written.slice(place + 1)) {
                const wide = Math.min(box.right, near.right) - Math.max(box.left, near.left);
                const high = Math.min(box.bottom, near.bottom) - Math.max(box.top, near.top);
                if (wide > 3 && high > 5) one.upon = other.words;
            }
        }
    }
    return found;
}"""


def marks(page: Page) -> list[dict[str, Any]]:
    """Every word of every chart of the page, with what was measured of it."""
    found: list[dict[str, Any]] = page.evaluate(MARKS)
    return found


def faults(found: list[dict[str, Any]]) -> list[str]:
    """What is wrong with this text, one sentence each."""
    said = []
    for one in found:
        words = repr(one["words"])
        if one["contrast"] < ENOUGH:
            said.append(f"{words} is pale: {one['contrast']:.1f} to 1")
        if one["size"] == 0:
            said.append(f"{words} has no size")
        if one["cut"] or one["dots"]:
            said.append(f"{words} is cut off")
        if one["upon"]:
            said.append(f"{words} lies upon {one['upon']!r}")
    return said
