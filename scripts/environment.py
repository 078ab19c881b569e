"""The virtual environment in this clone, for scripts/start and scripts/test. Plain Python, any version from 3.6 on."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
NEEDS = (3, 11)


def python() -> str:
    """The environment's own interpreter."""
    return str(VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


EVERYTHING = "[cite,test]"


def prepare(extras: str = "[cite]") -> None:
    """Make the environment and install this clone with `extras`, unless that was done before."""
    if sys.version_info < NEEDS:
        stop(
            f"Python {NEEDS[0]}.{NEEDS[1]} or newer is needed; this is {sys.version_info[0]}.{sys.version_info[1]}.",
            "Run it with a newer one, for example: python3.12 " + " ".join(sys.argv),
        )
    wanted = hashlib.sha256((ROOT / "setup.cfg").read_bytes() + sys.version.encode()).hexdigest()
    if installed(extras, wanted):
        return
    if not Path(python()).exists() or not works():
        make()
    say("Installing evidence and what it needs into .venv (once; this needs the network) …")
    # A plain path entry (compat) starts every command some milliseconds sooner than an import hook does.
    quiet = ["--quiet", "--disable-pip-version-check", "--config-settings", "editable_mode=compat"]
    install = [python(), "-m", "pip", "install", *quiet, "-e", "." + extras]
    run(install, "The packages could not be installed: is there a network?")
    stamp(extras).write_text(wanted)


def stamp(extras: str) -> Path:
    """The file that says what was installed."""
    return VENV / "-".join(["installed", *extras.strip("[]").split(",")])


def installed(extras: str, wanted: str) -> bool:
    """Whether this clone is installed with `extras` (or with all that the tests need, which holds everything)."""
    found = [one for one in (stamp(extras), stamp(EVERYTHING)) if one.exists() and one.read_text() == wanted]
    return bool(found) and Path(python()).exists()


def works() -> bool:
    """Whether the environment that is there runs and is of this Python version."""
    code = f"import sys, pip; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])!r})"
    return subprocess.run([python(), "-c", code], check=False, stderr=subprocess.DEVNULL).returncode == 0


def make() -> None:
    """Make the environment anew; where Python has no venv, say the line that brings it."""
    try:
        import ensurepip  # noqa: F401  (Debian and Ubuntu ship Python without it)
        import venv
    except ImportError:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        stop(
            "This Python cannot make virtual environments.",
            f"On Debian or Ubuntu type: sudo apt install {package}, then repeat this command.",
        )
    say("Making a virtual environment in .venv …")
    venv.EnvBuilder(with_pip=True, clear=True, symlinks=os.name != "nt").create(str(VENV))


def run(command: "list[str]", failure: str) -> None:
    """Run `command` in the clone; stop with `failure` when it fails."""
    code = subprocess.run(command, cwd=str(ROOT), check=False).returncode
    if code:
        stop(failure, "The command was: " + " ".join(command))


def say(text: str) -> None:
    """Tell the person, on standard error: results alone go to standard output."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def stop(what: str, hint: str) -> None:
    """Say what is wrong and what to do, and leave."""
    say(what + "\n  " + hint)
    sys.exit(1)
