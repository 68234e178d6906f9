"""The picture of the title page for README.md and for cards in messages: `python -m book.tools.card` draws book/static/card.png.

It needs the built book and Chromium, and is run again when the title page has changed.
"""

from pathlib import Path

from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright

from benchmarks.browser import program
from book.tools.paths import BUILD, ROOT

CARD = ROOT / "book" / "static" / "card.png"
SIZE: ViewportSize = {"width": 1080, "height": 567}
SCALE = 1200 / 1080  # 1200 x 630 in the picture
MIDDLE = ".bd-sidebar-primary, .bd-header-article { display: none !important } .bd-article-container { margin: auto }"


def draw(target: Path) -> None:
    """The upper part of the title page without the side bar and in the middle, once its panel has read its digit."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program())
        page = browser.new_page(viewport=SIZE, device_scale_factor=SCALE, color_scheme="light")
        page.goto((BUILD / "html" / "book" / "pages" / "index.html").as_uri())
        page.locator("lenet-lab[ready]").wait_for()
        page.add_style_tag(content=MIDDLE)
        page.screenshot(path=target)
    with Image.open(target) as picture:
        picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=128).save(target, optimize=True)


if __name__ == "__main__":
    draw(CARD)
    print(CARD)
