#!/usr/bin/python3
"""What the style forbids and no compiler warning finds. A single place is excused by a comment on its line or on the one
above, with the rule's name and a reason:   /* allow static: written once before threads start */
In the comment that opens a file it excuses the whole file."""
import re
import sys

from csource import OURS, ROOT, code_only, comments, project_files, without_comments

# name of the rule, functions, what to use; `tests` and the like: folders where it does not hold.
FUNCTIONS = [
    ("copy", "strcpy strcat strncpy strncat stpcpy sprintf vsprintf gets", "struct pal_str, pal_buf or snprintf", ()),
    ("tokenize", "strtok strtok_r strsep", "pal_str_cut", ()),
    ("stack", "alloca strdupa strndupa", "the arena or a fixed array", ()),
    ("parse", "atoi atol atoll atof strtol strtoul strtoll strtoull strtod sscanf vsscanf fscanf", "pal_parse_i64 and its kin", ()),
    ("sleep", "sleep usleep nanosleep clock_nanosleep thrd_sleep", "waiting for the condition itself", ()),
    ("random", "rand srand random srandom rand_r drand48", "pal_random", ("tests",)),
    ("shell", "system popen", "posix_spawn or exec with arguments", ()),
    ("time", "gmtime localtime ctime asctime", "pal_iso_format", ()),
    ("signal", "signal", "sigaction or signalfd", ("tests",)),
    ("print", "printf fprintf vfprintf puts perror fputs dprintf", "pal_log, or give the text to the caller", ("tests", "tools")),
    ("exit", "exit _exit _Exit quick_exit", "returning an error; only main ends the process", ("tests",)),
]
RULES = [(name, re.compile(r"(?<![\w.>])(" + "|".join(words.split()) + r")\s*\("), use, places)
         for name, words, use, places in FUNCTIONS]
SECRET = re.compile(r"\b(?:memcmp|strcmp|strncmp|bcmp)\s*\(([^;{]*)")
SECRET_WORD = re.compile(r"secret|token|passw|digest|hmac|signature|\bmac\b|api_?key|refresh|hash", re.I)
FORMATTED = re.compile(r'\b(?:snprintf|asprintf|pal_buf_printf|pal_arena_printf)\s*\([^;]*?;', re.S)
SQL = re.compile(r'"[^"\n]*\b(?:select|insert into|update|delete from)\b[^"\n]*%[^%]', re.I)
JSON = re.compile(r'\\"\s*:\s*\\"%')
CODE_LINE = re.compile(r"^\W*(?:(?:if|for|while|switch)\s*\(.*\)\s*\{?|return\b.*;|[\w.>\-\[\]]+\s*\(.*\)\s*;|"
                       r"[\w.>\-\[\]* ]+\s[-+|&]?=\s.*;|#\s*(?:if|include|define)\b.*|\w[\w *]*;)\s*(?:\*/)?$")
ALLOW = re.compile(r"allow (\w+): \S+")


def main_files(path):
    return path.name == "main.c" or path.parts[0] in ("tools",)


class File:
    def __init__(self, path):
        self.path = path
        self.text = (ROOT / path).read_text()
        self.code = code_only(self.text)
        self.allowed = {}
        for line, comment in comments(self.text):
            for rule in ALLOW.findall(comment):
                last = line + comment.count("\n") + 1 if line > 1 else self.text.count("\n") + 1
                self.allowed.setdefault(rule, set()).update(range(line, last + 1))
        self.findings = []

    def find(self, rule, at, message):
        line = self.text.count("\n", 0, at) + 1
        if line not in self.allowed.get(rule, ()):
            self.findings.append(f"{self.path}:{line}: [{rule}] {message}")

    def functions(self):
        for rule, pattern, use, places in RULES:
            if self.path.parts[0] in places or (rule in ("exit", "print") and main_files(self.path)):
                continue
            for m in pattern.finditer(self.code):
                self.find(rule, m.start(), f"{m.group(1)} is not used here; instead: {use}")

    def secrets(self):
        if self.path.parts[0] == "tests":
            return
        for m in SECRET.finditer(self.code):
            if SECRET_WORD.search(m.group(1)):
                self.find("secret", m.start(), "secrets are compared with pal_secret_eq")

    def concatenation(self):
        with_strings = without_comments(self.text)
        for m in FORMATTED.finditer(with_strings):
            if SQL.search(m.group(0)):
                self.find("sql", m.start(), "SQL is a constant with parameters, never put together")
            if JSON.search(m.group(0)) and self.path.parts[0] != "tests":
                self.find("json", m.start(), "JSON strings are written with pal_buf_json_str")

    def statics(self):
        """Variables with static storage that are not const."""
        if self.path.parts[0] in ("tests", "tools"):
            return
        code = re.sub(r"__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)", lambda m: re.sub(r"[^\n]", " ", m.group(0)), self.code)
        for m in re.finditer(r"(?<!\w)static\b", code):
            head = declaration_head(code, m.end())
            if head is not None and not is_constant(head):
                self.find("static", m.start(), "mutable static; state belongs into a struct that somebody owns")

    def dead_code(self):
        for m in re.finditer(r"^\s*#\s*if\s+0\b", self.code, re.M):
            self.find("dead", m.start(), "code that is switched off is removed; git keeps it")
        for line, comment in comments(self.text) if self.path.suffix == ".c" else ():  # headers show how to use them
            for offset, text in enumerate(comment.splitlines()):
                body = text.strip().lstrip("/*").strip()
                if body.endswith((";", "{", ";*/", "; */")) and CODE_LINE.match(body) and " " in body + " ":
                    at = self.line_start(line + offset)
                    self.find("dead", at, "this comment looks like code")

    def line_start(self, line):
        return sum(len(part) for part in self.text.splitlines(keepends=True)[: line - 1])

    def check(self):
        self.functions()
        self.secrets()
        self.concatenation()
        self.statics()
        self.dead_code()
        return self.findings


def declaration_head(code, at):
    """The text between `static` and the variable's initializer or end; None when it declares a function."""
    head, depth = "", 0
    while at < len(code):
        c = code[at]
        if depth == 0 and c == "(":
            if re.match(r"\(\s*\*", code[at:]):
                return head + code[at : code.index(")", at)]
            if not re.search(r"\b[A-Z][A-Z0-9_]+\s*$", head):
                return None
            at = code.index(")", at)  # a macro such as PAL_PRINTF(1, 2)
        elif depth == 0 and c in "=;":
            return head
        elif c == "{":
            depth += 1
        elif c == "}":
            depth -= 1
        elif depth == 0:
            head += c
        at += 1
    return None


def is_constant(head):
    declarator = head.rsplit("*", 1)[-1] if "*" in head else head
    return re.search(r"\bconst\b", declarator) is not None or head.strip().startswith("_Static_assert")


def main():
    findings = [f for path in project_files(".c", ".h", folders=OURS) for f in File(path).check()]
    print("\n".join(findings) or "", end="\n" if findings else "")
    sys.exit(1 if findings else 0)


main()
