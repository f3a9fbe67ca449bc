"""A picture file of a process: headless Chromium draws it with the bpmn-js viewer.

The page holds everything (script, styles, model) and asks the network for nothing.
"""

from __future__ import annotations

import json
import math
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from engine.chromium import FLAGS, SECONDS, find_chromium
from engine.errors import Refused
from engine.workflow.xml import parse

DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
SCRIPT, STYLES = "viewer-standalone.js", "viewer.css"
MARGIN = 30  # px around the drawing
MARK = 40  # px below it, for the BPMN.iO mark that has to stay visible
LARGEST = 8000  # px of a side of the picture; larger drawings are made smaller
SMALLEST = (400, 300)  # px; Chromium opens no smaller window than about this

_FLAGS = (
    *FLAGS,
    "--hide-scrollbars",
    # Without this the picture is now and then taken before all tiles are painted.
    "--run-all-compositor-stages-before-draw",
)

_PAGE = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><style>%(styles)s
html, body, #canvas { margin: 0; width: %(width)dpx; height: %(height)dpx;
  overflow: hidden; background: #fff; }</style></head>
<body><div id="canvas"></div>
<script type="application/json" id="model">%(model)s</script>
<script>%(script)s</script>
<script>
const model = JSON.parse(document.getElementById("model").textContent);
model.canvas = document.getElementById("canvas");
window.StewardViewer.show(model).catch((error) => {
  document.body.textContent = String(error);
});
</script></body></html>
"""


class ViewerMissing(Refused):
    """流程图查看组件还没有构建（缺少 {file}）。请先运行 make run 构建前端。"""

    status = 503


class PictureFailed(Refused):
    """Chromium 没有生成流程图片：{reason}。请稍后重试；若仍失败，请在命令行运行 {program} --version 检查浏览器。"""

    status = 502


class NothingDrawn(Refused):
    """这个流程文件还没有图形。请先运行 steward layout 生成图形，再输出图片。"""

    status = 422


def render_png(
    xml: bytes,
    out: Path,
    *,
    bundle: Path,
    chromium: str | None = None,
    state: Mapping[str, str] = {},
) -> None:
    """Draws a BPMN model that has a picture (BPMN DI) into the PNG file ``out``.

    ``bundle`` is the folder of the built front end; ``state`` gives elements a state to be
    marked with, by id. The file is as large as the drawing, 1:1 up to 8000 px a side.
    Raises ChromiumMissing, ViewerMissing, NothingDrawn, PictureFailed, and what
    ``engine.workflow.xml.parse`` raises.
    """
    program = find_chromium(chromium)
    size = picture_size(xml)
    page = _page(xml, state, bundle, size)
    with tempfile.TemporaryDirectory(prefix="steward-render-") as folder:
        source = Path(folder, "page.html")
        source.write_text(page, encoding="utf-8")
        _run(program, source, out.resolve(), size)


def picture_size(xml: bytes) -> tuple[int, int]:
    """Width and height of a model's drawing with its margin, in px."""
    root = parse(xml)
    xs: list[float] = []
    ys: list[float] = []
    for box in root.iter(f"{{{DC}}}Bounds"):
        left, top = float(box.get("x", "0")), float(box.get("y", "0"))
        xs += [left, left + float(box.get("width", "0"))]
        ys += [top, top + float(box.get("height", "0"))]
    for point in root.iter(f"{{{DI}}}waypoint"):
        xs.append(float(point.get("x", "0")))
        ys.append(float(point.get("y", "0")))
    if not xs:
        raise NothingDrawn()
    width = math.ceil(max(xs) - min(xs)) + 2 * MARGIN
    height = math.ceil(max(ys) - min(ys)) + 2 * MARGIN + MARK
    return max(width, SMALLEST[0]), max(height, SMALLEST[1])


def _page(
    xml: bytes, state: Mapping[str, str], bundle: Path, size: tuple[int, int]
) -> str:
    parts = {}
    for name in (SCRIPT, STYLES):
        if not (bundle / name).is_file():
            raise ViewerMissing(file=bundle / name)
        parts[name] = (bundle / name).read_text(encoding="utf-8")
    text = xml.decode(parse(xml).getroottree().docinfo.encoding or "utf-8")
    model = json.dumps({"xml": text, "state": dict(state), "counts": {}})
    return _PAGE % {
        # A "<" in the model must not end the script element it is embedded in.
        "model": model.replace("<", "\\u003c"),
        "script": parts[SCRIPT].replace("</script", "<\\/script"),
        "styles": parts[STYLES].replace("</style", "<\\/style"),
        "width": size[0],
        "height": size[1],
    }


def _run(program: str, page: Path, out: Path, size: tuple[int, int]) -> None:
    scale = min(1.0, LARGEST / max(size))
    out.unlink(missing_ok=True)
    command = [
        program,
        *_FLAGS,
        f"--user-data-dir={page.parent / 'profile'}",
        f"--window-size={size[0]},{size[1]}",
        f"--force-device-scale-factor={scale:.4f}",
        f"--screenshot={out}",
        page.as_uri(),
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        reason = f"{SECONDS} 秒内没有完成"
        raise PictureFailed(reason=reason, program=program) from None
    if done.returncode or not out.is_file():
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        reason = lines[-1] if lines else f"退出码 {done.returncode}"
        raise PictureFailed(reason=reason, program=program)
