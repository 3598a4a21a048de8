"""What a browser needs to keep the pages on its device: the service worker, what the installed program is called and
looks like, and the page that stands in for those that were not kept."""

from typing import Any

from litestar import Response, get
from litestar.datastructures import State

from cercle.page.languages import LANGUAGES, translations
from cercle.page.templates import WEB, static
from cercle.page.visit import KEEP, Visit

PAPER = {"light": "#f6f2ea", "dark": "#191512"}


@get("/worker.js", sync_to_thread=False)
def worker(state: State) -> Response[str]:
    """Stands at the root, since a worker is there for the pages below it. Where nothing is to be kept, the one that
    ends those that browsers already have."""
    name = "worker.js" if state["keeps"] else "leaving.js"
    return Response((WEB / "static" / name).read_text(encoding="utf-8"), media_type="text/javascript; charset=utf-8")


@get("/manifest.webmanifest", sync_to_thread=False)
def manifest(language: str = "", theme: str = "") -> Response[dict[str, Any]]:
    """What a phone needs to install it (W3C, Web Application Manifest). It is asked for without cookies, so the page
    says its language and light in the address."""
    chosen = language if language in LANGUAGES else "en"
    gettext, paper = translations(chosen).gettext, PAPER.get(theme, PAPER["light"])
    sizes = (("192", "any"), ("512", "any"), ("512", "maskable"))
    said = {
        "id": "/",
        "name": gettext("Cercle: what we share"),
        "short_name": "Cercle",
        "description": gettext("The list, the stock, the chores and the money of a home, on its own machines."),
        "lang": chosen,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": paper,
        "background_color": paper,
        "icons": [
            {"src": static(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for size, purpose in sizes
        ],
    }
    return Response(said, media_type="application/manifest+json")


@get("/offline")
async def offline(visit: Visit) -> Response[Any]:
    """In the place of a page that is not kept, while there is no network; it is about no circle."""
    sentence = visit.gettext("This page is not kept on this device. What you did waits here, and is sent later.")
    answer = visit.render("offline.html", visit.gettext("No network"), sentence=sentence, is_reason=False)
    answer.headers[KEEP] = "yes"
    return answer


handlers = [worker, manifest, offline]
