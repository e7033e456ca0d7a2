"""What the checks share: which files are the project's, and C text without comments and strings."""
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
OURS = ("lib", "proto", "services", "tools", "tests")


def project_files(*suffixes, folders=None):
    """Files in the repository or new in the checkout, relative to ROOT. Without git: all below the folders."""
    try:
        listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard"], check=True,
                                capture_output=True, text=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        skip = {"build", "var", "node_modules", ".git"}
        listed = [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if p.is_file() and not skip & set(p.relative_to(ROOT).parts)]
    files = [pathlib.Path(name) for name in sorted(set(listed))]
    return [f for f in files if f.suffix in suffixes and (ROOT / f).is_file() and (folders is None or f.parts[0] in folders)]


TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    """Same length, same lines; strings stay."""
    return TOKEN.sub(lambda m: blank(m.group(0)) if m.group(0).startswith("/") else m.group(0), text)


def code_only(text):
    """Same length, same lines; comments and what stands in strings are blanks."""
    def replace(m):
        whole = m.group(0)
        return blank(whole) if whole.startswith("/") else whole[0] + " " * (len(whole) - 2) + whole[-1]
    return TOKEN.sub(replace, text)


def comments(text):
    """(line number, comment) of each comment."""
    for m in TOKEN.finditer(text):
        if m.group(0).startswith("/"):
            yield text.count("\n", 0, m.start()) + 1, m.group(0)
